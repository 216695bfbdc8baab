import type * as z from "zod";
import { ArgumentError } from "./errors.ts";
import { explain } from "./explain.ts";
import { suggestion } from "./nearest.ts";
import { kindOf, shown } from "./shown.ts";
import { checkQueue } from "./stop.ts";

/** A schema for every option of `T`. */
export type OptionShape<T> = { readonly [key in keyof Required<T>]: z.ZodType<unknown, T[key]> };

/**
 * Checks options by their schema and fills in the defaults. In a notebook, also ends a cell that was queued behind a
 * stopped one.
 *
 * @param caller Name of the function, for the message.
 * @throws {ArgumentError} `infoNCE has no option "temprature": did you mean "temperature"?`,
 * `temperature must be a number > 0, found -1`
 *
 * @example
 * ```ts
 * import * as z from "zod";
 * import { parseOptions } from "./parse_options.ts";
 * const OPTIONS = z.strictObject({ depth: z.int().min(1).default(100) });
 * console.log(parseOptions("mine", OPTIONS, {}).depth); // 100
 * ```
 */
export function parseOptions<S extends z.ZodObject>(caller: string, schema: S, value: unknown): z.output<S> {
  checkQueue();
  if (kindOf(value) !== "object") {
    throw new ArgumentError(
      `${caller} takes its options as one object, found ${shown(value)}; it has ${
        Object.keys(schema.shape).join(", ")
      }`,
    );
  }
  for (const key of Object.keys(value as object)) {
    if (Object.hasOwn(schema.shape, key)) continue;
    throw new ArgumentError(`${caller} has no option "${key}": ${suggestion(key, Object.keys(schema.shape))}`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const field = result.error.issues[0].path.map(String).join(".");
  throw new ArgumentError(explain({ schema, value, error: result.error }), { field });
}
