import * as z from "zod";
import { parseOptions } from "../../core/parse_options.ts";
import type { AnyPart, Registry } from "../../core/registry.ts";
import type { PartConfig } from "../types.ts";

/** What a schema reads of a registry. */
export type PartNames = Pick<Registry<AnyPart>, "kind" | "get" | "parts">;

/** How a part of a registry appears in a configuration. */
export interface PartSettings {
  /**
   * Options that belong to the experiment, which sets them itself.
   *
   * @default {[]}
   */
  own?: readonly string[];
  /**
   * Keys beside the part's options, all required.
   *
   * @default {{}}
   */
  beside?: Readonly<Record<string, z.ZodType>>;
}

/** What a schema of a part was made of. */
export type PartOfSchema = { readonly registry: PartNames } & Required<PartSettings>;

/** Registries by the schema of their part, for the JSON schema. */
export const PARTS_OF_SCHEMA: WeakMap<object, PartOfSchema> = new WeakMap();

/** Splits a part of a configuration into its name and its options. */
export function splitPart(part: PartConfig): { name: string; options: Record<string, unknown> } {
  if (typeof part === "string") return { name: part, options: {} };
  const { name, ...options } = part;
  return { name, options };
}

/** A schema for a part of a registry: names, options, domains and the nearest known names come from there. */
export function partSchema(registry: PartNames, { own = [], beside = {} }: PartSettings = {}): z.ZodType<PartConfig> {
  const schema = z.unknown().superRefine((value, context) => {
    const fault = faultOf(registry, value, { own, beside });
    if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
  });
  PARTS_OF_SCHEMA.set(schema, { registry, own, beside });
  return schema as unknown as z.ZodType<PartConfig>;
}

/** The options of a part that a configuration may set. */
export function freeOptions(part: AnyPart, { own, beside }: Required<PartSettings>): z.ZodObject {
  const { shape } = part.options as z.ZodObject;
  const free = Object.entries(shape).filter(([key]) => !own.includes(key));
  return z.strictObject({ ...beside, ...Object.fromEntries(free) } as z.ZodRawShape);
}

/** What is wrong with a part; undefined if nothing is. */
function faultOf(registry: PartNames, value: unknown, settings: Required<PartSettings>): string | undefined {
  const named = typeof value === "object" && value !== null && typeof (value as { name?: unknown }).name === "string";
  if (typeof value !== "string" && !named) {
    return `must be the name of a ${registry.kind} or an object with it, found ${JSON.stringify(value) ?? "nothing"}`;
  }
  try {
    const { name, options } = splitPart(value as PartConfig);
    const part = registry.get(name);
    const whole = settings.own.length === 0 && Object.keys(settings.beside).length === 0;
    parseOptions(name, whole ? part.options as z.ZodObject : freeOptions(part, settings), options);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
