import { READ_OPTIONS } from "./lines.ts";
import { checkOptions } from "../core/options.ts";
import { KitError } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import { concatenate } from "./concatenate.ts";
import { parseTable } from "./ipc.ts";
import { eachRecord } from "./jsonl.ts";
import { eachLine, type ReadOptions } from "./lines.ts";
import { eachParquetRow } from "./parquet.ts";
import { readQrelsText } from "./qrels.ts";
import { documentOf, judgementOf, queryOf } from "./records.ts";
import { CORPUS, QRELS, QUERIES, type Schema } from "./schema.ts";
import { type ByteSource, fileSource, readAll } from "./source.ts";
import type { Table } from "./table.ts";
import { TableBuilder } from "./table_builder.ts";
import { readTopicsText } from "./topics.ts";
import { PACKED } from "./unpack.ts";

/** Documents from JSONL, Parquet, Arrow, or `id<TAB>text` lines. */
export function readCorpus(sources: readonly ByteSource[], options?: ReadOptions): Promise<Table<typeof CORPUS>> {
  return joined(CORPUS, sources, options, async (source, builder, options) => {
    if (ends(source, ".tsv", ".txt")) {
      return await eachLine(source, (line, number) => {
        const tab = line.indexOf("\t");
        const place = { file: source.name, line: number };
        if (tab < 1) throw new KitError("Cannot read a document: wanted an id, a tab and a text", place);
        builder.append(documentOf({ id: line.slice(0, tab), text: line.slice(tab + 1) }, place));
      }, options);
    }
    const each = ends(source, ".parquet") ? eachParquetRow : eachRecord;
    await each(source, (record, place) => builder.append(documentOf(record, place)), options);
  });
}

/** Queries from JSONL, Parquet, Arrow, or TREC's topics. */
export function readQueries(sources: readonly ByteSource[], options?: ReadOptions): Promise<Table<typeof QUERIES>> {
  return joined(QUERIES, sources, options, async (source, builder, options) => {
    if (ends(source, ".jsonl", ".json", ".parquet")) {
      const each = ends(source, ".parquet") ? eachParquetRow : eachRecord;
      return await each(source, (record, place) => builder.append(queryOf(record, place)), options);
    }
    const topics = await readTopicsText(source, options);
    for (let row = 0; row < topics.length; row++) builder.copy(topics, row);
  });
}

/** Judgements from BEIR's or TREC's text, JSONL, Parquet or Arrow. */
export function readJudgements(sources: readonly ByteSource[], options?: ReadOptions): Promise<Table<typeof QRELS>> {
  return joined(QRELS, sources, options, async (source, builder, options) => {
    if (ends(source, ".jsonl", ".json", ".parquet")) {
      const each = ends(source, ".parquet") ? eachParquetRow : eachRecord;
      return await each(source, (record, place) => builder.append(judgementOf(record, place)), options);
    }
    const qrels = await readQrelsText(source, options);
    for (let row = 0; row < qrels.length; row++) builder.copy(qrels, row);
  });
}

/**
 * Reads judgements: TREC's `query 0 document grade`, BEIR's `query-id  corpus-id  score`, JSONL, Parquet, or Arrow.
 *
 * @throws {KitError} on a broken line, with file, line and field.
 */
export function readQrels(path: string, options?: ReadOptions): Promise<Table<typeof QRELS>> {
  checkOptions<ReadOptions>("readQrels", options ?? {}, READ_OPTIONS);
  return readJudgements([fileSource(path, options?.unpack)], options);
}

type Reader<S extends Schema> = (
  source: ByteSource,
  builder: TableBuilder<S>,
  options: ReadOptions,
) => Promise<unknown>;

/** One table of all sources; those in Arrow are taken as they are. */
async function joined<S extends Schema>(
  schema: S,
  sources: readonly ByteSource[],
  options: ReadOptions = {},
  read: Reader<S>,
): Promise<Table<S>> {
  const tables: Table<S>[] = [];
  let builder: TableBuilder<S> | undefined;
  for (const source of sources) {
    if (ends(source, ".arrow")) tables.push(parseTable(await readAll(source), schema, source.name));
    else await read(source, builder ??= new TableBuilder(schema), options);
  }
  if (builder) tables.push(builder.finish());
  const table = tables.length === 1 ? tables[0] : concatenate(tables);
  if (table.length === 0) {
    throw new KitError(`Cannot read ${schema.name}: there are no rows`, { file: sources[0].name });
  }
  return table;
}

function ends({ name }: ByteSource, ...endings: string[]): boolean {
  const plain = name.replace(PACKED, "").toLowerCase();
  return endings.some((ending) => plain.endsWith(ending));
}

/** Hands on to `progress` what several readers in a row report, each of them from zero. */
export class Counter implements Progress {
  #before = 0;
  #now = 0;
  readonly #progress: Progress | undefined;

  constructor(progress: Progress | undefined) {
    this.#progress = progress;
  }

  update(bytes: number, note?: string): void {
    if (bytes < this.#now) this.#before += this.#now;
    this.#now = bytes;
    this.#progress?.update(this.#before + bytes, note);
  }

  finish(): void {}
}
