import { ArgumentError } from "./errors.ts";
import { suggestion } from "./nearest.ts";
import { kindOf, named, shown } from "./shown.ts";
import { checkQueue } from "./stop.ts";

/**
 * The kind of a value that an option accepts.
 *
 * @category Core
 */
export type OptionKind = "string" | "number" | "boolean" | "function" | "object" | "array" | "any";

/**
 * The kinds of every option of `T`: `{ depth: "number", duplicates: "number|boolean" }`.
 *
 * @category Core
 */
export type OptionKinds<T> = {
  readonly [key in keyof Required<T>]:
    | OptionKind
    | `${OptionKind}|${OptionKind}`
    | `${OptionKind}|${OptionKind}|${OptionKind}`;
};

/**
 * Checks the names and kinds of options, which a notebook does not type-check. `kinds` must list every option of `T`. In
 * a notebook, also ends a cell that was queued behind a stopped one.
 *
 * @param caller Name of the function, for the message.
 * @throws {ArgumentError} `mine has no option "deph": did you mean "depth"?`
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { checkOptions } from "./options.ts";
 * interface Options { depth?: number; seed?: number | string }
 * checkOptions<Options>("mine", { depth: 3 }, { depth: "number", seed: "number|string" });
 * ```
 */
export function checkOptions<T extends object>(caller: string, options: T | undefined, kinds: OptionKinds<T>): void {
  checkQueue();
  if (kindOf(options) !== "object") {
    throw new ArgumentError(
      `${caller} takes its options as one object, found ${shown(options)}; it has ${Object.keys(kinds).join(", ")}`,
    );
  }
  for (const [key, value] of Object.entries(options!)) {
    if (!Object.hasOwn(kinds, key)) {
      throw new ArgumentError(`${caller} has no option "${key}": ${suggestion(key, Object.keys(kinds))}`);
    }
    const allowed = (kinds as Record<string, string>)[key].split("|");
    if (value === undefined || allowed.includes("any") || allowed.includes(kindOf(value))) continue;
    throw new ArgumentError(`${key} must be ${allowed.map(named).join(" or ")}, found ${shown(value)}`, {
      field: key,
    });
  }
}

/** How {@link checkArgument} recognizes a value. */
export interface Wanted {
  /** What the value is, as the message names it: "collection". */
  readonly what: string;
  /** A property of every such value. */
  readonly has: string;
  /** The function that returns such a value, for the hint. */
  readonly from: string;
}

/**
 * Checks an argument by one of its properties.
 *
 * @throws {ArgumentError} `mine needs a collection, found a Promise: write "await" before loadCollection(…)`
 *
 * @example
 * ```ts
 * import { checkArgument } from "./options.ts";
 * checkArgument("mine", { corpus: [] }, { what: "collection", has: "corpus", from: "loadCollection" });
 * ```
 */
export function checkArgument(caller: string, value: unknown, { what, has, from }: Wanted): void {
  if (value instanceof Promise) {
    throw new ArgumentError(`${caller} needs ${named(what)}, found a Promise: write "await" before ${from}(…)`);
  }
  if ((typeof value === "object" && value !== null || typeof value === "function") && has in value) return;
  throw new ArgumentError(`${caller} needs ${named(what)} (${from} makes one), found ${shown(value)}`);
}
