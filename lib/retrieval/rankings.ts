import { compareCodePoints } from "../core/compare.ts";
import { KitError } from "../core/errors.ts";
import type { RUN } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";

/**
 * One document of a ranking.
 *
 * @category Retrieval
 */
export interface RankedDocument {
  /** Its id. */
  readonly doc_id: string;
  /** Its score as float32. */
  readonly score: number;
}

/**
 * The rankings of a run by query, in the run's order of queries: by score, ties by **descending** document id,
 * regardless of the rank column (trec_eval's rule).
 *
 * @throws {KitError} if a query ranks a document twice or a score is NaN.
 *
 * @example
 * ```ts
 * import { RUN } from "@syneg/kit/tables";
 * import { tableOf } from "@syneg/kit";
 * import { rankingsOf } from "./mod.ts";
 * const run = tableOf(RUN, ["a", "b"].map((doc_id, i) => ({ query_id: "q", doc_id, rank: i + 1, score: 1 })));
 * console.log(rankingsOf(run).get("q")!.map(({ doc_id }) => doc_id)); // ["b", "a"]
 * ```
 *
 * @category Retrieval
 */
export function rankingsOf(run: Table<typeof RUN>): Map<string, RankedDocument[]> {
  const result = new Map<string, RankedDocument[]>();
  const documents = run.column("doc_id");
  const scores = run.numbers("score");
  let row = 0;
  for (const query of run.column("query_id")) {
    let ranking = result.get(query);
    if (ranking === undefined) result.set(query, ranking = []);
    if (Number.isNaN(scores[row])) {
      throw new KitError(`Cannot rank the documents of query "${query}": a score is NaN`, { field: "score" });
    }
    ranking.push({ doc_id: documents.at(row), score: Math.fround(scores[row++]) });
  }
  for (const [query, ranking] of result) {
    const seen = new Set<string>();
    for (const { doc_id } of ranking) {
      if (seen.has(doc_id)) {
        throw new KitError(`Cannot rank the documents of query "${query}": the run has "${doc_id}" twice`);
      }
      seen.add(doc_id);
    }
    ranking.sort((a, b) => b.score - a.score || compareCodePoints(b.doc_id, a.doc_id));
  }
  return result;
}
