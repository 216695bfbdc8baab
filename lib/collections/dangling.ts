import { rowsById } from "../tables/rows_by_id.ts";
import { selectRows } from "../tables/select_rows.ts";
import type { Collection } from "./types.ts";

/**
 * Removes judgments of a split whose query or document does not exist: nothing can be mined, written or learned for them.
 * Scores still use all judgments, as trec_eval does.
 *
 * @returns the collection and the number of judgments removed; a split that does not exist is not an error here.
 *
 * @example
 * ```ts
 * import { loadCollection } from "@syneg/kit";
 * import { withoutDangling } from "./mod.ts";
 * const { dangling } = withoutDangling(await loadCollection("facets"), "train");
 * console.log(dangling); // 0
 * ```
 * @category Collections
 */
export function withoutDangling(collection: Collection, split: string): { collection: Collection; dangling: number } {
  const qrels = Object.hasOwn(collection.qrels, split) ? collection.qrels[split] : undefined;
  if (!qrels) return { collection, dangling: 0 };
  const [queries, documents] = [rowsById(collection.queries), rowsById(collection.corpus)];
  const [query, document] = [qrels.column("query_id"), qrels.column("doc_id")];
  const rows: number[] = [];
  for (let row = 0; row < qrels.length; row++) {
    if (queries.has(query.at(row)) && documents.has(document.at(row))) rows.push(row);
  }
  const dangling = qrels.length - rows.length;
  if (dangling === 0) return { collection, dangling };
  return { collection: { ...collection, qrels: { ...collection.qrels, [split]: selectRows(qrels, rows) } }, dangling };
}
