import * as z from "zod";
import { ArgumentError } from "../../core/errors.ts";
import { signed } from "../../core/format_numbers.ts";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import { showRows } from "../../core/show_rows.ts";
import type { SCORES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { queryValues } from "./query_values.ts";

/**
 * Options of {@link biggestChanges}.
 *
 * @category Evaluation
 */
export interface BiggestChangesOptions {
  /**
   * Queries of each kind, at most.
   * @default {5}
   */
  n?: number;
  /** Measure to compare. Omit if the scores hold only one. */
  measure?: string;
}

const OPTIONS = z.strictObject(
  {
    n: z.int().min(1).default(5),
    measure: z.string().optional(),
  } satisfies OptionShape<BiggestChangesOptions>,
);

/**
 * A query's value in two runs.
 *
 * @category Evaluation
 */
export interface Change {
  /** Id of the query. */
  readonly query_id: string;
  /** Its value in the first run. */
  readonly before: number;
  /** Its value in the second. */
  readonly after: number;
  /** The second minus the first. */
  readonly change: number;
}

/**
 * The queries that {@link biggestChanges} finds.
 *
 * @category Evaluation
 */
export interface BiggestChanges {
  /** Those that gained most, the most first. */
  readonly gains: readonly Change[];
  /** Those that lost most, the most first. */
  readonly losses: readonly Change[];
}

/**
 * The queries that gained and lost most between two runs: the ones to read first.
 *
 * @throws {ArgumentError} if the runs score different queries, lack the measure, or hold several and none is named.
 *
 * @example
 * ```ts
 * import { biggestChanges, tableOf } from "@syneg/kit";
 * import { SCORES } from "@syneg/kit/tables";
 * const scores = (a: number, b: number) =>
 *   tableOf(SCORES, [{ query_id: "a", measure: "P@1", value: a }, { query_id: "b", measure: "P@1", value: b }]);
 * console.log(biggestChanges(scores(0, 1), scores(1, 1)).gains[0].query_id); // a
 * ```
 * @category Evaluation
 */
export function biggestChanges(
  before: Table<typeof SCORES>,
  after: Table<typeof SCORES>,
  options: BiggestChangesOptions = {},
): BiggestChanges {
  const { n, measure } = parseOptions("biggestChanges", OPTIONS, options);
  const [old, now] = [before, after].map((scores) => queryValues(scores, measure));
  const lost = [...old.keys()].find((id) => !now.has(id)) ?? [...now.keys()].find((id) => !old.has(id));
  if (lost !== undefined) {
    throw new ArgumentError(`Cannot compare: query "${lost}" is scored in one run and not in the other`);
  }
  const changes = [...old].map(([query_id, before]): Change => {
    const after = now.get(query_id)!;
    return { query_id, before, after, change: after - before };
  });
  // Sorting is stable: of equal changes, the first query comes first.
  const gains = changes.filter(({ change }) => change > 0).sort((a, b) => b.change - a.change).slice(0, n);
  const losses = changes.filter(({ change }) => change < 0).sort((a, b) => a.change - b.change).slice(0, n);
  return showRows({ gains, losses }, () => ({
    head: ["query", "before", "after", "change"],
    rows: [...gains, ...losses].map(({ query_id, before, after, change }) => [
      ...[query_id, before.toFixed(3), after.toFixed(3)],
      signed(change),
    ]),
  }));
}
