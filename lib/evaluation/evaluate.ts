import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError } from "../core/errors.ts";
import { type QRELS, type RUN, SCORES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { gradesByQuery } from "../tables/grades_by_query.ts";
import { TableBuilder } from "../tables/table_builder.ts";
import { rankingsOf } from "../retrieval/rankings.ts";
import { type Measure, measure } from "./measure.ts";

/**
 * Options of {@link evaluate}.
 *
 * @category Evaluation
 */
export interface EvaluateOptions {
  /**
   * Score every judged query: those that the run lacks get 0 (trec_eval's `-c`). Without it only queries that are in
   * both count, as in trec_eval.
   * @default {false}
   */
  complete?: boolean;
}

const EVALUATE_OPTIONS: OptionKinds<EvaluateOptions> = { complete: "boolean" };

/**
 * Scores a run per query and measure, with trec_eval's conventions: documents are ordered by score (as float32), ties
 * by **descending** document id, whatever the rank column says; what is not judged is not relevant; queries that are
 * not judged are left out.
 *
 * @returns one row per query and measure, in the order of the judgments.
 * @throws {KitError} if a query of the run has a document twice, or a judgment is given twice with different grades.
 *
 * @example
 * ```ts
 * import { evaluate, means, tableOf } from "@syneg/kit";
 * import { QRELS, RUN } from "@syneg/kit/tables";
 * const qrels = tableOf(QRELS, [{ query_id: "q", doc_id: "b", grade: 1 }]);
 * const run = tableOf(RUN, [
 *   { query_id: "q", doc_id: "a", rank: 1, score: 2 },
 *   { query_id: "q", doc_id: "b", rank: 2, score: 1 },
 * ]);
 * console.log(means(evaluate(run, qrels, ["MRR@10"])).get("MRR@10")); // 0.5
 * ```
 * @category Evaluation
 */
export function evaluate(
  run: Table<typeof RUN>,
  qrels: Table<typeof QRELS>,
  measures: readonly (string | Measure)[],
  options: EvaluateOptions = {},
): Table<typeof SCORES> {
  checkOptions<EvaluateOptions>("evaluate", options, EVALUATE_OPTIONS);
  if (measures.length === 0) throw new ArgumentError("Cannot evaluate: no measure is given");
  const wanted = measures.map((one) => typeof one === "string" ? measure(one) : one);
  const judgments = gradesByQuery(qrels);
  const rankings = rankingsOf(run);
  const builder = new TableBuilder(SCORES);
  for (const [query_id, known] of judgments) {
    const ranking = rankings.get(query_id);
    if (ranking === undefined && !options.complete) continue;
    const grades = (ranking ?? []).map(({ doc_id }) => known.get(doc_id) ?? 0);
    const judged = Int32Array.from(known.values()).sort().reverse();
    for (const one of wanted) builder.append({ query_id, measure: one.name, value: one.compute({ grades, judged }) });
  }
  return builder.finish();
}

/**
 * Means over the queries, by measure; empty if no query is scored.
 *
 * @example
 * ```ts
 * import { means, tableOf } from "@syneg/kit";
 * import { SCORES } from "@syneg/kit/tables";
 * const scores = tableOf(SCORES, [
 *   { query_id: "a", measure: "P@1", value: 1 },
 *   { query_id: "b", measure: "P@1", value: 0 },
 * ]);
 * console.log(means(scores).get("P@1")); // 0.5
 * ```
 * @category Evaluation
 */
export function means(scores: Table<typeof SCORES>): Map<string, number> {
  const sums = new Map<string, { sum: number; count: number }>();
  const values = scores.numbers("value");
  let row = 0;
  for (const name of scores.column("measure")) {
    const entry = sums.get(name) ?? { sum: 0, count: 0 };
    entry.sum += values[row++];
    entry.count++;
    sums.set(name, entry);
  }
  return new Map([...sums].map(([name, { sum, count }]) => [name, sum / count]));
}
