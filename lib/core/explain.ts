import * as z from "zod";
import { suggestion } from "./nearest.ts";
import { shown } from "./shown.ts";
import { wanted } from "./wanted.ts";

/** A value that did not pass its schema. */
export interface Failed {
  readonly schema: z.ZodType;
  readonly value: unknown;
  readonly error: z.ZodError;
}

/**
 * What zod found wrong, a sentence for each field: `train.epochs must be an integer >= 1, found 0`. An unknown key gets
 * the nearest known one: `unknown key "train.epoch": did you mean "epochs"?`
 *
 * @param root Put before every path, such as the name of a file's part.
 */
export function explain({ schema, value, error }: Failed, root = ""): string {
  return error.issues.map((issue) => {
    const path = [root, ...issue.path.map(String)].filter(Boolean).join(".");
    if (issue.code === "unrecognized_keys") {
      const known = keysAt(schema, issue.path);
      return issue.keys
        .map((key) => `unknown key "${[path, key].filter(Boolean).join(".")}": ${suggestion(key, known)}`)
        .join("; ");
    }
    const found = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], value);
    const at = schemaAt(schema, issue.path);
    if (issue.code === "invalid_value" && typeof found === "string" && issue.values.length > 1) {
      return `${path || "the value"} is "${found}": ${suggestion(found, issue.values.map(String))}`;
    }
    if (issue.code === "custom" || at === undefined) return `${path || "the value"}: ${issue.message}`;
    return `${path || "the value"} must be ${wanted(at)}, found ${found === undefined ? "nothing" : shown(found)}`;
  }).join("; ");
}

/** Keys that an object may have at a path of a schema; none where it is no object. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const at = schemaAt(schema, path);
  const object = at && unwrapped(at);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
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
  const outer = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly;
  return outer ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}
