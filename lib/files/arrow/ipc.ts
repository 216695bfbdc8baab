import { checkOptions, type OptionKinds } from "../../core/options.ts";
import * as arrow from "apache-arrow";
import { KitError, type Place } from "../../core/errors.ts";
import { writeAtomic, type WriteOptions } from "../../core/files.ts";
import { arrowType } from "../../tables/arrow_type.ts";
import { wordsOf } from "../../tables/columns.ts";
import { FileWriter, registerCodecs } from "./codecs.ts";
import { eachArrowRow } from "./rows.ts";
import type { ReadOptions } from "../lines.ts";
import { openArrow } from "./open_arrow.ts";
import { rowOf } from "../row_of.ts";
import type { Column, Schema } from "../../tables/schema.ts";
import { TableBuilder } from "../../tables/table_builder.ts";
import { UnpackBudget } from "../packed/unpack_limits.ts";
import { readFile } from "../source.ts";
import { Table } from "../../tables/table.ts";
import { verifyVector } from "./verify_arrow.ts";

/**
 * Options of {@link writeTable}.
 *
 * @category Tables
 */
export interface WriteTableOptions extends WriteOptions {
  /**
   * Compress with Zstandard: about a third of the size for text, slower to open.
   * @default {false}
   */
  compress?: boolean;
}

const WRITE_TABLE_OPTIONS: OptionKinds<WriteTableOptions> = { overwrite: "boolean", compress: "boolean" };

/**
 * Writes a table as an Arrow IPC file, whole or not at all.
 *
 * @throws {KitError} if the file exists and `overwrite` is not set, or the system cannot write it.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { QUERIES } from "@syneg/kit/tables";
 * import { tableOf, writeTable } from "@syneg/kit";
 * const table = tableOf(QUERIES, [{ id: "q1", text: "tram noise" }]);
 * await writeTable(`${await Deno.makeTempDir()}/queries.arrow`, table);
 * ```
 */
export async function writeTable<S extends Schema>(
  path: string,
  table: Table<S>,
  options: WriteTableOptions = {},
): Promise<void> {
  checkOptions<WriteTableOptions>("writeTable", options, WRITE_TABLE_OPTIONS);
  registerCodecs();
  const compressionType = options.compress ? arrow.CompressionType.ZSTD : null;
  const writer = new FileWriter({ compressionType });
  writer.writeAll(table.arrow);
  await writeAtomic(path, writer.toDOMStream() as ReadableStream<Uint8Array>, options);
}

/**
 * Options of {@link readTable}.
 *
 * @category Tables
 */
export type ReadTableOptions = Pick<ReadOptions, "unpack">;

const READ_TABLE_OPTIONS: OptionKinds<ReadTableOptions> = { unpack: "object" };

/**
 * Reads an Arrow IPC file or stream (also Feather 2; from pyarrow, polars, pandas, datasets) and verifies its columns and
 * buffers. Columns of a related type (large or view strings, other integers) are converted; columns that the schema does
 * not have are ignored.
 *
 * @throws {KitError} if the file is not an Arrow file, is truncated or broken, or its columns differ.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { QUERIES } from "@syneg/kit/tables";
 * import { readTable, tableOf, writeTable } from "@syneg/kit";
 * const path = `${await Deno.makeTempDir()}/queries.arrow`;
 * await writeTable(path, tableOf(QUERIES, [{ id: "q1", text: "tram noise" }]));
 * console.log((await readTable(path, QUERIES)).length); // 1
 * ```
 */
export async function readTable<S extends Schema>(
  path: string,
  schema: S,
  options: ReadTableOptions = {},
): Promise<Table<S>> {
  checkOptions<ReadTableOptions>("readTable", options, READ_TABLE_OPTIONS);
  return parsed(await readFile(path), schema, { file: path, budget: new UnpackBudget(options.unpack) });
}

/**
 * Like {@link readTable}, from bytes, which the table keeps.
 *
 * @param file Name of the file, for errors.
 * @throws {KitError} if the bytes are not an Arrow file, are truncated or broken, or the columns differ.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { parseTable } from "../mod.ts";
 * import { QUERIES } from "@syneg/kit/tables";
 * try {
 *   parseTable(new Uint8Array(0), QUERIES, "queries.arrow");
 * } catch (error) {
 *   console.log(String(error)); // KitError: Cannot read an empty file (queries.arrow)
 * }
 * ```
 */
