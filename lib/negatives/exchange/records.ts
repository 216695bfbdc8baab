import type { SchemaElement } from "hyparquet";
import { ByteWriter, parquetWrite } from "hyparquet-writer";
import { ArgumentError, type Place } from "../../core/errors.ts";
import { writeAtomic, type WriteOptions } from "../../core/files.ts";
import { eachRecord } from "../../files/jsonl.ts";
import { eachParquetRow } from "../../files/parquet/read_parquet.ts";
import { fileSource } from "../../files/source.ts";
import type { Field, RecordRow } from "./record_row.ts";

/** Calls `visit` with every row of a .jsonl or .parquet file. */
export async function eachRow(path: string, visit: (row: RecordRow, place: Place) => void): Promise<void> {
  if (kindOf(path) === "parquet") await eachParquetRow(fileSource(path), visit);
  else await eachRecord(fileSource(path), visit);
}

/** Writes rows as .jsonl or .parquet, by the ending of the path, atomically. */
export async function writeRows(
  path: string,
  rows: readonly RecordRow[],
  columns: Readonly<Record<string, Field>>,
  options: WriteOptions,
): Promise<void> {
  if (kindOf(path) === "jsonl") {
    return await writeAtomic(path, rows.map((row) => JSON.stringify(row) + "\n").join(""), options);
  }
  const names = Object.keys(columns);
  const schema: SchemaElement[] = [
    { name: "root", num_children: names.length },
    ...names.flatMap((name) => elements(name, columns[name])),
  ];
  const columnData = names.map((name) => ({ name, data: rows.map((row) => row[name] ?? null) }));
  const writer = new ByteWriter();
  parquetWrite({ writer, columnData, schema });
  await writeAtomic(path, new Uint8Array(writer.getBuffer()), options);
}

/** @throws {ArgumentError} unless the path ends in .jsonl or .parquet. */
export function kindOf(path: string): "jsonl" | "parquet" {
  if (path.endsWith(".parquet")) return "parquet";
  if (path.endsWith(".jsonl")) return "jsonl";
  throw new ArgumentError(`An exchange file must end in .jsonl or .parquet, found "${path}"`);
}

/** A column in Parquet's schema: nullable, lists in three levels. */
function elements(name: string, field: Field): SchemaElement[] {
  if (field === "text") return [{ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" }];
  if (field === "number") return [{ name, type: "DOUBLE", repetition_type: "OPTIONAL" }];
  const [item] = field;
  const inner = typeof item === "string" ? elements("element", item) : [
    { name: "element", repetition_type: "OPTIONAL" as const, num_children: Object.keys(item).length },
    ...Object.entries(item).flatMap(([key, value]) => elements(key, value)),
  ];
  return [
    { name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    ...inner,
  ];
}
