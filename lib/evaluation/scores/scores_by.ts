import * as z from "zod";
import { compareCodePoints } from "../../core/compare.ts";
import { ArgumentError } from "../../core/errors.ts";
import { suggestion } from "../../core/nearest.ts";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import { showRows } from "../../core/show_rows.ts";
import { rowsById } from "../../tables/rows_by_id.ts";
import type { QUERIES, SCORES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { queryValues } from "./query_values.ts";
import { summarize } from "../summarize.ts";

/**
 * Options of {@link scoresBy}.
 *
 * @category Evaluation
 */
export interface ScoresByOptions {
  /** Measure to average. Omit if the scores hold only one. */
  measure?: string;
}

const OPTIONS = z.strictObject({ measure: z.string().optional() } satisfies OptionShape<ScoresByOptions>);

/**
 * The mean over a group of queries.
 *
 * @category Evaluation
 */
export interface GroupScore {
  /** Value of the field; "none" for queries that lack it. */
  readonly group: string;
  /** Queries of the group. */
  readonly queries: number;
  /** Their mean. */
  readonly mean: number;
  /** 95 % interval of the mean, over queries; the mean itself for a single query. */
  readonly interval: readonly [low: number, high: number];
}

/**
 * Means by group of queries: by a field of their metadata, such as `style` of facets. Groups come in alphabetical order.
 *
 * @param collection The collection of the queries.
 * @param field Field of the queries' metadata; a list counts for each of its values.
 * @throws {ArgumentError} if no scored query has the field, or the measure is missing.
 *
 * @example
 * ```ts
 * import { evaluateEncoder, loadCollection, loadEncoder, scoresBy } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const encoder = await loadEncoder("built-in");
 * const { scores } = await evaluateEncoder(encoder, facets);
 * console.log(scoresBy(scores, facets, "style"));
 * await encoder.dispose();
 * ```
 * @category Evaluation
 */
export function scoresBy(
  scores: Table<typeof SCORES>,
  collection: { readonly name: string; readonly queries: Table<typeof QUERIES> },
  field: string,
  options: ScoresByOptions = {},
): readonly GroupScore[] {
  const { measure } = parseOptions("scoresBy", OPTIONS, options);
  const rows = rowsById(collection.queries);
  const metadata = collection.queries.column("metadata");
  const values = new Map<string, number[]>();
  const fields = new Set<string>();
  for (const [id, value] of queryValues(scores, measure)) {
    const row = rows.get(id);
    const found = JSON.parse((row === undefined ? null : metadata.at(row)) ?? "{}");
    for (const name of Object.keys(found)) fields.add(name);
    for (const group of groupsOf(found[field])) {
      const own = values.get(group);
      if (own) own.push(value);
      else values.set(group, [value]);
    }
  }
  if (!fields.has(field)) {
    throw new ArgumentError(
      fields.size === 0
        ? `Cannot group by "${field}": the queries of ${collection.name} have no metadata`
        : `Cannot group by "${field}": ${suggestion(field, fields)}`,
    );
  }
  const groups = [...values].map(([group, own]) => groupScore(group, own))
    .sort((a, b) => compareCodePoints(a.group, b.group));
  return showRows(groups, () => ({
    head: [field, "queries", "mean", "95 % interval"],
    rows: groups.map(({ group, queries, mean, interval: [low, high] }) => [
      ...[group, queries],
      ...[mean.toFixed(3), `${low.toFixed(3)} to ${high.toFixed(3)}`],
    ]),
  }));
}

function groupScore(group: string, values: readonly number[]): GroupScore {
  if (values.length === 1) return { group, queries: 1, mean: values[0], interval: [values[0], values[0]] };
  const { mean, interval, queries } = summarize(Float64Array.from(values));
  return { group, queries, mean, interval };
}

function groupsOf(value: unknown): string[] {
  if (value === undefined || value === null) return ["none"];
  return [...new Set((Array.isArray(value) ? value : [value]).map(String))];
}
