import { ArgumentError } from "./errors.ts";
import { suggestion } from "./nearest.ts";
import { kindOf, named, shown } from "./shown.ts";
import { checkQueue } from "./stop.ts";

/** What a value may be: names of kinds, joined by "|" where several will do. */
export type OptionKind = "string" | "number" | "boolean" | "function" | "object" | "array" | "any";

/** Every option of `T` with the kinds it may have: `{ depth: "number", duplicates: "number|boolean" }`. */
export type OptionKinds<T> = {
  readonly [key in keyof Required<T>]:
    | OptionKind
    | `${OptionKind}|${OptionKind}`
    | `${OptionKind}|${OptionKind}|${OptionKind}`;
};

/**
 * Refuses what a notebook lets pass because no one checks its types: options that do not exist, with the nearest that
 * do, and values of the wrong kind. The list of kinds is complete by its type: an option without its kind does not
 * compile. In a notebook it also ends a cell that was queued behind a stopped one.
 *
 * @param caller Name of the function, for the message.
 * @throws {ArgumentError} `mine has no option "deph": did you mean "depth"?`
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

/** What makes a value what it should be, for {@link checkArgument}. */
export interface Wanted {
  /** What it is, as a message names it: "collection". */
  readonly what: string;
  /** A property that every such value has. */
  readonly has: string;
  /** The function that makes one, for the hint. */
  readonly from: string;
}

/**
 * Refuses an argument that is something else, or a promise that was not awaited.
 *
 * @throws {ArgumentError} `mine needs a collection, found a Promise: write "await" before loadCollection(…)`
 */
export function checkArgument(caller: string, value: unknown, { what, has, from }: Wanted): void {
  if (value instanceof Promise) {
    throw new ArgumentError(`${caller} needs ${named(what)}, found a Promise: write "await" before ${from}(…)`);
  }
  if ((typeof value === "object" && value !== null || typeof value === "function") && has in value) return;
  throw new ArgumentError(`${caller} needs ${named(what)} (${from} makes one), found ${shown(value)}`);
}
