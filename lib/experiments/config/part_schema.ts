import * as z from "zod";
import { parseOptions } from "../../core/parse_options.ts";
import type { AnyPart, Registry } from "../../core/registry.ts";
import type { PartConfig } from "../types.ts";

/** What a schema reads of a registry. */
type PartNames = Pick<Registry<AnyPart>, "kind" | "get">;

/** Splits a part of a configuration into its name and its options. */
export function splitPart(part: PartConfig): { name: string; options: Record<string, unknown> } {
  if (typeof part === "string") return { name: part, options: {} };
  const { name, ...options } = part;
  return { name, options };
}

/**
 * A schema for a part of a registry: names, options, domains and the nearest known names come from there. The options
 * in `own` belong to the experiment, which sets them itself.
 */
export function partSchema(registry: PartNames, own: readonly string[] = []): z.ZodType<PartConfig> {
  return z.unknown().superRefine((value, context) => {
    const fault = faultOf(registry, value, own);
    if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
  }) as unknown as z.ZodType<PartConfig>;
}

/** What is wrong with a part; undefined if nothing is. */
function faultOf(registry: PartNames, value: unknown, own: readonly string[]): string | undefined {
  const named = typeof value === "object" && value !== null && typeof (value as { name?: unknown }).name === "string";
  if (typeof value !== "string" && !named) {
    return `must be the name of a ${registry.kind} or an object with it, found ${JSON.stringify(value) ?? "nothing"}`;
  }
  try {
    const { name, options } = splitPart(value as PartConfig);
    const schema = registry.get(name).options as z.ZodObject;
    const free = Object.entries(schema.shape).filter(([key]) => !own.includes(key));
    parseOptions(name, own.length === 0 ? schema : z.strictObject(Object.fromEntries(free)), options);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
