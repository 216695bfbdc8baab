import type { Specification } from "./specification.ts";

/** An option as given, or, without a key, a positional argument. */
export interface Token {
  /** The argument as written. */
  readonly arg: string;
  readonly key?: string;
  readonly value: string | boolean;
  /** Set by `--no-name`. */
  readonly negated?: boolean;
  /** Index of the next argument to read. */
  readonly next: number;
}

/** Splits arguments into options with their values and positional arguments. */
export function* readArguments(args: readonly string[], specification: Specification): Generator<Token> {
  for (let i = 0; i < args.length;) {
    const tokens = args[i].length > 2 && args[i].startsWith("--")
      ? [readLong(args, i, specification)]
      : args[i].length > 1 && args[i].startsWith("-")
      ? readShort(args, i, specification)
      : [{ arg: args[i], value: args[i], next: i + 1 }];
    yield* tokens;
    i = tokens.at(-1)!.next;
  }
}

/** `--name`, `--name=value`, `--name value`, `--no-name`. */
function readLong(args: readonly string[], at: number, specification: Specification): Token {
  const arg = args[at];
  const [, key, value] = /^--(.+?)(?:=(.*))?$/s.exec(arg)!;
  if (value !== undefined) {
    return { arg, key, value: specification.isFlag(key) ? value !== "false" : value, next: at + 1 };
  }
  const positive = /^no-(.+)$/s.exec(key)?.[1];
  if (positive !== undefined && specification.isNegatable(positive)) {
    return { arg, key: positive, value: false, negated: true, next: at + 1 };
  }
  const following = args[at + 1];
  if (!specification.isLongFlag(key) && following && !following.startsWith("-")) {
    return { arg, key, value: following, next: at + 2 };
  }
  return { arg, key, ...valueOfFlag(key, following, at, specification) };
}

/** `-a`, `-a value`, `-abc`, `-n5`, `-a=value`, `-I/path`. */
function readShort(args: readonly string[], at: number, specification: Specification): Token[] {
  const arg = args[at];
  const tokens: Token[] = [];
  for (let j = 1; j < arg.length - 1; j++) {
    const [key, rest] = [arg[j], arg.slice(j + 1)];
    const value = rest === "-" ? rest : attachedValue(key, rest);
    tokens.push({ arg, key, value: value ?? specification.bare(key), next: at + 1 });
    if (value !== undefined) return tokens;
  }
  const [key, following] = [arg.at(-1)!, args[at + 1]];
  if (!specification.isFlag(key) && following && !/^--?[^-]/.test(following)) {
    tokens.push({ arg, key, value: following, next: at + 2 });
  } else tokens.push({ arg, key, ...valueOfFlag(key, following, at, specification) });
  return tokens;
}

/** The value that is written in one word with a short option, or undefined if more short options follow. */
function attachedValue(letter: string, rest: string): string | undefined {
  if (/[A-Za-z]/.test(letter)) {
    if (/=./s.test(rest)) return rest.slice(rest.indexOf("=") + 1);
    if (/\d(?:\.\d*)?(?:e-?\d+)?$/.test(rest)) return rest;
  }
  return rest.length > 1 && /\W/.test(rest[0]) ? rest : undefined;
}

/** The value of an option that is written without one; it takes the words true and false. */
function valueOfFlag(
  key: string,
  following: string | undefined,
  at: number,
  specification: Specification,
): Pick<Token, "value" | "next"> {
  if (following === "true" || following === "false") return { value: following === "true", next: at + 2 };
  return { value: specification.bare(key), next: at + 1 };
}
