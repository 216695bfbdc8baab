import { READ_OPTIONS } from "./lines.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { KitError, type Place } from "../core/errors.ts";
import { writeAtomic, type WriteOptions } from "../core/files.ts";
import { parseJson, rawNumber } from "./exact_json.ts";
import { eachLine, type ReadOptions } from "./lines.ts";
import type { Fields } from "./records.ts";
import { rowOf } from "./row_of.ts";
import type { Row, Schema } from "../tables/schema.ts";
import type { ByteSource } from "./byte_source.ts";
import { fileSource } from "./source.ts";
import type { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";

/** Characters written at a time. */
const BLOCK = 1 << 18;

/** Calls `visit` with the JSON object of every line and its place; returns the number of objects. */
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

/**
 * Parses a JSON object.
 *
 * @throws {KitError} if the text is not a JSON object.
 */
export function parseObject(text: string, file?: string, line?: number): Fields {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw new KitError(`Cannot read JSON: ${(cause as Error).message}`, { file, line }, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const found = value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
    throw new KitError(`Cannot read a record: found ${found}, expected a JSON object`, { file, line });
  }
  return value as Fields;
}

/**
 * Reads a JSONL file (also `.jsonl.gz`) whose fields have the names of the schema's columns; other fields are ignored.
 *
 * @throws {KitError} naming file, line and field of invalid JSON, a missing field, or a wrong type.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { QUERIES } from "@syneg/kit/tables";
 * import { readJsonl } from "./mod.ts";
 * const file = await Deno.makeTempFile();
 * await Deno.writeTextFile(file, '{"id": "q1", "text": "tram noise"}\n');
 * console.log((await readJsonl(file, QUERIES)).length); // 1
 * ```
 */
export async function readJsonl<S extends Schema>(path: string, schema: S, options?: ReadOptions): Promise<Table<S>> {
  checkOptions<ReadOptions>("readJsonl", options ?? {}, READ_OPTIONS);
  const builder = new TableBuilder(schema);
  await eachRecord(
    fileSource(path, options?.unpack),
    (record, place) => builder.append(rowOf(record, schema, place)),
    options,
  );
  return builder.finish();
}

/**
 * Options of {@link writeJsonl}.
 *
 * @category Tables
 */
export interface WriteJsonlOptions extends WriteOptions {
  /** Other names for columns, such as BEIR's `{id: "_id"}`. Omit to keep the names. */
  names?: Readonly<Record<string, string>>;
}

const WRITE_JSONL_OPTIONS: OptionKinds<WriteJsonlOptions> = { overwrite: "boolean", names: "object" };

/**
 * Writes a table as JSONL, one row a line, without nulls; whole or not at all.
 *
 * @throws {KitError} if the file exists and `overwrite` is not set, or the system cannot write it.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { QUERIES } from "@syneg/kit/tables";
 * import { tableOf } from "@syneg/kit";
 * import { writeJsonl } from "./mod.ts";
 * const table = tableOf(QUERIES, [{ id: "q1", text: "tram noise" }]);
 * await writeJsonl(`${await Deno.makeTempDir()}/queries.jsonl`, table, { names: { id: "_id" } });
 * ```
 */
export async function writeJsonl<S extends Schema>(
  path: string,
  table: Table<S>,
  options: WriteJsonlOptions = {},
): Promise<void> {
  checkOptions<WriteJsonlOptions>("writeJsonl", options, WRITE_JSONL_OPTIONS);
  const { names = {} } = options;
  const json = Object.entries(table.schema.columns).filter(([, { kind }]) => kind === "json").map(([name]) => name);
  await writeAtomic(path, linesOf(table, (row) => JSON.stringify(renamed(row), replaced)), options);

  function renamed(row: Row<S>): unknown {
    return Object.fromEntries(Object.entries(row).map(([name, value]) => [names[name] ?? name, value]));
  }

  function replaced(key: string, value: unknown): unknown {
    if (value === null) return undefined;
    if (value instanceof Float32Array) return [...value];
    if (typeof value === "bigint") return rawNumber(String(value));
    if (!json.includes(key) || typeof value !== "string") return value;
    try {
      return parseJson(value);
    } catch {
      return value;
    }
  }
}

/** The rows of a table as lines of text, in blocks of bytes. */
export function linesOf<S extends Schema>(
  table: Table<S>,
  line: (row: Row<S>, index: number) => string,
): ReadableStream<Uint8Array> {
  return ReadableStream.from(function* () {
    let block = "";
    let index = 0;
    for (const row of table.rows()) {
      block += `${line(row, index++)}\n`;
      if (block.length >= BLOCK) {
        yield new TextEncoder().encode(block);
        block = "";
      }
    }
    yield new TextEncoder().encode(block);
  }());
}
