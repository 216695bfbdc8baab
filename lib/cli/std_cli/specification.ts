import type { ParseOptions } from "./types.ts";

/** What the options of `parseArgs` declare, with aliases resolved. */
export class Specification {
  /** Whether every `--name` without a value is a flag. */
  readonly #allFlags: boolean;
  readonly #defaults: Record<string, unknown>;
  readonly #aliases = new Map<string, ReadonlySet<string>>();
  readonly #flags: ReadonlySet<string>;
  readonly #strings: ReadonlySet<string>;
  readonly #collected: ReadonlySet<string>;
  readonly #negatable: ReadonlySet<string>;

  constructor(options: ParseOptions) {
    for (const [name, others] of Object.entries(options.alias ?? {})) {
      const group = [name, ...[others].flat()];
      for (const member of group) this.#aliases.set(member, new Set(group.filter((other) => other !== member)));
    }
    this.#allFlags = options.boolean === true;
    this.#defaults = options.default ?? {};
    this.#flags = this.#names(typeof options.boolean === "boolean" ? undefined : options.boolean);
    this.#strings = this.#names(options.string);
    this.#collected = this.#names(options.collect);
    this.#negatable = this.#names(options.negatable);
  }

  /** The names of a list and their aliases. */
  #names(list: string | readonly string[] | undefined): ReadonlySet<string> {
    const names = [list ?? []].flat().filter((name) => name !== "");
    return new Set(names.flatMap((name) => [name, ...this.#aliases.get(name) ?? []]));
  }

  /** Whether an option takes no value. */
  isFlag(key: string): boolean {
    return this.#flags.has(key);
  }

  /** Whether a long option takes no value from the next argument. */
  isLongFlag(key: string): boolean {
    return this.#allFlags || this.#flags.has(key);
  }

  isNegatable(key: string): boolean {
    return this.#negatable.has(key);
  }

  /** The value of an option that is given without one. */
  bare(key: string): string | true {
    return this.#strings.has(key) ? "" : true;
  }

  /** Whether an option is known, so that `unknown` is not called. */
  declares(key: string, arg: string): boolean {
    return this.#flags.has(key) || this.#strings.has(key) || this.#aliases.has(key) ||
      this.#allFlags && /^--[^=]+$/.test(arg);
  }

  /** A text as a number if it looks like one, unless its option is a string. */
  typed(key: string, value: string | boolean): string | boolean | number {
    return typeof value === "string" && !this.#strings.has(key) && NUMBER.test(value) ? Number(value) : value;
  }

  /** Sets an option and its aliases; a collected option gains a value unless it is negated. */
  assign(found: Record<string, unknown>, key: string, value: unknown, collect: boolean): void {
    for (const name of [key, ...this.#aliases.get(key) ?? []]) {
      const [object, last] = nested(found, name);
      const before = object[last];
      if (!collect || !this.#collected.has(key)) object[last] = value;
      else if (Array.isArray(before)) before.push(value);
      else object[last] = before ? [before, value] : [value];
    }
  }

  /** Fills in what is not given: defaults, false for flags, [] for declared options that collect. */
  complete(found: Record<string, unknown>): void {
    const fill = (key: string, value: () => unknown) => {
      const [object, last] = nested(found, key);
      if (!Object.hasOwn(object, last)) object[last] = value();
    };
    for (const [key, value] of Object.entries(this.#defaults)) {
      for (const name of [key, ...this.#aliases.get(key) ?? []]) fill(name, () => value);
    }
    for (const key of this.#flags) fill(key, () => this.#collected.has(key) ? [] : false);
    for (const key of this.#strings) if (this.#collected.has(key)) fill(key, () => []);
  }
}

const NUMBER = /^(?:0x[0-9a-f]+|[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?)$/i;

/** The object that holds a dotted name, created if missing, and the name's last part. */
function nested(found: Record<string, unknown>, name: string): [Record<string, unknown>, string] {
  const parts = name.split(".");
  let object = found;
  for (const part of parts.slice(0, -1)) {
    if (!Object.hasOwn(object, part) || typeof object[part] !== "object" || object[part] === null) {
      Object.defineProperty(object, part, { value: {}, writable: true, enumerable: true, configurable: true });
    }
    object = object[part] as Record<string, unknown>;
  }
  return [object, parts.at(-1)!];
}
