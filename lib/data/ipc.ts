import * as arrow from "apache-arrow";
import { KitError } from "../core/errors.ts";
import { writeAtomic, type WriteOptions } from "../core/files.ts";
import type { Schema } from "./schema.ts";
import { Table } from "./table.ts";
import { arrowType } from "./table_builder.ts";

/** Writes a table as an Arrow IPC file, whole or not at all. */
export async function writeTable<S extends Schema>(
  path: string,
  table: Table<S>,
  options?: WriteOptions,
): Promise<void> {
  const writer = arrow.RecordBatchFileWriter.writeAll(table.arrow);
  await writeAtomic(path, writer.toDOMStream() as ReadableStream<Uint8Array>, options);
}

/**
 * Reads an Arrow IPC file and checks its columns against `schema`.
 *
 * @throws {KitError} if the file is no Arrow file, is cut off, or its columns differ.
 */
export async function readTable<S extends Schema>(path: string, schema: S): Promise<Table<S>> {
  const bytes = await Deno.readFile(path);
  let table: arrow.Table;
  try {
    table = arrow.tableFromIPC(bytes);
  } catch (cause) {
    throw new KitError(`Cannot read an Arrow file: ${(cause as Error).message}`, { file: path }, { cause });
  }
  return checkedTable(table, schema, path);
}

/** Checks an Arrow table's columns against `schema`. */
export function checkedTable<S extends Schema>(table: arrow.Table, schema: S, file?: string): Table<S> {
  for (const [name, column] of Object.entries(schema.columns)) {
    const vector = table.getChild(name);
    if (vector === null) {
      const found = table.schema.fields.map((field) => field.name).join(", ");
      throw new KitError(`Cannot read ${schema.name}: column missing, found ${found}`, { file, field: name });
    }
    const wanted = arrowType(column, column.kind === "vector" ? (vector.type.listSize ?? 0) : 0, 0);
    if (String(vector.type) !== String(wanted)) {
      throw new KitError(`Cannot read ${schema.name}: found ${vector.type}, wanted ${wanted}`, { file, field: name });
    }
    if (!column.nullable && vector.nullCount > 0) {
      throw new KitError(`Cannot read ${schema.name}: ${vector.nullCount} values are null`, { file, field: name });
    }
  }
  return new Table(schema, table);
}
