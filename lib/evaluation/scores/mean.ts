import { ArgumentError } from "../../core/errors.ts";
import type { SCORES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { queryValues } from "./query_values.ts";

/**
 * Mean of a measure over the queries.
 *
 * @param measure Measure to take. Omit if the scores hold only one.
 * @throws {ArgumentError} if the scores lack the measure, or hold several and none is named.
 *
 * @example
 * ```ts
 * import { mean, tableOf } from "@syneg/kit";
 * import { SCORES } from "@syneg/kit/tables";
 * const scores = tableOf(SCORES, [
 *   { query_id: "a", measure: "P@1", value: 1 },
 *   { query_id: "b", measure: "P@1", value: 0 },
 * ]);
 * console.log(mean(scores, "P@1")); // 0.5
 * ```
 * @category Evaluation
 */
export function mean(scores: Table<typeof SCORES>, measure?: string): number {
  const values = queryValues(scores, measure);
  if (values.size === 0) throw new ArgumentError("Cannot take a mean: there are no scores");
  let sum = 0;
  for (const value of values.values()) sum += value;
  return sum / values.size;
}
