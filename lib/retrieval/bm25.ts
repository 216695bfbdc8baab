import { stopSignal, turns } from "../core/stop.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError, checkCancelled } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import { passageText } from "../collections/passage.ts";
import { type CORPUS, type QUERIES, RUN } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";
import { analyze, english } from "./analyzers/english.ts";
import { type Ids, idsOf } from "./ids.ts";
import { type Postings, PostingsBuilder } from "./postings.ts";
import { BestRows } from "./best_rows.ts";
import type { Analyzer, Hit } from "./types.ts";

/** Options of {@link bm25}. */
export interface Bm25Options {
  /** How soon more occurrences of a term stop to matter. @default 0.9 */
  k1?: number;
  /** How much longer documents are held back, from 0 (not) to 1. @default 0.4 */
  b?: number;
  /** Turns text into terms. @default english */
  analyzer?: Analyzer;
  /** Told as documents are indexed. */
  progress?: Progress;
  signal?: AbortSignal;
}

const BM25_OPTIONS: OptionKinds<Bm25Options> = {
  k1: "number",
  b: "number",
  analyzer: "object",
  progress: "object",
  signal: "object",
};

/** Options of {@link Bm25Index.searchAll}. */
export interface SearchOptions {
  /** Document ids that a query must not get, by query id, such as itself. */
  excluded?: ReadonlyMap<string, readonly string[]>;
  /** Told as queries are done. */
  progress?: Progress;
  signal?: AbortSignal;
}

/**
 * Indexes a corpus (title, a space, text) for BM25 as Lucene computes it (Robertson and Zaragoza 2009; Lucene's
 * BM25Similarity): idf = ln(1 + (N - n + 0.5) / (n + 0.5)), frequency f / (f + k1 (1 - b + b length / mean length)).
 * The one difference from Lucene: lengths are exact here, and rounded down to 4 significant bits there.
 *
 * Text is read document by document; about 8 bytes stay in memory per distinct term of a document.
 *
 * @throws {ArgumentError} if k1 or b is out of its domain.
 *
 * @example
 * ```ts
 * import { bm25, CORPUS, tableOf } from "@syneg/kit";
 * const corpus = tableOf(CORPUS, [
 *   { id: "d1", title: "Bees", text: "Bees dance to show where flowers are." },
 *   { id: "d2", title: "Wasps", text: "Wasps build nests of paper." },
 * ]);
 * const index = await bm25(corpus);
 * console.log(index.search("dancing bee", 10).map((hit) => hit.doc_id)); // ["d1"]
 * ```
 */
export async function bm25(corpus: Table<typeof CORPUS>, options: Bm25Options = {}): Promise<Bm25Index> {
  checkOptions<Bm25Options>("bm25", options, BM25_OPTIONS);
  const { k1 = 0.9, b = 0.4, analyzer = english, progress } = options;
  const signal = stopSignal(options.signal);
  if (!(k1 >= 0 && k1 < Infinity)) throw new ArgumentError(`Cannot use k1 = ${k1}: it must be 0 or more`);
  if (!(b >= 0 && b <= 1)) throw new ArgumentError(`Cannot use b = ${b}: it must be from 0 to 1`);
  const builder = new PostingsBuilder(corpus.length, analyzer);
  const titles = corpus.column("title");
  const texts = corpus.column("text");
  for (let row = 0; row < corpus.length; row++) {
    if (row % 4096 === 0) {
      await breathe();
      checkCancelled(signal, "indexing for BM25");
      progress?.update(row);
    }
    builder.add(passageText({ title: titles.at(row), text: texts.at(row) }));
  }
  const postings = builder.finish(k1, b);
  progress?.update(corpus.length);
  return new Bm25Index(postings, idsOf(corpus), analyzer);
}

/** A corpus made searchable by {@link bm25}. */
export class Bm25Index {
  readonly #postings: Postings;
  readonly #ids: Ids;
  readonly #analyzer: Analyzer;
  readonly #sums: Float64Array;
  readonly #touched: Int32Array;

