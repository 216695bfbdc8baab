import { KitError, type Place } from "../core/errors.ts";
import { eachLine, type ReadOptions } from "./lines.ts";
import type { Fields } from "./records.ts";
import type { ByteSource } from "./source.ts";

/** Calls `visit` with the JSON object of every line and its place; returns their number. */
export function eachRecord(
  source: ByteSource,
  visit: (record: Fields, place: Place) => void,
  options?: ReadOptions,
): Promise<number> {
  return eachLine(source, (line, number) => visit(parseObject(line, source.name, number), place(number)), options);

  function place(line: number): Place {
    return { file: source.name, line };
  }
}

/** The JSON object that a line holds. @throws {KitError} if it holds something else. */
export function parseObject(text: string, file?: string, line?: number): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new KitError(`Cannot read JSON: ${(cause as Error).message}`, { file, line }, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const found = value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
    throw new KitError(`Cannot read a record: found ${found}, wanted a JSON object`, { file, line });
  }
  return value as Fields;
}