export function parseTable<S extends Schema>(
  bytes: Uint8Array,
  schema: S,
  file?: string,
): Table<S> {
  return parsed(bytes, schema, { file, budget: new UnpackBudget() });
}

function parsed<S extends Schema>(
  bytes: Uint8Array,
  schema: S,
  { file, budget }: { file: string | undefined; budget: UnpackBudget },
): Table<S> {
  const meter = budget.meter(file ?? "", bytes.length);
  const table = openArrow(bytes, file, meter);
  if (fits(table, schema) || lacks(table, schema)) return checkedTable(table, schema, file);
  const builder = new TableBuilder(schema);
  eachArrowRow(table, (row, place) => builder.append(rowOf(row, schema, place)), {
    file,
    meter,
    columns: [...Object.keys(schema.columns), ...schema.former?.columns ?? []],
  });
  return builder.finish();
}

/** Whether a table has all columns of `schema` with their types. */
export function fits(table: arrow.Table, schema: Schema): boolean {
  return Object.entries(schema.columns).every(([name, column]) => {
    const [field, second] = table.schema.fields.filter((field) => field.name === name);
    if (field === undefined || second !== undefined || !sameType(field.type, column)) return false;
    return column.nullable || table.getChild(name)!.nullCount === 0;
  });
}

/** Whether a table lacks a required column. */
function lacks(table: arrow.Table, schema: Schema): boolean {
  const names = table.schema.fields.map((field) => field.name);
  return Object.entries(schema.columns).some(([name, { nullable }]) => !nullable && !names.includes(name));
}

function sameType(type: arrow.DataType, column: Column): boolean {
  const width = arrow.DataType.isFixedSizeList(type) ? type.listSize : 0;
  return String(type) === String(arrowType(column, width, 0));
}

/**
 * Verifies the columns and buffers of an Arrow table.
 *
 * @param file Name of the file, for errors.
 * @throws {KitError} if a column is missing, of another type, or broken.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { checkedTable } from "../mod.ts";
 * import { QUERIES } from "@syneg/kit/tables";
 * import { tableOf } from "@syneg/kit";
 * const { arrow } = tableOf(QUERIES, [{ id: "q1", text: "tram noise" }]);
 * console.log(checkedTable(arrow, QUERIES).length); // 1
 * ```
 */
export function checkedTable<S extends Schema>(table: arrow.Table, schema: S, file?: string): Table<S> {
  for (const [name, column] of Object.entries(schema.columns)) {
    const fields = table.schema.fields.filter((field) => field.name === name);
    if (fields.length !== 1) {
      const found = table.schema.fields.map((field) => field.name).join(", ");
      const what = fields.length === 0 ? "column missing" : "column there twice";
      throw new KitError(`Cannot read ${schema.name}: ${what}, found ${found}`, { file, field: name });
    }
    const vector = table.getChild(name)!;
    const wanted = arrowType(column, column.kind === "vector" ? (vector.type.listSize ?? 0) : 0, 0);
    if (String(vector.type) !== String(wanted)) {
      throw new KitError(`Cannot read ${schema.name}: found ${vector.type}, expected ${wanted}`, { file, field: name });
    }
    if (vector.length !== table.numRows || table.batches.some((batch) => rowsDiffer(batch, name))) {
      throw new KitError(`Cannot read a broken Arrow file: its columns have different lengths`, { file, field: name });
    }
    if (!column.nullable && vector.nullCount > 0) {
      throw new KitError(`Cannot read ${schema.name}: ${vector.nullCount} values are null`, { file, field: name });
    }
    verifyVector(vector, file, name);
    if (column.labels) verifyLabels(vector, column.labels, schema.name, { file, field: name });
  }
  return new Table(schema, table);
}

function verifyLabels(vector: arrow.Vector, labels: readonly string[], table: string, place: Place): void {
  for (const chunk of vector.data) {
    const strange = wordsOf(chunk).map((word) => !labels.includes(word));
    if (!strange.includes(true)) continue;
    for (let i = 0; i < chunk.length; i++) {
      if (!strange[chunk.values[i]] || !chunk.getValid(i)) continue;
      const found = JSON.stringify(wordsOf(chunk)[chunk.values[i]]);
      throw new KitError(
        `Cannot read ${table}: found ${found} in row ${i}, expected one of ${labels.join(", ")}`,
        place,
      );
    }
  }
}

function rowsDiffer(batch: arrow.RecordBatch, name: string): boolean {
  return batch.getChild(name)!.data.some((chunk) => chunk.length !== batch.numRows);
}
