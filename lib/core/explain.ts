import * as z from "zod";
import { suggestion } from "./nearest.ts";
import { shown } from "./shown.ts";
import { wanted } from "./wanted.ts";

/** A value that does not fit its schema. */
export interface Failed {
  /** What it should be. */
  readonly schema: z.ZodType;
  /** What it is. */
  readonly value: unknown;
  /** What zod found. */
  readonly error: z.ZodError;
}

/** Faults that a message names; the rest are counted. */
const MOST = 5;

/**
 * Explains why a value does not fit its schema, a clause for each fault: `train.epochs must be an integer >= 1, found 0`.
 * An unknown key gets the nearest known ones: `unknown key "train.epoch": did you mean "epochs"?`
 *
 * @param root Prefix of every path, such as the name of a part of a file.
 *
 * @example
 * ```ts
 * import * as z from "zod";
 * import { explain } from "./explain.ts";
 * const schema = z.strictObject({ depth: z.int().min(1) });
 * const value = { depth: 0 };
 * const { error } = schema.safeParse(value);
 * console.log(explain({ schema, value, error: error! })); // depth must be an integer >= 1, found 0
 * ```
 */
export function explain(failed: Failed, root = ""): string {
  const faults = faultsIn(failed, root);
  const rest = faults.length - MOST;
  return [...faults.slice(0, MOST), ...(rest > 0 ? [`and ${rest} more`] : [])].join("; ");
}

/** Every fault of {@link explain}, one by one. */
export function faultsIn({ schema, value, error }: Failed, root = ""): string[] {
  return error.issues.flatMap((issue) => faultsOf(issue, { schema, value, root }));
}

/** Keys that an object may have at a path of a schema; none if the schema has no object. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const at = schemaAt(schema, path);
  const object = at && unwrapped(at);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function faultsOf(
  issue: z.core.$ZodIssue,
  { schema, value, root }: { schema: z.ZodType; value: unknown; root: string },
): string[] {
  const path = [root, ...issue.path.map(String)].filter(Boolean).join(".");
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) => `unknown key "${[path, key].filter(Boolean).join(".")}": ${suggestion(key, known)}`);
  }
  const name = path || "the value";
  const found = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], value);
  if (issue.code === "invalid_value" && typeof found === "string" && issue.values.length > 1) {
    return [`${name} is "${found}": ${suggestion(found, issue.values.map(String))}`];
  }
  const at = schemaAt(schema, issue.path);
  if (issue.code === "custom" || at === undefined) return [`${name}: ${issue.message}`];
  return [`${name} must be ${wanted(at)}, found ${found === undefined ? "nothing" : shown(found)}`];
}

function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let at: z.ZodType | undefined = schema;
  for (const key of path) {
    const inner: z.ZodType = unwrapped(at);
    if (inner instanceof z.ZodObject) at = inner.shape[String(key)] as z.ZodType | undefined;
    else if (inner instanceof z.ZodArray) at = inner.element as z.ZodType;
    else if (inner instanceof z.ZodRecord) at = inner.valueType as z.ZodType;
    else return undefined;
    if (at === undefined) return undefined;
  }
  return at;
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodPipe) return unwrapped(schema.in as z.ZodType);
  const outer = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly;
  return outer ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}
