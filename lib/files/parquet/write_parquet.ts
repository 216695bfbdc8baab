import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { WRITE_OPTIONS, writeAtomic, type WriteOptions } from "../../core/files.ts";
import { checkOptions } from "../../core/options.ts";
import type { Schema } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";

/** Rows encoded at a time. */
const ROWS = 20_000;

/**
 * Writes a table as Parquet (Snappy; JSON as text, vectors as lists), whole or not at all.
 *
 * @throws {KitError} if the file exists and `overwrite` is not set, or the system cannot write it.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { QUERIES } from "@syneg/kit/tables";
 * import { tableOf } from "@syneg/kit";
 * import { writeParquet } from "../mod.ts";
 * const table = tableOf(QUERIES, [{ id: "q1", text: "tram noise" }]);
 * await writeParquet(`${await Deno.makeTempDir()}/queries.parquet`, table);
 * ```
 */
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
