import * as z from "zod";

/**
 * What a schema accepts, as a phrase that follows "must be": `an integer >= 1`, `a number from 0 to 1`,
 * `"linear" or "cosine"`. A schema's own `.describe()` takes precedence.
 *
 * @example
 * ```ts
 * import * as z from "zod";
 * import { wanted } from "./wanted.ts";
 * console.log(wanted(z.int().min(1))); // an integer >= 1
 * ```
 */
export function wanted(schema: z.ZodType): string {
  if (schema.description) return schema.description;
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional || schema instanceof z.ZodReadonly) {
    return wanted(schema.unwrap() as z.ZodType);
  }
  if (schema instanceof z.ZodPipe) return wanted(schema.in as z.ZodType);
  if (schema instanceof z.ZodNullable) return `${wanted(schema.unwrap() as z.ZodType)} or null`;
  if (schema instanceof z.ZodUnion) return (schema.options as z.ZodType[]).map(wanted).join(" or ");
  if (schema instanceof z.ZodEnum) return either(schema.options);
  if (schema instanceof z.ZodLiteral) return either([...schema.values]);
  if (schema instanceof z.ZodNumber) return number(schema);
  if (schema instanceof z.ZodString) return text(schema);
  if (schema instanceof z.ZodBoolean) return "a boolean";
  if (schema instanceof z.ZodArray) return "an array";
  if (schema instanceof z.ZodFunction) return "a function";
  if (schema instanceof z.ZodNull) return "null";
  return "an object";
}

function either(values: readonly unknown[]): string {
  const names = values.map((value) => JSON.stringify(value));
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

function text(schema: z.ZodString): string {
  for (const check of schema.def.checks ?? []) {
    const { pattern } = (check._zod as unknown as { def: { pattern?: RegExp } }).def;
    if (pattern) return `a string like ${pattern}`;
  }
  return schema.minLength ? "a string that is not empty" : "a string";
}

function number(schema: z.ZodNumber): string {
  const kind = schema.isInt ? "an integer" : "a number";
  const bounds: { low?: string; high?: string } = {};
  for (const check of schema.def.checks ?? []) {
    const { def } = check._zod as unknown as { def: { check: string; value: number; inclusive: boolean } };
    // z.int() adds the bounds of safe integers, which a message omits.
    if (Math.abs(def.value) === Number.MAX_SAFE_INTEGER) continue;
    if (def.check === "greater_than") bounds.low = `${def.inclusive ? ">=" : ">"} ${def.value}`;
    if (def.check === "less_than") bounds.high = `${def.inclusive ? "<=" : "<"} ${def.value}`;
  }
  const { low, high } = bounds;
  if (low?.startsWith(">=") && high?.startsWith("<=")) return `${kind} from ${low.slice(3)} to ${high.slice(3)}`;
  return [kind, [low, high].filter(Boolean).join(" and ")].filter(Boolean).join(" ");
}
