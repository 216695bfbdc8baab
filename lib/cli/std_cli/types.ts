/** Names of options: one or several literal names, or undefined for none. */
type Names = string | undefined;
/** Names of flags; `true` makes a flag of every `--name` without a value. */
type Flags = boolean | Names;
/** Other names of an option, by its name. */
type Aliases = Readonly<Record<string, string | readonly string[]>>;

/** Options of `parseArgs`, named and typed as in the `@std/cli` of JSR. */
export interface ParseOptions<
  TBooleans extends Flags = Flags,
  TStrings extends Names = Names,
  TCollectable extends Names = Names,
  TNegatable extends Names = Names,
  TDefault extends Record<string, unknown> | undefined = Record<string, unknown> | undefined,
  TAliases extends Aliases | undefined = Aliases | undefined,
  TDoubleDash extends boolean | undefined = boolean | undefined,
> {
  /**
   * Puts the arguments after `--` into the result's `"--"`; otherwise they follow in `_`.
   *
   * @default {false}
   */
  "--"?: TDoubleDash;
  /** Other names of options. Every name of an option gets its value. */
  alias?: TAliases;
  /** Options without a value: false unless given. `true` for every `--name` without `=`. */
  boolean?: TBooleans | readonly Extract<TBooleans, string>[];
  /** Values of options that are not given. */
  default?: TDefault;
  /**
   * Stops at the first positional argument: it and all that follow go into `_`.
   *
   * @default {false}
   */
  stopEarly?: boolean;
  /** Options whose values stay strings; `"_"` keeps positional arguments strings. */
  string?: TStrings | readonly Extract<TStrings, string>[];
  /** Options that collect the values of every occurrence into an array. */
  collect?: TCollectable | readonly Extract<TCollectable, string>[];
  /** Options that `--no-name` sets to false. */
  negatable?: TNegatable | readonly Extract<TNegatable, string>[];
  /** Called for each positional argument and undeclared option; an argument for which it returns false is dropped. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** What an option holds: one value, or a list if it collects; also false if it is negatable. */
type Value<K, V, C, N> = (K extends C ? V[] : V) | (K extends N ? false : never);

/** Declared options by name. Dotted names, which nest, are left to the index signature. */
type Declared<B, S, C, N, D> =
  & { [K in Exclude<Extract<B, string>, keyof D>]: Value<K, boolean, C, never> }
  & { [K in Exclude<Extract<S & C, string>, keyof D>]: Value<K, string, C, N> }
  & { [K in Exclude<Extract<S, string>, C | keyof D>]?: Value<K, string, C, N> }
  & { [K in Exclude<Extract<C, string>, B | S | keyof D>]: Value<K, unknown, C, N> }
  & {
    [K in keyof D]: K extends B ? D[K] | Value<K, boolean, C, N>
      : K extends S ? D[K] | Value<K, string, C, N>
      : unknown;
  };

/** `true` if no name is declared, so that every value is `any`. */
type Undeclared<B, S, C> = [Extract<B, string | true> | Exclude<S | C, undefined>] extends [never] ? true : false;

/** Adds the aliases of each declared option. */
type WithAliases<T, A> =
  & T
  & {
    [K in keyof A & keyof T as A[K] extends string ? A[K] : A[K] extends readonly string[] ? A[K][number] : never]:
      T[K];
  };

/** The values that `parseArgs` finds, from its options. */
export type Values<B, S, C, N, D, A> = Undeclared<B, S, C> extends true
  // deno-lint-ignore no-explicit-any -- as in the original: nothing is known of undeclared options
  ? Record<string, any>
  : Record<string, unknown> & WithAliases<Declared<B, S, C, N, D extends undefined ? Record<never, never> : D>, A>;

/** The result of `parseArgs`. */
export type Args<
  // deno-lint-ignore no-explicit-any -- as in the original: nothing is known of undeclared options
  TArgs extends Record<string, unknown> = Record<string, any>,
  TDoubleDash extends boolean | undefined = undefined,
> =
  & TArgs
  & { /** Positional arguments. */ _: (string | number)[] }
  & (TDoubleDash extends true ? { /** Arguments after `--`. */ "--": string[] }
    : boolean extends TDoubleDash ? { "--"?: string[] }
    : Record<never, never>);