  constructor(postings: Postings, ids: Ids, analyzer: Analyzer) {
    this.#postings = postings;
    this.#ids = ids;
    this.#analyzer = analyzer;
    this.#sums = new Float64Array(ids.length);
    this.#touched = new Int32Array(ids.length);
  }

  /** Number of documents. */
  get size(): number {
    return this.#ids.length;
  }

  /** Number of distinct terms. */
  get terms(): number {
    return this.#postings.terms.size;
  }

  /** The best `k` documents that share a term with the query; a term counts as often as the query has it. */
  search(query: string, k = 10): Hit[] {
    const { rows, scores } = this.#best(query, new BestRows(depth(k), this.#ids.compare));
    return Array.from(rows, (row, i) => ({ doc_id: this.#ids.at(row), row, rank: i + 1, score: scores[i] }));
  }

  /** The best `k` documents of every query, as a run. */
  async searchAll(
    queries: Table<typeof QUERIES>,
    k = 100,
    options: SearchOptions = {},
  ): Promise<Table<typeof RUN>> {
    const builder = new TableBuilder(RUN);
    const { excluded = new Map<string, readonly string[]>() } = options;
    const most = excluded.values().reduce((most, ids) => Math.max(most, ids.length), 0);
    const top = new BestRows(depth(k) + most, this.#ids.compare);
    const texts = queries.column("text");
    let done = 0;
    const turn = turns(stopSignal(options.signal), "searching with BM25");
    for (const query_id of queries.column("id")) {
      await turn();
      if (done % 256 === 0) options.progress?.update(done);
      const { rows, scores } = this.#best(texts.at(done++), top);
      const not = excluded.get(query_id);
      for (let i = 0, rank = 1; i < rows.length && rank <= k; i++) {
        const doc_id = this.#ids.at(rows[i]);
        if (!not?.includes(doc_id)) builder.append({ query_id, doc_id, rank: rank++, score: scores[i] });
      }
    }
    options.progress?.update(done);
    return builder.finish();
  }

  /** The scores of given documents (rows of the corpus), in their order; 0 for those that share no term with the query. */
  scores(query: string, rows: readonly number[]): Float32Array {
    const { offsets, rows: found, impacts } = this.#postings;
    const sums = new Float64Array(rows.length);
    for (const [term, count] of this.#terms(query)) {
      rows.forEach((row, i) => {
        const at = placeOf(found, row, offsets[term], offsets[term + 1]);
        if (at >= 0) sums[i] += count * impacts[at];
      });
    }
    return Float32Array.from(sums);
  }

  /** How often the query has each of its terms. */
  #terms(query: string): Map<number, number> {
    const counts = new Map<number, number>();
    for (const term of analyze(query, this.#analyzer)) {
      const number = this.#postings.terms.get(term);
      if (number !== undefined) counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    return counts;
  }

  #best(query: string, top: BestRows): { rows: Int32Array; scores: Float32Array } {
    const { offsets, rows, impacts } = this.#postings;
    const counts = this.#terms(query);
    const sums = this.#sums;
    const touched = this.#touched;
    let found = 0;
    // Impacts are above 0, so a sum of 0 says that a document was not met before.
    for (const [term, count] of counts) {
      for (let p = offsets[term], end = offsets[term + 1]; p < end; p++) {
        const row = rows[p];
        if (sums[row] === 0) touched[found++] = row;
        sums[row] += count * impacts[p];
      }
    }
    let threshold = -Infinity;
    for (let i = 0; i < found; i++) {
      const row = touched[i];
      const sum = sums[row];
      sums[row] = 0;
      if (sum < threshold) continue;
      top.add(row, sum);
      threshold = top.threshold;
    }
    return top.take();
  }
}

/** Where `row` stands in the ascending `rows` from `begin` to `end`; -1 if it does not. */
function placeOf(rows: Int32Array, row: number, begin: number, end: number): number {
  for (let low = begin, high = end - 1; low <= high;) {
    const middle = Math.floor((low + high) / 2);
    if (rows[middle] === row) return middle;
    if (rows[middle] < row) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function depth(k: number): number {
  if (!Number.isInteger(k) || k < 1) throw new ArgumentError(`Cannot search for the best ${k}: k must be from 1`);
  return k;
}

/** Lets signals and other work in. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
