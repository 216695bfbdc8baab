import type { Parameter } from "../../encoders/types.ts";
import { ArgumentError } from "../../core/errors.ts";
import { suggestion } from "../../core/nearest.ts";

/** Whether `name` fits `pattern`, in which `*` stands for any run of characters: `encoder.layer.0.*`. */
export function matches(name: string, pattern: string): boolean {
  const literal = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`).test(name);
}

/**
 * The parameters that no pattern of `frozen` fits, in their order.
 *
 * @throws {ArgumentError} if a pattern fits no parameter, or nothing is left to train.
 */
export function trainable(parameters: ReadonlyMap<string, Parameter>, frozen: readonly string[]): Parameter[] {
  for (const pattern of frozen) checkPattern(pattern, parameters, "freeze");
  const left = [...parameters.values()].filter(({ name }) => !frozen.some((pattern) => matches(name, pattern)));
  if (left.length === 0) throw new ArgumentError("Cannot train: every parameter is frozen", { field: "freeze" });
  return left;
}

/** @throws {ArgumentError} if `pattern` fits no parameter's name. */
export function checkPattern(pattern: string, parameters: ReadonlyMap<string, Parameter>, field: string): void {
  for (const name of parameters.keys()) if (matches(name, pattern)) return;
  throw new ArgumentError(`Pattern "${pattern}" fits no parameter: ${suggestion(pattern, parameters.keys())}`, {
    field,
  });
}
