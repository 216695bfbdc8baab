import type * as z from "zod";
import { ArgumentError } from "./errors.ts";
import { shown } from "./shown.ts";
import { wanted } from "./wanted.ts";

/**
 * Checks one value by its schema.
 *
 * @throws {ArgumentError} `depth must be an integer >= 1, found 0`
 *
 * @example
 * ```ts
 * import * as z from "zod";
 * import { checkValue } from "./check_value.ts";
 * checkValue("depth", z.int().min(1), 10);
 * ```
 */
export function checkValue(name: string, schema: z.ZodType, value: unknown): void {
  if (schema.safeParse(value).success) return;
  throw new ArgumentError(`${name} must be ${wanted(schema)}, found ${shown(value)}`, { field: name });
}
