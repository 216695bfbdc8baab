/** Sixteen digits in a row: a 64-bit integer, which a JavaScript number may round. */
const LONG = /\d{16}/;
/** Strings, and what Python writes for numbers that JSON does not have. */
const NOT_JSON = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

/**
 * Parses JSON; integers that a number cannot hold become bigints. Python's NaN and Infinity, which pandas writes for
 * missing values, are read as null.
 *
 * @throws {SyntaxError} if the text is not JSON.
 *
 * @example
 * ```ts
 * import { parseJson } from "./exact_json.ts";
 * console.log(parseJson('{"id": 9007199254740993}')); // { id: 9007199254740993n }
 * ```
 */
export function parseJson(text: string): unknown {
  const exact = LONG.test(text) ? exactly : undefined;
  try {
    return JSON.parse(text, exact as Reviver);
  } catch (cause) {
    if (!(cause instanceof SyntaxError) || !/NaN|Infinity/.test(text)) throw cause;
    return JSON.parse(text.replaceAll(NOT_JSON, (part) => part.startsWith('"') ? part : "null"), exact as Reviver);
  }
}

/**
 * Writes JSON; bigints become integers with all their digits. The inverse of {@link parseJson}.
 *
 * @example
 * ```ts
 * import { stringifyJson } from "./exact_json.ts";
 * console.log(stringifyJson({ id: 9007199254740993n })); // {"id":9007199254740993}
 * ```
 */
export function stringifyJson(value: unknown): string {
  return JSON.stringify(value, (_, inner) => typeof inner === "bigint" ? rawNumber(String(inner)) : inner);
}

/** A number that `JSON.stringify` writes with exactly these digits. */
export function rawNumber(digits: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits);
}

type Reviver = (key: string, value: unknown) => unknown;

function exactly(_: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || source === undefined) return value;
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
}
