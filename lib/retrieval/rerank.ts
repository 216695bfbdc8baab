import { compareCodePoints } from "../core/compare.ts";
import { ArgumentError, KitError } from "../core/errors.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import type { Progress } from "../core/progress.ts";
import type { Collection } from "../collections/types.ts";
import { passageText } from "../collections/mod.ts";
import type { ScoreOptions, TextPair } from "../encoders/mod.ts";
import { rowsById } from "../tables/mod.ts";
import { RUN } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";
import { rankingsOf } from "./rankings.ts";

/**
 * What scores queries and documents together, such as a cross-encoder.
 *
 * @category Retrieval
 */
export interface Reranker {
  /** Name for messages. */
  readonly name: string;
  /** Scores pairs, in their order; higher is better. */
  score(pairs: Iterable<TextPair>, options?: ScoreOptions): Promise<ArrayLike<number>>;
}

/**
 * Options of {@link rerank}.
 *
 * @category Retrieval
 */
export interface RerankOptions {
  /** The collection that the run is of. */
  collection: Pick<Collection, "corpus" | "queries">;
  /**
   * First documents of each query that are scored; the others are left out.
   *
   * @default {100}
   */
  depth?: number;
  /** Reports pairs. Omit for none. */
  progress?: Progress;
  /** Cancels the work. Omit for none. */
  signal?: AbortSignal;
}

const OPTIONS: OptionKinds<RerankOptions> = {
  collection: "object",
  depth: "number",
  progress: "object",
  signal: "object",
};

/**
 * Scores the first documents of a run again, by a cross-encoder, and ranks them by these scores. Ties by descending
 * document id.
 *
 * @throws {ArgumentError} if an option is outside its domain.
 * @throws {KitError} if the run has a query or document that the collection has not, or a score is not finite.
 *
 * @example
 * ```ts
 * import { bm25, loadCollection, rerank } from "@syneg/kit";
 * const collection = await loadCollection("facets");
 * using index = await bm25(collection.corpus);
 * const run = await index.searchAll(collection.queries, { depth: 10 });
 * const score = (pairs: Iterable<{ document: string }>) => Promise.resolve(Array.from(pairs, (pair) => -pair.document.length));
 * const short = { name: "short", score };
 * console.log((await rerank(short, run, { collection, depth: 3 })).length < run.length); // true
 * ```
 *
 * @category Retrieval
 */
export async function rerank(
  reranker: Reranker,
  run: Table<typeof RUN>,
  options: RerankOptions,
): Promise<Table<typeof RUN>> {
  checkOptions<RerankOptions>("rerank", options, OPTIONS);
  const { collection: { corpus, queries }, depth = 100, progress, signal } = options;
  if (!(Number.isInteger(depth) && depth >= 1)) {
    throw new ArgumentError(`depth must be an integer >= 1, found ${depth}`, { field: "depth" });
  }
  const [documentRows, queryRows] = [rowsById(corpus), rowsById(queries)];
  const rowOf = (rows: ReadonlyMap<string, number>, what: string, id: string) => {
    const row = rows.get(id);
    if (row === undefined) throw new KitError(`Cannot rerank: the run has the ${what} "${id}", the collection has not`);
    return row;
  };
  const cells = [...rankingsOf(run)].flatMap(([query_id, ranking]) =>
    ranking.slice(0, depth).map(({ doc_id }) => ({ query_id, doc_id }))
  );
  const pairs = cells.map(({ query_id, doc_id }) => ({
    query: queries.row(rowOf(queryRows, "query", query_id)).text,
    document: passageText(corpus.row(rowOf(documentRows, "document", doc_id))),
  }));
  const scores = await reranker.score(pairs, { progress, signal });
  const ranked = new Map<string, { doc_id: string; score: number }[]>();
  cells.forEach(({ query_id, doc_id }, i) => {
    const score = Math.fround(scores[i]);
    if (!Number.isFinite(score)) throw new KitError(`Found the score ${scores[i]} by ${reranker.name} for "${doc_id}"`);
    ranked.set(query_id, [...ranked.get(query_id) ?? [], { doc_id, score }]);
  });
  const builder = new TableBuilder(RUN);
  for (const [query_id, documents] of ranked) {
    documents.sort((a, b) => b.score - a.score || compareCodePoints(b.doc_id, a.doc_id))
      .forEach(({ doc_id, score }, i) => builder.append({ query_id, doc_id, rank: i + 1, score }));
  }
  return builder.finish();
}
