import { parseArgs } from "node:util";
import { ArgumentError, CancelledError, KitError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { printable } from "../core/printable.ts";
import { endProgressLine } from "../core/terminal_sink.ts";

/** An option of a command. `list` may be given several times. */
export interface Option {
  type: "text" | "integer" | "number" | "flag" | "list";
  about: string;
  /** Shown in the help and used when the option is not given. */
  default?: string | number | boolean;
  /** Allowed values of a text. */
  choices?: readonly string[];
  /** What stands for the value in the help. @default the type */
  placeholder?: string;
}

/** Values by option name; what is not given and has no default is undefined. */
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
  /** One line. */
  about: string;
  /** Positional arguments; a name that ends in "?" may be left out, "…" takes all that follow. */
  positionals: readonly { name: string; about: string }[];
  options: O;
  /** Command lines that run, without "deno task". */
  examples: readonly string[];
  /** Returns the exit code; 0 when nothing is returned. */
  run(args: { positionals: string[]; options: Values<O>; signal: AbortSignal }): Promise<number | void>;
}

/** Types a command's options. */
export function command<const O extends Record<string, Option>>(definition: Command<O>): Command<O> {
  return definition;
}

/**
 * Parses, runs and exits: 0 fine, 1 a declared error, 2 wrong arguments, 130 interrupted. The only place that knows how
 * arguments are parsed (by `node:util`; `@std/cli` could take over here).
 */
export async function main<O extends Record<string, Option>>(definition: Command<O>): Promise<never> {
  Deno.exit(await runCommand(definition, Deno.args));
}

/** {@link main} without the exit, for tests. */
export async function runCommand<O extends Record<string, Option>>(
  definition: Command<O>,
  args: readonly string[],
): Promise<number> {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Error("interrupted"));
  try {
    if (args.includes("--help") || args.includes("-h")) {
      console.log(help(definition));
      return 0;
    }
    const parsed = parse(definition, args);
    Deno.addSignalListener("SIGINT", interrupt);
    return await definition.run({ ...parsed, signal: controller.signal }) ?? 0;
  } catch (error) {
    endProgressLine();
    if (!(error instanceof KitError) && !ofTheSystem(error)) throw error;
    console.error(printable(`${definition.name}: ${error.message}`));
    if (error instanceof CancelledError) return 130;
    if (error instanceof UsageError) console.error(`See: deno task ${definition.name} --help`);
    return error instanceof UsageError ? 2 : 1;
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
  }
}

/** Whether the operating system refused something: a full disk, a folder that nobody may write into … */
function ofTheSystem(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return Object.values(Deno.errors).some((kind) => error instanceof kind) || /\(os error \d+\)/.test(error.message);
}

class UsageError extends ArgumentError {}

/** Checks `args` against a command's positionals and options. */
export function parse<O extends Record<string, Option>>(
  definition: Command<O>,
  args: readonly string[],
): { positionals: string[]; options: Values<O> } {
  const names = Object.keys(definition.options);
  const options = Object.fromEntries(
    names.map((name) => {
      const { type } = definition.options[name];
      return [name, { type: type === "flag" ? "boolean" as const : "string" as const, multiple: type === "list" }];
    }),
  );
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const option = definition.options[token.name];
    if (!option) throw new UsageError(`Unknown option ${token.rawName}: ${suggestion(token.name, names)}`);
    if (option.type === "flag" ? token.value !== undefined : token.value === undefined) {
      throw new UsageError(`Option --${token.name} ${option.type === "flag" ? "takes no value" : "needs a value"}`);
    }
  }
  checkPositionals(definition, positionals);
  const typed = names.map((name) => [name, typedValue(name, definition.options[name], values[name])]);
  return { positionals, options: Object.fromEntries(typed) };
}

function checkPositionals(definition: Command, positionals: readonly string[]): void {
  const wanted = definition.positionals.map((p) => p.name);
  const required = wanted.filter((name) => !name.endsWith("?") && !name.endsWith("…"));
  if (positionals.length < required.length) {
    throw new UsageError(`Missing argument <${required[positionals.length]}>`);
  }
  if (positionals.length > wanted.length && !wanted.at(-1)?.endsWith("…")) {
    throw new UsageError(`Unexpected argument "${positionals[wanted.length]}"`);
  }
}

function typedValue(name: string, option: Option, given: unknown): unknown {
  if (given === undefined) {
    return option.default ?? (option.type === "flag" ? false : option.type === "list" ? [] : undefined);
  }
  if (option.type === "flag" || option.type === "list") return given;
  const text = String(given);
  if (option.choices && !option.choices.includes(text)) {
    throw new UsageError(`Unknown value "${text}" of --${name}: ${suggestion(text, option.choices)}`);
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

/** The help text of a command. */
export function help(definition: Command): string {
  const positionals = definition.positionals.map(({ name, about }) => [`<${name.replace("?", "")}>`, about]);
  const options = Object.entries(definition.options).map(([name, option]) => {
    const value = option.type === "flag"
      ? ""
      : ` <${option.placeholder ?? (option.type === "list" ? "text" : option.type)}>`;
    const choices = option.choices ? ` (${option.choices.join(", ")})` : "";
    const fallback = option.default === undefined || option.default === false ? "" : ` [default: ${option.default}]`;
    return [`--${name}${value}`, `${option.about}${choices}${fallback}`];
  });
  const rows = [...positionals, ...options];
  const width = Math.max(10, ...rows.map(([left]) => left.length)) + 2;
  const section = (title: string, lines: string[]) =>
    lines.length ? ["", title, ...lines.map((line) => `  ${line}`)] : [];
  const table = (entries: string[][]) =>
    entries.flatMap(([left, right]) =>
      wrapped(right, COLUMNS - width).map((line, i) => `${(i === 0 ? left : "").padEnd(width)}${line}`)
    );
  const usage = definition.positionals.map(({ name }) =>
    name.endsWith("?") || name.endsWith("…") ? `[${name.replace("?", "")}]` : `<${name}>`
  );
  return [
    `deno task ${[definition.name, ...usage].join(" ")} [options]`,
    "",
    definition.about,
    ...section("Arguments", table(positionals)),
    ...section("Options", table([...options, ["--help", "this text"]])),
    ...section("Examples", definition.examples.map((example) => `deno task ${example}`)),
  ].join("\n");
}

/** Width of the help text. */
const COLUMNS = 110;

function wrapped(text: string, columns: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line !== "" && line.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}
