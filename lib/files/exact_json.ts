/** Sixteen digits in a row: a 64-bit integer may be rounded where it becomes a number. */
const LONG = /\d{16}/;
/** Strings, and what Python writes for numbers that JSON does not have. */
const NOT_JSON = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

/**
 * The value of JSON text; integers that a number cannot hold become bigints. Python's NaN and Infinity, which pandas
 * writes for missing values, are read as null.
 *
 * @throws {SyntaxError} if it is no JSON.
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

type Reviver = (key: string, value: unknown) => unknown;

function exactly(_: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || source === undefined) return value;
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
}
