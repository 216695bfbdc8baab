import { READ_OPTIONS, type ReadOptions } from "../files/lines.ts";
import { checkOptions } from "../core/options.ts";
import { KitError, type Place } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import { concatenate } from "../tables/concatenate.ts";
import { eachArrowRow } from "../files/arrow/rows.ts";
import { checkedTable, fits } from "../files/arrow/ipc.ts";
import { eachJsonRecord } from "../files/json_list.ts";
import { eachRecord } from "../files/jsonl.ts";
import { eachNamedRow } from "../files/named_rows.ts";
import { eachParquetRow } from "../files/parquet/read_parquet.ts";
import { readQrelsText } from "../trec/qrels.ts";
import { openArrow } from "../files/arrow/open_arrow.ts";
import { documentOf, type Fields, judgmentOf, queryOf } from "../files/records.ts";
import { CORPUS, type NewRow, QRELS, QUERIES, type Schema } from "../tables/schema.ts";
import type { ByteSource } from "../files/byte_source.ts";
import { fileSource, readAll } from "../files/source.ts";
import { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";
import type { Tally } from "../files/tally.ts";
import { readTopicsText } from "../trec/topics.ts";
import { PACKED } from "../files/packed/unpack.ts";
import { UnpackBudget } from "../files/packed/unpack_limits.ts";

/** Options of these readers; `tally` counts irregularities. */
type PartOptions = ReadOptions & { tally?: Tally };

/** Documents from JSONL, Parquet, Arrow, named columns in tabs or commas, or `id<TAB>text` lines. */
export function readCorpus(sources: readonly ByteSource[], options?: PartOptions): Promise<Table<typeof CORPUS>> {
  return joined(CORPUS, sources, {
    rowOf: documentOf,
    readText: async (source, builder, options) => {
      if (ends(source, ".xml")) {
        throw new KitError("Cannot read documents from XML: write them as JSONL with _id, title and text", {
          file: source.name,
        });
      }
      await eachNamedRow(source, "document", (record, place) => builder.append(documentOf(record, place)), options);
    },
  }, options);
}

/** Queries from JSONL, Parquet, Arrow, named columns in tabs or commas, or TREC's topics. */
export function readQueries(sources: readonly ByteSource[], options?: PartOptions): Promise<Table<typeof QUERIES>> {
  return joined(QUERIES, sources, {
    rowOf: queryOf,
    readText: async (source, builder, options) => {
      const topics = await readTopicsText(source, options);
      for (let row = 0; row < topics.length; row++) builder.copy(topics, row);
    },
  }, options);
}

/** Judgments from BEIR's or TREC's text, CSV, JSONL, Parquet or Arrow. */
export function readJudgments(sources: readonly ByteSource[], options?: PartOptions): Promise<Table<typeof QRELS>> {
  return joined(QRELS, sources, {
    rowOf: judgmentOf,
    readText: async (source, builder, options) => {
      const qrels = await readQrelsText(source, options);
      for (let row = 0; row < qrels.length; row++) builder.copy(qrels, row);
    },
  }, options);
}

/**
 * Reads judgments: TREC's `query 0 document grade`, BEIR's `query-id  corpus-id  score`, JSONL, Parquet, or Arrow.
 *
 * @throws {KitError} on a broken line, with file, line and field.
 * @category Collections
 */
export function readQrels(path: string, options?: ReadOptions): Promise<Table<typeof QRELS>> {
  checkOptions<ReadOptions>("readQrels", options ?? {}, READ_OPTIONS);
  return readJudgments([fileSource(path, options?.unpack)], options);
}

/** How to read files that are not the kit's own Arrow tables. */
interface PartReader<S extends Schema> {
  /** The row of a record of JSONL, Parquet or Arrow. */
  rowOf(record: Fields, place: Place, tally?: Tally): NewRow<S>;
  /** Reads any other file into the builder. */
  readText(source: ByteSource, builder: TableBuilder<S>, options: PartOptions): Promise<unknown>;
}

/** One table of all sources: records, rows, or what `readText` reads; the kit's own Arrow tables are used unchanged. */
async function joined<S extends Schema>(
  schema: S,
  sources: readonly ByteSource[],
  { rowOf, readText }: PartReader<S>,
  options: PartOptions = {},
): Promise<Table<S>> {
  const tables: Table<S>[] = [];
  let started: TableBuilder<S> | undefined;
  for (const source of sources) {
    const own = ends(source, ".arrow", ".feather") ? await arrowOf(source, schema) : undefined;
    if (own instanceof Table) {
      tables.push(own);
      continue;
    }
    const builder = started ??= new TableBuilder(schema);
    const append = (record: Fields, place: Place) => void builder.append(rowOf(record, place, options.tally));
    if (own) own(append, options);
    else if (ends(source, ".parquet")) await eachParquetRow(source, append, options);
    else if (ends(source, ".jsonl", ".ndjson")) await eachRecord(source, append, options);
    else if (ends(source, ".json")) await eachJsonRecord(source, append, options);
    else await readText(source, builder, options);
  }
  if (started) tables.push(started.finish());
  const table = tables.length === 1 ? tables[0] : concatenate(tables);
  if (table.length === 0) {
    throw new KitError(`Cannot read ${schema.name}: there are no rows`, { file: sources[0].name });
  }
  return table;
}

/** The table of an Arrow source if its columns match the schema; otherwise a function that visits its rows. */
async function arrowOf<S extends Schema>(source: ByteSource, schema: S) {
  const bytes = await readAll(source);
  const meter = (source.budget ?? new UnpackBudget()).meter(source.name, source.size ?? bytes.length);
  const table = openArrow(bytes, source.name, meter);
  if (table.schema.fields.length === Object.keys(schema.columns).length && fits(table, schema)) {
    return checkedTable(table, schema, source.name);
  }
  return (visit: (record: Fields, place: Place) => void, { signal }: ReadOptions) =>
    eachArrowRow(table, visit, { file: source.name, meter, signal });
}

function ends({ name }: ByteSource, ...endings: string[]): boolean {
  const plain = name.replace(PACKED, "").toLowerCase();
  return endings.some((ending) => plain.endsWith(ending));
}

/** Adds up the progress of consecutive readers, each of which counts from zero. */
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
