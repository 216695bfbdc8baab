import { parseArgs } from "@std/cli/parse-args";
import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";

/** An option of a command. A `list` may be given several times. */
export interface Option {
  type: "text" | "integer" | "number" | "flag" | "list";
  /** What it does, in one line of help. */
  about: string;
  /** Value if the option is not given; the help shows it. */
  default?: string | number | boolean;
  /** Allowed values of a text: names, or parts of a registry, whose descriptions the help lists. */
  choices?: readonly string[] | readonly Choice[];
  /** Name of the value in the help. Omit to show the type. */
  placeholder?: string;
  /** Former spelling. It still works and prints a note. */
  formerly?: string;
}

/** A value with its description, such as a part of a registry. */
export interface Choice {
  readonly name: string;
  readonly about: string;
}

/** Values by option name; undefined for an option that is neither given nor has a default. */
export type Values<O extends Record<string, Option>> = {
  [K in keyof O]:
    | (O[K]["type"] extends "flag" ? boolean
      : O[K]["type"] extends "integer" | "number" ? number
      : O[K]["type"] extends "list" ? string[]
      : string)
    | (O[K] extends { default: unknown } ? never : O[K]["type"] extends "flag" | "list" ? never : undefined);
};

/** A command: `deno task <name>`. */
export interface Command<O extends Record<string, Option> = Record<string, Option>> {
  name: string;
  /** What it does, in one line. */
  about: string;
  /** Positional arguments. A name that ends in "?" is optional; "…" takes all that follow. */
  positionals: readonly { name: string; about: string }[];
  options: O;
  /** Command lines that run, without "deno task". */
  examples: readonly string[];
  /** Returns the exit code, 0 if it returns nothing, or what `--json` prints. */
  run(args: RunArguments<O>): Promise<number | void | Outcome>;
}

/** What a command runs with. */
export interface RunArguments<O extends Record<string, Option>> {
  readonly positionals: string[];
  readonly options: Values<O>;
  readonly signal: AbortSignal;
  /** Whether the output ends with a line for programs, so that a long text may be left out. */
  readonly json: boolean;
}

/** What a command did, for programs: the fields of the line that `--json` prints. */
export interface Outcome {
  /**
   * Exit code.
   *
   * @default {0}
   */
  readonly code?: number;
  readonly [field: string]: unknown;
}

/** Types a command's options. */
export function command<const O extends Record<string, Option>>(definition: Command<O>): Command<O> {
  return definition;
}

/** An error in how a command is called, in contrast to one in what it is asked to do. */
export class UsageError extends ArgumentError {}

/** What {@link parse} finds on a command line. */
export interface Parsed<O extends Record<string, Option>> {
  readonly positionals: string[];
  readonly options: Values<O>;
  /** Former spellings that were used, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Checks `args` against a command's positionals and options.
 *
 * @throws {UsageError} for an unknown option or choice, a missing or superfluous value or argument.
 */
export function parse<O extends Record<string, Option>>(definition: Command<O>, args: readonly string[]): Parsed<O> {
  const entries = Object.entries(definition.options);
  const names = entries.map(([name]) => name);
  const flags = names.filter((name) => definition.options[name].type === "flag");
  const { args: joined, notes } = joinValues(definition, args);
  const { _: positionals, ...values }: Record<string, unknown> & { _: unknown[] } = parseArgs(joined, {
    string: ["_", ...names.filter((name) => !flags.includes(name))],
    boolean: flags,
    collect: names.filter((name) => definition.options[name].type === "list"),
    unknown(arg: string, key?: string) {
      if (key === undefined) return;
      throw new UsageError(`Unknown option ${arg.replace(/=.*/s, "")}: ${suggestion(key, names)}`);
    },
  });
  const given = positionals.map(String);
  checkPositionals(definition, given);
  const typed = entries.map(([name, option]) => [name, typedValue(name, option, values[name])]);
  return { positionals: given, options: Object.fromEntries(typed), notes };
}

/** Precedes every joined value, so that an empty one is a value too. */
const MARK = ":";

/**
 * Writes `--name value` as `--name=:value` and `--flag` as `--flag=true`, so that a value may be empty or begin with a
 * hyphen and a flag takes no value from the next argument. Former spellings become the current ones.
 */
function joinValues(definition: Command, args: readonly string[]): { args: string[]; notes: string[] } {
  const current = new Map(Object.entries(definition.options).map(([name, { formerly }]) => [formerly, name]));
  const known = (arg: string) => {
    const [, written, value] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    const name = current.get(written) ?? written;
    return written !== undefined && Object.hasOwn(definition.options, name) ? { written, name, value } : undefined;
  };
  const notes: string[] = [];
  const joined: string[] = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--") return { args: [...joined, ...args.slice(i)], notes };
    const option = known(args[i]);
    if (option === undefined) {
      joined.push(args[i]);
      continue;
    }
    const { written, name, value } = option;
    if (written !== name) notes.push(`--${written} is now --${name}; the former spelling will be removed`);
    if (definition.options[name].type === "flag") {
      if (value !== undefined) throw new UsageError(`Option --${name} takes no value`);
      joined.push(`--${name}=true`);
      continue;
    }
    const text = value ?? args[++i];
    if (text === undefined || value === undefined && (text === "--" || known(text))) {
      throw new UsageError(`Option --${name} needs a value`);
    }
    joined.push(`--${name}=${MARK}${text}`);
  }
  return { args: joined, notes };
}

function checkPositionals(definition: Command, positionals: readonly string[]): void {
  const expected = definition.positionals.map((p) => p.name);
  const required = expected.filter((name) => !name.endsWith("?") && !name.endsWith("…"));
  if (positionals.length < required.length) {
    throw new UsageError(`Missing argument <${required[positionals.length]}>`);
  }
  if (positionals.length > expected.length && !expected.at(-1)?.endsWith("…")) {
    throw new UsageError(`Unexpected argument "${positionals[expected.length]}"`);
  }
}

function typedValue(name: string, option: Option, given: unknown): unknown {
  if (option.type === "flag") return given;
  if (option.type === "list") return (given as string[]).map((value) => value.slice(MARK.length));
  if (given === undefined) return option.default;
  const text = String(given).slice(MARK.length);
  const choices = option.choices?.map((choice) => typeof choice === "string" ? choice : choice.name);
  if (choices && !choices.includes(text)) {
    throw new UsageError(`Unknown value "${text}" of --${name}: ${suggestion(text, choices)}`);
  }
  if (option.type === "text") return text;
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number) || (option.type === "integer" && !Number.isInteger(number))) {
    throw new UsageError(
      `Option --${name} needs ${option.type === "integer" ? "an integer" : "a number"}, found "${text}"`,
    );
  }
  return number;
}
