import { compareCodePoints } from "../core/compare.ts";
import { KitError } from "../core/errors.ts";
import type { RUN } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";

/** One document of a ranking. */
export interface Ranked {
  readonly doc_id: string;
  /** Score as float32. */
  readonly score: number;
}

/**
 * The rankings of a run by query, in the run's order of queries: by score, ties by **descending** document id, whatever
 * the rank column says (trec_eval's rule).
 *
 * @throws {KitError} if a query has a document twice or a score that is not a number.
 */
export function ranked(run: Table<typeof RUN>): Map<string, Ranked[]> {
  const result = new Map<string, Ranked[]>();
  const documents = run.column("doc_id");
  const scores = run.numbers("score");
  let row = 0;
  for (const query of run.column("query_id")) {
    let ranking = result.get(query);
    if (ranking === undefined) result.set(query, ranking = []);
    if (Number.isNaN(scores[row])) {
      throw new KitError(`Cannot rank: query "${query}" has a score that is not a number`, { field: "score" });
    }
    ranking.push({ doc_id: documents.at(row), score: Math.fround(scores[row++]) });
  }
  for (const [query, ranking] of result) {
    const seen = new Set<string>();
    for (const { doc_id } of ranking) {
      if (seen.has(doc_id)) throw new KitError(`Cannot rank: query "${query}" has document "${doc_id}" twice`);
      seen.add(doc_id);
    }
    ranking.sort((a, b) => b.score - a.score || compareCodePoints(b.doc_id, a.doc_id));
  }
  return result;
}
