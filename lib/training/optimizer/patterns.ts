import type { Parameter } from "../../encoders/types.ts";
import { ArgumentError } from "../../core/errors.ts";
import { matchesGlob } from "../../core/glob.ts";
import { suggestion } from "../../core/nearest.ts";

/**
 * The parameters that are trained, in their order: no pattern of `frozen` fits them, and no adapter is in their place.
 *
 * @throws {ArgumentError} if a pattern fits no parameter, or nothing is left to train.
 */
export function trainable(parameters: ReadonlyMap<string, Parameter>, frozen: readonly string[]): Parameter[] {
  for (const pattern of frozen) checkPattern(pattern, parameters, "freeze");
  const left = [...parameters.values()].filter((parameter) =>
    !parameter.frozen && !frozen.some((pattern) => matchesGlob(parameter.name, pattern))
  );
  if (left.length === 0) throw new ArgumentError("Cannot train: every parameter is frozen", { field: "freeze" });
  return left;
}

/** @throws {ArgumentError} if `pattern` fits no parameter's name. */
export function checkPattern(pattern: string, parameters: ReadonlyMap<string, Parameter>, field: string): void {
  for (const name of parameters.keys()) if (matchesGlob(name, pattern)) return;
  throw new ArgumentError(`Pattern "${pattern}" fits no parameter: ${suggestion(pattern, parameters.keys())}`, {
    field,
  });
}
