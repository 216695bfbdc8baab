import { WRITE_OPTIONS } from "../core/files.ts";
import { READ_OPTIONS } from "./lines.ts";
import { checkOptions } from "../core/options.ts";
import {
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaElement,
  type SchemaTree,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { checkCancelled, KitError, type Place } from "../core/errors.ts";
import { writeAtomic, type WriteOptions } from "../core/files.ts";
import type { ReadOptions } from "./lines.ts";
import type { Fields } from "./records.ts";
import { rowOf } from "./row_of.ts";
import type { Schema } from "./schema.ts";
import { type ByteSource, fileSource, readAll } from "./source.ts";
import type { Table } from "./table.ts";
import { TableBuilder } from "./table_builder.ts";
import { verifyPages } from "./verify_parquet.ts";

/** Rows that are decoded or encoded at a time. */
const ROWS = 20_000;

/**
 * Reads a Parquet file whose columns are named as those of `schema`; other columns are left out.
 *
 * @throws {KitError} if the file is no Parquet file, is broken, or a value does not fit its column.
 */
export async function readParquet<S extends Schema>(path: string, schema: S, options?: ReadOptions): Promise<Table<S>> {
  checkOptions<ReadOptions>("readParquet", options ?? {}, READ_OPTIONS);
  const builder = new TableBuilder(schema);
  await eachParquetRow(
    fileSource(path, options?.unpack),
    (row, place) => builder.append(rowOf(row, schema, place)),
    options,
  );
  return builder.finish();
}

/** Calls `visit` with every row of a Parquet file, group by group; returns their number. */
export async function eachParquetRow(
  source: ByteSource,
  visit: (row: Fields, place: Place) => void,
  options: ReadOptions = {},
): Promise<number> {
  const bytes = await readAll(source);
  const { name: file } = source;
  if (bytes.length === 0) throw new KitError("Cannot read an empty file", { file });
  const buffer = { byteLength: bytes.length, slice: (from: number, to?: number) => bytes.buffer.slice(from, to) };
  let done = 0;
  try {
    const metadata = await parquetMetadataAsync(buffer);
    checkColumns(metadata);
    verifyPages(bytes, metadata);
    const total = rowsOf(metadata, file);
    for (let rowStart = 0; rowStart < total; rowStart += ROWS) {
      checkCancelled(options.signal, `reading ${file}`);
      const rowEnd = Math.min(total, rowStart + ROWS);
      const rows = await parquetReadObjects({ file: buffer, metadata, compressors, rowStart, rowEnd });
      if (rows.length !== rowEnd - rowStart) throw new Error(`found ${rows.length} of ${rowEnd - rowStart} rows`);
      for (const row of rows) visit(row, { file: `${file}, row ${done++}` });
      options.progress?.update(Math.round(bytes.length * rowEnd / total));
    }
  } catch (cause) {
    if (cause instanceof KitError) throw cause;
    throw new KitError(`Cannot read a broken Parquet file: ${(cause as Error).message}`, { file }, { cause });
  }
  return done;
}

/**
 * Checks that every group has the schema's columns, each once and in order: the library starts to read columns that it
 * then does not wait for, so that a failure in one of them would end the process.
 */
function checkColumns(metadata: FileMetaData): void {
  const leaves: string[] = [];
  const visit = (node: SchemaTree) =>
    node.children.length > 0 ? node.children.forEach(visit) : leaves.push(node.path.join("."));
  const root = parquetSchema(metadata);
  root.children.forEach(visit);
  if (new Set(root.children.map(({ element }) => element.name)).size < root.children.length) {
    throw new Error("a column is there twice");
  }
  for (const { columns } of metadata.row_groups) {
    const found = columns.map(({ meta_data }) => meta_data?.path_in_schema.join("."));
    if (found.length !== leaves.length || found.some((path, j) => path !== leaves[j])) {
      throw new Error("the columns of a group are not those of the schema");
    }
  }
}

/** The number of rows, checked for being possible, so that a few flipped bits do not ask for endless work. */
function rowsOf({ row_groups, num_rows }: FileMetaData, file: string): number {
  let rows = 0n;
  for (const group of row_groups) {
    if (group.num_rows < 0n) throw new KitError("Cannot read a broken Parquet file: a negative count", { file });
    rows += group.num_rows;
    for (const { meta_data } of group.columns) {
      // Run lengths pack no more than some thousand to one.
      if (meta_data!.num_values > meta_data!.total_compressed_size * 20_000n) {
        throw new KitError("Cannot read a broken Parquet file: more values than its bytes can hold", { file });
      }
    }
    const largest = group.columns.reduce((most, { meta_data }) => {
      const count = meta_data?.num_values ?? 0n;
      return count > most ? count : most;
    }, 0n);
    if (group.num_rows > largest) throw new KitError("Cannot read a broken Parquet file: too few values", { file });
  }
  if (rows !== num_rows) throw new KitError("Cannot read a broken Parquet file: its counts differ", { file });
  return Number(rows);
}

/** Writes a table as Parquet (Snappy; json as text, vectors as lists), whole or not at all. */
export async function writeParquet<S extends Schema>(
  path: string,
  table: Table<S>,
  options?: WriteOptions,
): Promise<void> {
  checkOptions<WriteOptions>("writeParquet", options ?? {}, WRITE_OPTIONS);
  const names = Object.keys(table.schema.columns);
  const blocks = async function* () {
    const writer = new ByteWriter();
    const parquet = new ParquetWriter({ writer, schema: elements(table.schema), statistics: false });
    const take = () => {
      const bytes = writer.getBytes().slice();
      writer.index = 0;
      return bytes;
    };
    for (let from = 0; from < table.length; from += ROWS) {
      const part = table.slice(from, Math.min(table.length, from + ROWS));
      const columnData = names.map((name) => ({ name, data: [...part.column(name)].map(plain) }));
      await parquet.write({ columnData, rowGroupSize: ROWS });
      yield take();
    }
    await parquet.finish();
    yield take();
  };
  await writeAtomic(path, ReadableStream.from(blocks()), options);
}

function plain(value: unknown): unknown {
  return value instanceof Float32Array ? [...value] : value;
}

function elements(schema: Schema): SchemaElement[] {
  const columns = Object.entries(schema.columns);
  const root: SchemaElement = { name: "root", num_children: columns.length };
  return [
    root,
    ...columns.flatMap(([name, { kind, nullable }]): SchemaElement[] => {
      const repetition_type = nullable ? "OPTIONAL" : "REQUIRED";
      switch (kind) {
        case "utf8":
        case "json":
        case "label":
          return [{ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type }];
        case "int32":
          return [{ name, type: "INT32", repetition_type }];
        case "float32":
          return [{ name, type: "FLOAT", repetition_type }];
        case "float64":
          return [{ name, type: "DOUBLE", repetition_type }];
        case "bool":
          return [{ name, type: "BOOLEAN", repetition_type }];
        case "vector":
          return [
            { name, converted_type: "LIST", num_children: 1, repetition_type },
            { name: "list", num_children: 1, repetition_type: "REPEATED" },
            { name: "element", type: "FLOAT", repetition_type: "REQUIRED" },
          ];
        default:
          return kind satisfies never;
      }
    }),
  ];
}
