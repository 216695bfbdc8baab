import type { QRELS, RUN } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";

/** What trec_eval counts for a query. */
export interface TrecCounts {
  /** Documents retrieved. */
  num_ret: number;
  /** Relevant documents. */
  num_rel: number;
  /** Relevant documents retrieved. */
  num_rel_ret: number;
}

/** Counts by query, for `queries` alone. @param level Least grade that is relevant. */
export function trecCounts(
  queries: Iterable<string>,
  { run, qrels, level = 1 }: { run: Table<typeof RUN>; qrels: Table<typeof QRELS>; level?: number },
): Map<string, TrecCounts> {
  const counts = new Map<string, TrecCounts>();
  const relevant = new Map<string, Set<string>>();
  for (const query of queries) {
    counts.set(query, { num_ret: 0, num_rel: 0, num_rel_ret: 0 });
    relevant.set(query, new Set());
  }
  const judged = [qrels.column("query_id"), qrels.column("doc_id")];
  qrels.numbers("grade").forEach((grade: number, row: number) => {
    if (grade >= level) relevant.get(judged[0].at(row))?.add(judged[1].at(row));
  });
  const found = run.column("doc_id");
  let row = 0;
  for (const query of run.column("query_id")) {
    const [count, document] = [counts.get(query), found.at(row++)];
    if (count === undefined) continue;
    count.num_ret++;
    if (relevant.get(query)!.has(document)) count.num_rel_ret++;
  }
  for (const [query, count] of counts) count.num_rel = relevant.get(query)!.size;
  return counts;
}
