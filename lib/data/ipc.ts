import { checkOptions, type OptionKinds } from "../core/options.ts";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import * as arrow from "apache-arrow";
import { KitError, type Place } from "../core/errors.ts";
import { writeAtomic, type WriteOptions } from "../core/files.ts";
import { arrowType } from "./column_builder.ts";
import { wordsOf } from "./columns.ts";
import type { Schema } from "./schema.ts";
import { readFile } from "./source.ts";
import { Table } from "./table.ts";
import { verifyIpcFile } from "./verify_ipc.ts";
import { verifyVector } from "./verify_arrow.ts";

/** Options of {@link writeTable}. */
export interface WriteTableOptions extends WriteOptions {
  /** Compress the buffers with Zstandard: a third of the size for text, but slower to open. @default false */
  compress?: boolean;
}

const WRITE_TABLE_OPTIONS: OptionKinds<WriteTableOptions> = { overwrite: "boolean", compress: "boolean" };

/**
 * Writes a table as an Arrow IPC file, whole or not at all.
 *
 * @throws {KitError} if the file exists and `overwrite` is not set, or the disk refuses.
 */
export async function writeTable<S extends Schema>(
  path: string,
  table: Table<S>,
  options: WriteTableOptions = {},
): Promise<void> {
  checkOptions<WriteTableOptions>("writeTable", options, WRITE_TABLE_OPTIONS);
  registerZstandard();
  const compressionType = options.compress ? arrow.CompressionType.ZSTD : null;
  const writer = new arrow.RecordBatchFileWriter({ compressionType });
  writer.writeAll(table.arrow);
  await writeAtomic(path, writer.toDOMStream() as ReadableStream<Uint8Array>, options);
}

/**
 * Reads an Arrow IPC file and checks its columns against `schema` and its buffers against their types.
 *
 * @throws {KitError} if the file is no Arrow file, is cut off or broken, or its columns differ.
 */
export async function readTable<S extends Schema>(path: string, schema: S): Promise<Table<S>> {
  return parseTable(await readFile(path), schema, path);
}

/** {@link readTable} of bytes; `file` is named in errors. The table keeps the bytes. */
export function parseTable<S extends Schema>(bytes: Uint8Array, schema: S, file?: string): Table<S> {
  const text = new TextDecoder();
  const magic = "ARROW1";
  if (bytes.length === 0) throw new KitError("Cannot read an empty file", { file });
  if (text.decode(bytes.subarray(0, 6)) !== magic) {
    throw new KitError("Cannot read an Arrow file: it does not begin with ARROW1", { file });
  }
  if (text.decode(bytes.subarray(-6)) !== magic) {
    throw new KitError("Cannot read an Arrow file: it is cut off (it does not end with ARROW1)", { file });
  }
  registerZstandard();
  try {
    verifyIpcFile(bytes);
    return checkedTable(arrow.tableFromIPC(bytes), schema, file);
  } catch (cause) {
    if (cause instanceof KitError) throw cause;
    if ((cause as Error).message.includes("codec not found")) {
      throw new KitError("Cannot read an Arrow file packed with LZ4: write it with ZSTD or unpacked", { file });
    }
    throw new KitError(`Cannot read a broken Arrow file: ${(cause as Error).message}`, { file }, { cause });
  }
}

/** Checks an Arrow table's columns and buffers against `schema`. */
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
      throw new KitError(`Cannot read ${schema.name}: found ${vector.type}, wanted ${wanted}`, { file, field: name });
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
      throw new KitError(`Cannot read ${table}: found ${found} in row ${i}, wanted one of ${labels.join(", ")}`, place);
    }
  }
}

function rowsDiffer(batch: arrow.RecordBatch, name: string): boolean {
  return batch.getChild(name)!.data.some((chunk) => chunk.length !== batch.numRows);
}

function registerZstandard(): void {
  const { ZSTD } = arrow.CompressionType;
  if (arrow.compressionRegistry.get(ZSTD) !== null) return;
  arrow.compressionRegistry.set(ZSTD, {
    encode: (bytes) => new Uint8Array(zstdCompressSync(bytes)),
    decode: (bytes) => new Uint8Array(zstdDecompressSync(bytes)),
  });
}
