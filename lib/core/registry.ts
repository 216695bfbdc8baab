import type * as z from "zod";
import { ArgumentError } from "./errors.ts";
import { suggestion } from "./nearest.ts";
import { parseOptions } from "./parse_options.ts";

/**
 * Schema of a part's options: a strict zod object with domains and defaults.
 *
 * @category Core
 */
export interface OptionSchema {
  /** Schema of each option by name. */
  readonly shape: Readonly<Record<string, unknown>>;
}

/**
 * One part of a kind: a loss, a sampler, a miner …
 *
 * @category Core
 */
export interface Part<
  Name extends string = string,
  Options extends OptionSchema = OptionSchema,
  Args extends readonly unknown[] = readonly never[],
  Made = unknown,
> {
  /** Its name in configurations and on the command line. */
  readonly name: Name;
  /** What it does, in one line of help. */
  readonly about: string;
  /** Its options. */
  readonly options: Options;
  /** Makes it from checked options and what its kind needs beside them. */
  // deno-lint-ignore no-explicit-any -- each part has options of its own, which its schema has checked
  make(options: any, ...args: Args): Made;
}

/**
 * Any part, whatever it needs and makes.
 *
 * @category Core
 */
// deno-lint-ignore no-explicit-any -- kinds differ in what they need and make
export type AnyPart = Part<string, OptionSchema, any, any>;

/**
 * What a kind needs to make its parts, beside their options.
 *
 * @category Core
 */
export type PartArgs<P extends AnyPart> = P extends Part<string, OptionSchema, infer Args, unknown> ? Args : never;

/**
 * All parts of one kind, by name. `Args` is what the kind needs to make a part, beside its options.
 *
 * @category Core
 */
export interface Registry<P extends AnyPart, Args extends readonly unknown[] = PartArgs<P>> {
  /** What the parts are, in the singular, for messages: "sampler". */
  readonly kind: string;
  /** Every part, in the order of help and charts. */
  readonly parts: readonly P[];
  /** Their names, in the same order. */
  readonly names: readonly P["name"][];
  /** Whether a part has this name. */
  has(name: string): name is P["name"];
  /**
   * The part of a name.
   *
   * @throws {ArgumentError} `Unknown sampler "hybird": did you mean "hybrid"?`
   */
  get(name: string): P;
  /**
   * Checks options and makes the part of a name.
   *
   * @throws {ArgumentError} for an unknown name, an unknown option, a value outside its domain.
   */
  make(
    name: string,
    options?: unknown,
    ...args: Args
  ): ReturnType<P["make"]>;
}

/**
 * Collects the parts of a kind. Names, help, choices of the command line, the experiment's configuration and the
 * table-driven tests are derived from it; a new part is one file and one line here.
 *
 * @throws {ArgumentError} if two parts have one name.
 *
 * @example
 * ```ts
 * import * as z from "zod";
 * import { registry } from "./registry.ts";
 * const shapes = registry("shape", [{
 *   name: "square",
 *   about: "four equal sides",
 *   options: z.strictObject({ side: z.number().positive().default(1) }),
 *   make: ({ side }: { side: number }) => ({ area: side * side }),
 * }]);
 * console.log(shapes.names, shapes.make("square", { side: 2 })); // [ "square" ] { area: 4 }
 * ```
 */
export function registry<const P extends AnyPart>(kind: string, parts: readonly P[]): Registry<P> {
  const byName = new Map<string, P>(parts.map((part) => [part.name, part]));
  if (byName.size < parts.length) {
    const twice = parts.find((part, i) => parts.findIndex(({ name }) => name === part.name) < i)!;
    throw new ArgumentError(`Cannot register ${kind} "${twice.name}" twice`);
  }
  const get = (name: string): P => {
    const part = byName.get(name);
    if (part) return part;
    throw new ArgumentError(`Unknown ${kind} "${name}": ${suggestion(name, byName.keys())}`);
  };
  return {
    kind,
    parts,
    names: [...byName.keys()],
    has: (name): name is P["name"] => byName.has(name),
    get,
    make(name: string, options: unknown = {}, ...args: readonly unknown[]) {
      const part = get(name);
      return part.make(parseOptions(name, part.options as z.ZodObject, options), ...args) as ReturnType<P["make"]>;
    },
  };
}
