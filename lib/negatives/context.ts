import { knownPositives } from "../collections/known_positives.ts";
import type { Passage } from "../collections/passage.ts";
import { documentsOf, passagesOf } from "../collections/passages.ts";
import { type Positives, positivesOf } from "../collections/positives.ts";
import type { Collection } from "../collections/types.ts";
import { ArgumentError, KitError } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import { stopSignal } from "../core/stop.ts";
import { rowsById } from "../tables/rows_by_id.ts";
import type { NEGATIVES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { type Pool, poolOf } from "./pool.ts";

/**
 * What filters read besides the rows.
 *
 * @category Negatives
 */
export interface NegativesContext {
  /** The table's columns as arrays. */
  readonly pool: Pool;
  /** The collection that the negatives belong to. */
  readonly collection: Collection;
  /** Positives of the split, by query. */
  readonly positives: Positives;
  /** Every document known to answer a query: also those relabeled in the table, and those of equal queries. */
  readonly known: Positives;
  /** Passage of a row. */
  passage(row: number): Passage;
  /** Passage of a document of the corpus. */
  document(id: string): Passage;
  /** Text of a query. */
  query(id: string): string;
  /** Reports units of work. */
  readonly progress?: Progress;
  /** Cancels the work. */
  readonly signal?: AbortSignal;
}

/** Options of {@link negativesContext}. */
export interface NegativesContextOptions {
  /** Split of the known positives. */
  split?: string;
  progress?: Progress;
  signal?: AbortSignal;
}

/**
 * Prepares what filters read.
 *
 * @throws {ArgumentError} if a query with kept negatives has no positive in the split.
 */
export function negativesContext(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  { split = "train", progress, signal }: NegativesContextOptions = {},
): NegativesContext {
  const positives = positivesOf(collection, { split });
  const pool = poolOf(negatives);
  for (const queryId of pool.kept.keys()) {
    if (positives.has(queryId)) continue;
    throw new ArgumentError(`Cannot use negatives of query "${queryId}": it has no positive in split "${split}"`);
  }
  const document = documentsOf(collection.corpus);
  const queryRows = rowsById(collection.queries);
  const queryTexts = collection.queries.column("text");
  let known: Positives | undefined;
  return {
    pool,
    collection,
    positives,
    get known() {
      return known ??= knownPositives(collection.queries, positivesOf(collection, { split, negatives }));
    },
    progress,
    signal: stopSignal(signal),
    passage: passagesOf(negatives, collection.corpus),
    document(id) {
      const passage = document(id);
      if (!passage) throw new KitError(`Cannot read document "${id}": it is not in the corpus`);
      return passage;
    },
    query(id) {
      const row = queryRows.get(id);
      if (row === undefined) throw new KitError(`Cannot read query "${id}": it is not in ${collection.name}`);
      return queryTexts.at(row);
    },
  };
}
