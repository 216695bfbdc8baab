import * as z from "zod";
import { checkValue } from "../core/check_value.ts";
import { KitError } from "../core/errors.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import type { Progress } from "../core/progress.ts";
import { stopSignal, turns } from "../core/stop.ts";
import { type CORPUS, type QUERIES, RUN } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";
import { analyze, type Analyzer } from "./analyzers/mod.ts";
import { BestRows } from "./best_rows.ts";
import type { Hit } from "./hit.ts";
import type { Ids } from "./ids.ts";
import type { LanguageGuess } from "./guess_language.ts";
import type { Bm25Parts, Postings } from "./postings.ts";
import { writeBm25 } from "./write_bm25.ts";

/**
 * Options of {@link Bm25Index.searchAll}.
 *
 * @category Retrieval
 */
export interface SearchOptions {
  /**
   * Documents kept per query.
   * @default {100}
   */
  depth?: number;
  /** Document ids to leave out, by query id, such as the query's own document. */
  excluded?: ReadonlyMap<string, readonly string[]>;
  /** Reports the queries done. */
  progress?: Progress;
  /** Cancels the search. */
  signal?: AbortSignal;
}

const SEARCH_OPTIONS: OptionKinds<SearchOptions> = {
  depth: "number",
  excluded: "object",
  progress: "object",
  signal: "object",
};

const DEPTH = z.int().min(1);

/**
 * A corpus indexed by {@link bm25}.
 *
 * @category Retrieval
 */
export class Bm25Index {
  /** How it splits texts into terms: name and version; undefined for an analyzer without an id. */
  readonly analyzer: string | undefined;
  /** The language that chose the analyzer. Undefined if the analyzer was given. */
  readonly guess: LanguageGuess | undefined;
  /** Name of the variant and values of its options. */
  readonly formula: Bm25Parts["formula"];
  readonly #postings: Postings;
  readonly #ids: Ids;
  readonly #analyzer: Analyzer;
  readonly #sums: Float64Array;
  readonly #touched: Int32Array;

  /** Made by {@link bm25} and {@link openBm25}. */
  constructor({ postings, ids, analyzer, formula, guess }: Bm25Parts) {
    this.analyzer = analyzer.id;
    this.guess = guess;
    this.formula = formula;
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

  /**
   * The best `depth` documents that share a term of some weight with the query, best first, ties by descending id. A term
   * counts as often as it occurs in the query.
   */
  search(query: string, depth = 10): Hit[] {
    checkValue("depth", DEPTH, depth);
    const { rows, scores } = this.#best(query, new BestRows(depth, this.#ids.compare));
    return Array.from(rows, (row, i) => ({ doc_id: this.#ids.at(row), row, rank: i + 1, score: scores[i] }));
  }

  /** {@link Bm25Index.search} for every query, as a run. */
  async searchAll(queries: Table<typeof QUERIES>, options: SearchOptions = {}): Promise<Table<typeof RUN>> {
    checkOptions<SearchOptions>("searchAll", options, SEARCH_OPTIONS);
    const { depth = 100, excluded, progress } = options;
    checkValue("depth", DEPTH, depth);
    const builder = new TableBuilder(RUN);
    const mostExcluded = excluded?.values().reduce((most, ids) => Math.max(most, ids.length), 0) ?? 0;
    const best = new BestRows(depth + mostExcluded, this.#ids.compare);
    const texts = queries.column("text");
    let done = 0;
    const turn = turns(stopSignal(options.signal), "searching with BM25");
    for (const query_id of queries.column("id")) {
      await turn();
      if (done % 256 === 0) progress?.update(done);
      const { rows, scores } = this.#best(texts.at(done++), best);
      const barred = excluded?.get(query_id);
      for (let i = 0, rank = 1; i < rows.length && rank <= depth; i++) {
        const doc_id = this.#ids.at(rows[i]);
        if (!barred?.includes(doc_id)) builder.append({ query_id, doc_id, rank: rank++, score: scores[i] });
      }
    }
    progress?.update(done);
    return builder.finish();
  }

  /** Scores given documents (rows of the corpus), in their order. */
  scores(query: string, rows: readonly number[]): Float32Array {
    const counts = this.#countTerms(query);
    const sums = new Float64Array(rows.length).fill(this.#base(counts));
    for (const [term, count] of counts) {
      const { rows: found, impacts } = this.#postings.of(term);
      rows.forEach((row, i) => {
        const at = indexOf(found, row);
        if (at >= 0) sums[i] += count * impacts[at];
      });
    }
    return Float32Array.from(sums);
  }

  /**
   * Writes the index to a new folder, which {@link openBm25} opens.
   *
   * @throws {KitError} if the folder exists, or the index has an analyzer of your own, which no folder can hold.
   */
  async save(folder: string): Promise<void> {
    await writeBm25(folder, {
      postings: this.#postings,
      ids: this.#ids,
      analyzer: this.#analyzer,
      formula: this.formula,
    });
  }

  /** Closes the files of an index on disk; an index in memory has none. */
  close(): void {
    this.#postings.close?.();
  }

  /** {@link close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Checks that the rows of the index are those of a corpus.
   *
   * @throws {KitError} if it has other documents, or the same in another order.
   */
  checkCorpus(corpus: Table<typeof CORPUS>): void {
    const ids = corpus.column("id");
    if (ids.length !== this.size) {
      throw new KitError(`Cannot use a BM25 index of ${this.size} documents with a corpus of ${ids.length}`);
    }
    for (let row = 0; row < ids.length; row++) {
      if (ids.at(row) === this.#ids.at(row)) continue;
      throw new KitError(
        `Cannot use a BM25 index of another corpus: row ${row} is "${this.#ids.at(row)}" in the index and ` +
          `"${ids.at(row)}" in the corpus`,
      );
    }
  }

  /** How often each indexed term occurs in the query. */
  #countTerms(query: string): Map<number, number> {
    const counts = new Map<number, number>();
    for (const term of analyze(query, this.#analyzer)) {
      const number = this.#postings.terms.get(term);
      if (number !== undefined) counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    return counts;
  }

  /** What the terms of a query add to every document. */
  #base(counts: ReadonlyMap<number, number>): number {
    let base = 0;
    for (const [term, count] of counts) base += count * this.#postings.absent[term];
    return base;
  }

  #best(query: string, best: BestRows): { rows: Int32Array; scores: Float32Array } {
    const counts = this.#countTerms(query);
    const base = this.#base(counts);
    const sums = this.#sums;
    const touched = this.#touched;
    let found = 0;
    // A sum of 0 marks a document as new; terms of no weight, which some variants have, find nothing.
    for (const [term, count] of counts) {
      const { rows, impacts } = this.#postings.of(term);
      for (let p = 0; p < rows.length; p++) {
        const row = rows[p];
        const impact = impacts[p];
        if (sums[row] === 0) {
          if (impact <= 0) continue;
          touched[found++] = row;
        }
        sums[row] += count * impact;
      }
    }
    let threshold = -Infinity;
    for (let i = 0; i < found; i++) {
      const row = touched[i];
      const sum = base + sums[row];
      sums[row] = 0;
      if (sum < threshold) continue;
      best.add(row, sum);
      threshold = best.threshold;
    }
    return best.take();
  }
}

/** The index of `row` in ascending rows; -1 if it is not there. */
function indexOf(rows: Int32Array, row: number): number {
  for (let low = 0, high = rows.length - 1; low <= high;) {
    const middle = (low + high) >> 1;
    if (rows[middle] === row) return middle;
    if (rows[middle] < row) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
