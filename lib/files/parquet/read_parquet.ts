import { READ_OPTIONS } from "../lines.ts";
import { checkOptions } from "../../core/options.ts";
import {
  type AsyncBuffer,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
  type SchemaTree,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { unpackLz4Block } from "../packed/lz4.ts";
import { checkCancelled, KitError, type Place } from "../../core/errors.ts";
import type { ReadOptions } from "../lines.ts";
import type { Fields } from "../records.ts";
import { rowOf } from "../row_of.ts";
import type { Schema } from "../../tables/schema.ts";
import type { ByteSource } from "../byte_source.ts";
import { fileSource, readAll } from "../source.ts";
import type { Table } from "../../tables/table.ts";
import { TableBuilder } from "../../tables/table_builder.ts";
import { widenUint32 } from "./unsigned.ts";
import { exactRows, PARSERS } from "./values.ts";
import { UnpackBudget } from "../packed/unpack_limits.ts";
import { verifyPages } from "./verify_parquet.ts";

/** hyparquet's own LZ4 fails at a block without literals at its end, such as that of an empty page. */
const CODECS = { ...compressors, LZ4_RAW: unpackLz4Block };

/** Rows read between two checks of the signal. */
const ROWS = 20_000;

/**
 * Reads a Parquet file whose columns have the names of the schema's columns; other columns are ignored.
 *
 * @throws {KitError} if the file is not a Parquet file, is broken, or a value does not fit its column.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { QUERIES } from "@syneg/kit/tables";
 * import { readParquet, writeParquet } from "../mod.ts";
 * import { tableOf } from "@syneg/kit";
 * const path = `${await Deno.makeTempDir()}/queries.parquet`;
 * await writeParquet(path, tableOf(QUERIES, [{ id: "q1", text: "tram noise" }]));
 * console.log((await readParquet(path, QUERIES)).length); // 1
 * ```
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

/** Calls `visit` with every row of a Parquet file, group by group; returns the number of rows. */
export async function eachParquetRow(
  source: ByteSource,
  visit: (row: Fields, place: Place) => void,
  options: ReadOptions = {},
): Promise<number> {
  const bytes = await readAll(source);
  const { name: file } = source;
  if (bytes.length === 0) throw new KitError("Cannot read an empty file", { file });
  const meter = (source.budget ?? new UnpackBudget()).meter(file, source.size ?? bytes.length);
  const buffer = { byteLength: bytes.length, slice: (from: number, to?: number) => bytes.buffer.slice(from, to) };
  let done = 0;
  try {
    const metadata = await parquetMetadataAsync(buffer);
    checkColumns(metadata);
    verifyPages(bytes, metadata, meter);
    widenUint32(metadata);
    const exact = exactRows(metadata);
    const total = rowsOf(metadata, file);
    for (const { num_rows } of metadata.row_groups) {
      checkCancelled(options.signal, `reading ${file}`);
      if (num_rows === 0n) continue;
      const columns = await columnsOf({ file: buffer, metadata, rowStart: done, rowEnd: done + Number(num_rows) });
      for (let i = 0; i < Number(num_rows); i++, done++) {
        const row: Fields = {};
        for (const [name, cell] of columns) {
          const value = row[name] = cell(i);
          if (typeof value === "string") meter(value.length);
        }
        visit(exact(row), { file: `${file}, row ${done}` });
        if (done % ROWS > 0) continue;
        checkCancelled(options.signal, `reading ${file}`);
        options.progress?.update(Math.round(bytes.length * done / total));
      }
    }
    options.progress?.update(bytes.length);
  } catch (cause) {
    if (cause instanceof KitError) throw cause;
    const encrypted = new TextDecoder().decode(bytes.subarray(-4)) === "PARE";
    if (encrypted) throw new KitError("Cannot read an encrypted Parquet file: decrypt it first", { file }, { cause });
    throw new KitError(`Cannot read a broken Parquet file: ${(cause as Error).message}`, { file }, { cause });
  }
  return done;
}

/** Decodes the columns of a group; returns a reader of cells for each. */
async function columnsOf(
  group: { file: AsyncBuffer; metadata: FileMetaData; rowStart: number; rowEnd: number },
): Promise<[name: string, cell: (i: number) => unknown][]> {
  const pages = new Map<string, { from: number; data: DecodedArray }[]>();
  await parquetRead({
    ...group,
    compressors: CODECS,
    parsers: PARSERS,
    utf8: false,
    onChunk: ({ columnName, columnData, rowStart }) => {
      if (!pages.has(columnName)) pages.set(columnName, []);
      pages.get(columnName)!.push({ from: rowStart - group.rowStart, data: columnData });
    },
  });
  return [...pages].map(([name, parts]) => {
    const found = parts.reduce((sum, { data }) => sum + data.length, 0);
    const wanted = group.rowEnd - group.rowStart;
    if (found !== wanted) throw new Error(`column ${name} has ${found} of ${wanted} rows`);
    let part = 0;
    return [name, (i) => {
      while (i >= parts[part].from + parts[part].data.length) part++;
      return parts[part].data[i - parts[part].from];
    }];
  });
}

/**
 * Checks that every group has the schema's columns, each once and in order. hyparquet starts to read other columns without
 * awaiting them, so that a failure there would end the process.
 */
function checkColumns(metadata: FileMetaData): void {
  const leaves: string[] = [];
  const visit = (node: SchemaTree) =>
    node.children.length > 0 ? node.children.forEach(visit) : leaves.push(node.path.join("."));
  const root = parquetSchema(metadata);
  root.children.forEach(visit);
  if (new Set(root.children.map(({ element }) => element.name)).size < root.children.length) {
    throw new Error("two columns have the same name");
  }
  for (const { columns } of metadata.row_groups) {
    const found = columns.map(({ meta_data }) => meta_data?.path_in_schema.join("."));
    if (found.length !== leaves.length || found.some((path, j) => path !== leaves[j])) {
      throw new Error("the columns of a group are not those of the schema");
    }
  }
}

/** The number of rows, verified, so that a few flipped bits do not cause endless work. */
function rowsOf({ row_groups, num_rows }: FileMetaData, file: string): number {
  let rows = 0n;
  for (const group of row_groups) {
    if (group.num_rows < 0n) throw new KitError("Cannot read a broken Parquet file: a negative count", { file });
    rows += group.num_rows;
    const largest = group.columns.reduce((most, { meta_data }) => {
      const count = meta_data?.num_values ?? 0n;
      return count > most ? count : most;
    }, 0n);
    if (group.num_rows > largest) throw new KitError("Cannot read a broken Parquet file: too few values", { file });
  }
  if (rows !== num_rows) throw new KitError("Cannot read a broken Parquet file: its counts differ", { file });
  return Number(rows);
}
