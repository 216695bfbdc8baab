/**
 * A stand-in for `jsr:@std/cli@^1/parse-args`, written for this project, so that the command line needs nothing from
 * JSR. It has the names, the signature and the documented behavior of the original (aliases, flags, collected, negated
 * and dotted options, groups of short ones) in less code. To use the original, remove the `"links"` entry of the
 * project's `deno.json`.
 *
 * @module
 */
import { readArguments } from "./read_arguments.ts";
import { Specification } from "./specification.ts";
import type { Args, ParseOptions, Values } from "./types.ts";

export type { Args, ParseOptions } from "./types.ts";

/**
 * Parses command-line arguments. Values that look like numbers become numbers unless `string` names their option.
 *
 * @example
 * ```ts
 * import { parseArgs } from "./parse_args.ts";
 * const found = parseArgs(["a.txt", "--depth", "3", "--quiet"], { boolean: ["quiet"] });
 * console.log(found.depth, found.quiet, found._); // 3 true [ "a.txt" ]
 * ```
 */
export function parseArgs<
  TArgs extends Values<TBooleans, TStrings, TCollectable, TNegatable, TDefaults, TAliases>,
  TDoubleDash extends boolean | undefined = undefined,
  const TBooleans extends boolean | string | undefined = undefined,
  const TStrings extends string | undefined = undefined,
  const TCollectable extends string | undefined = undefined,
  const TNegatable extends string | undefined = undefined,
  TDefaults extends Record<string, unknown> | undefined = undefined,
  const TAliases extends Readonly<Record<string, string | readonly string[]>> | undefined = undefined,
>(
  args: readonly string[],
  options: ParseOptions<TBooleans, TStrings, TCollectable, TNegatable, TDefaults, TAliases, TDoubleDash> = {},
): Args<TArgs, TDoubleDash> {
  const specification = new Specification(options);
  const found: Record<string, unknown> & { _: (string | number)[] } = { _: [] };
  const end = args.indexOf("--");
  const parsed = end < 0 ? args : args.slice(0, end);
  const rest = end < 0 ? [] : args.slice(end + 1);
  const unknown = (...token: [arg: string, key?: string, value?: unknown]) => options.unknown?.(...token) === false;

  for (const token of readArguments(parsed, specification)) {
    if (token.key === undefined) {
      if (!unknown(token.arg)) found._.push(specification.typed("_", token.arg) as string | number);
      if (!options.stopEarly) continue;
      found._.push(...parsed.slice(token.next));
      break;
    }
    const { arg, key, value, negated } = token;
    if (!specification.declares(key, arg) && unknown(arg, key, value)) continue;
    specification.assign(found, key, specification.typed(key, value), !negated);
  }
  specification.complete(found);
  if (options["--"]) found["--"] = rest;
  else found._.push(...rest);
  return found as Args<TArgs, TDoubleDash>;
}
