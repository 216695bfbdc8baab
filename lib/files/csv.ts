import { ArgumentError } from "../core/errors.ts";
import { writeAtomic, type WriteOptions } from "../core/files.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import type { Schema } from "../tables/schema.ts";
import { Table } from "../tables/table.ts";

/**
 * Options of {@link writeCsv}.
 *
 * @category Tables
 */
export interface WriteCsvOptions extends WriteOptions {
  /** Columns to write, in this order. Omit for all. */
  columns?: readonly string[];
}

const CSV_OPTIONS: OptionKinds<WriteCsvOptions> = { overwrite: "boolean", columns: "array" };

/**
 * Writes rows as CSV (RFC 4180, UTF-8) for spreadsheets, R and pandas: a table, or objects such as a list of results.
 * Nulls are empty cells; lists and objects are written as JSON.
 *
 * @throws {ArgumentError} if there is no row to take the columns from, or a column is unknown.
 * @throws {KitError} if the file exists and `overwrite` is not set, or the system cannot write it.
 *
 * @example
 * ```ts
 * import { writeCsv } from "@syneg/kit";
 * await writeCsv(`${await Deno.makeTempDir()}/means.csv`, [{ arm: "bm25", mean: 0.71 }, { arm: "hybrid", mean: 0.73 }]);
 * ```
 * @category Tables
 */
export async function writeCsv<S extends Schema>(
  path: string,
  rows: Table<S> | readonly object[],
  options: WriteCsvOptions = {},
): Promise<void> {
  checkOptions<WriteCsvOptions>("writeCsv", options, CSV_OPTIONS);
  const isTable = rows instanceof Table;
  const known = isTable ? Object.keys(rows.schema.columns) : [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (known.length === 0) throw new ArgumentError("Cannot write CSV: there is no row, so there are no columns");
  const columns = options.columns ?? known;
  const unknown = columns.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new ArgumentError(`Cannot write CSV: unknown column "${unknown}", found ${known.join(", ")}`);
  }
  const lines = [columns.map(cell).join(",")];
  for (const row of isTable ? rows.rows() : rows) {
    lines.push(columns.map((name) => cell((row as Record<string, unknown>)[name])).join(","));
  }
  await writeAtomic(path, `${lines.join("\r\n")}\r\n`, options);
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const plain = value instanceof Float32Array ? [...value] : value;
  const text = typeof plain === "object" ? JSON.stringify(plain) : String(plain);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
