import { open } from "node:fs/promises";
import * as arrow from "apache-arrow";
import { ArgumentError, KitError } from "../../core/errors.ts";
import { fileError, WRITE_OPTIONS, writeAtomic, type WriteOptions } from "../../core/files.ts";
import { checkOptions } from "../../core/options.ts";
import type { Schema } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { FileWriter, registerCodecs } from "./codecs.ts";
import { checkedTable } from "./ipc.ts";

/**
 * Reads the kit's Arrow files larger than memory: one table for each record batch of the file, read when it is asked for
 * and not kept. `writeTableBlocks` and `writeTable` write such files.
 *
 * @throws {KitError} if the file is no Arrow file, is cut off, or its columns differ from the schema.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { QUERIES } from "@syneg/kit/tables";
 * import { readTableBlocks } from "@syneg/kit/files";
 * import { tableOf, writeTable } from "@syneg/kit";
 * const path = `${await Deno.makeTempDir()}/queries.arrow`;
 * await writeTable(path, tableOf(QUERIES, [{ id: "q1", text: "tram noise" }]));
 * for await (const table of readTableBlocks(path, QUERIES)) console.log(table.length); // 1
 * ```
 */
export async function* readTableBlocks<S extends Schema>(path: string, schema: S): AsyncGenerator<Table<S>> {
  registerCodecs();
  const file = await open(path).catch((error) => {
    throw fileError("read", path, error);
  });
  try {
    const head = new Uint8Array(6);
    await file.read(head, 0, 6, 0);
    if (new TextDecoder("latin1").decode(head) !== "ARROW1") {
      throw new KitError("Cannot read blocks of an Arrow file: it does not begin with ARROW1", { file: path });
    }
    const reader = await arrow.RecordBatchReader.from(file as never) as arrow.AsyncRecordBatchFileReader;
    await reader.open();
    for await (const batch of reader) yield checkedTable(new arrow.Table([batch]), schema, path);
  } catch (cause) {
    if (cause instanceof KitError) throw cause;
    throw new KitError(`Cannot read a broken Arrow file: ${(cause as Error).message}`, { file: path }, { cause });
  } finally {
    await file.close().catch(() => {});
  }
}

/**
 * Writes tables one after the other into one Arrow file, whole or not at all; each is a record batch, or several, that
 * `readTableBlocks` reads. The tables are not kept, so the file may be larger than memory. Returns the number of rows.
 *
 * @throws {ArgumentError} if there is no table.
 * @throws {KitError} if the file exists and `overwrite` is not set, or the system cannot write it.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { QUERIES } from "@syneg/kit/tables";
 * import { writeTableBlocks } from "@syneg/kit/files";
 * import { tableOf } from "@syneg/kit";
 * const blocks = [[{ id: "q1", text: "tram noise" }], [{ id: "q2", text: "rails" }]].map((rows) => tableOf(QUERIES, rows));
 * console.log(await writeTableBlocks(`${await Deno.makeTempDir()}/queries.arrow`, blocks)); // 2
 * ```
 */
export async function writeTableBlocks<S extends Schema>(
  path: string,
  tables: Iterable<Table<S>> | AsyncIterable<Table<S>>,
  options: WriteOptions = {},
): Promise<number> {
  checkOptions<WriteOptions>("writeTableBlocks", options, WRITE_OPTIONS);
  let rows = 0;
  const blocks = Symbol.asyncIterator in tables ? tables[Symbol.asyncIterator]() : tables[Symbol.iterator]();
  const bytes = async function* () {
    const writer = new FileWriter();
    const parts = writer.toDOMStream().getReader() as ReadableStreamDefaultReader<Uint8Array>;
    let read = 0;
    const upTo = async function* (end: number) {
      while (read < end) {
        const { value } = await parts.read();
        read += value!.length;
        yield value!;
      }
    };
    for (let next = await blocks.next(); !next.done; next = await blocks.next()) {
      refuseLabels(next.value.schema, path);
      rows += next.value.length;
      // The writer takes a whole table for the end.
      for (const batch of next.value.arrow.batches) {
        writer.write(batch);
        yield* upTo(writer.position);
      }
    }
    if (writer.position === 0) throw new ArgumentError("Cannot write blocks: there is no table");
    writer.close();
    for (let part = await parts.read(); !part.done; part = await parts.read()) yield part.value;
  };
  await writeAtomic(path, ReadableStream.from(bytes()), options);
  return rows;
}

/** Labels are stored once per file, and blocks have labels of their own. */
function refuseLabels({ name, columns }: Schema, file: string): void {
  const labeled = Object.entries(columns).find(([, column]) => column.kind === "label")?.[0];
  if (labeled === undefined) return;
  throw new KitError(`Cannot write ${name} in blocks: column "${labeled}" has labels, which Arrow files hold once`, {
    file,
  });
}
