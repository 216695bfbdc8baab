import * as z from "zod";
import { compareCodePoints } from "../core/compare.ts";
import { ArgumentError } from "../core/errors.ts";
import { type OptionShape, parseOptions } from "../core/parse_options.ts";
import { RUN } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";
import { rankingsOf } from "./rankings.ts";

/**
 * Options of {@link fuse}.
 *
 * @category Retrieval
 */
export interface FuseOptions {
  /**
   * Added to every rank: larger values flatten the lead of the first ranks.
   * @default {60}
   */
  k?: number;
  /**
   * Documents kept per query.
   * @default {1000}
   */
  depth?: number;
}

const FUSE_OPTIONS = z.strictObject(
  { k: z.number().min(0).default(60), depth: z.int().min(1).default(1000) } satisfies OptionShape<FuseOptions>,
);

/**
 * Reciprocal-rank fusion (Cormack, Clarke and Büttcher 2009): a document's score is the sum of 1 / (k + rank) over the
 * runs that contain it. Ties by descending document id.
 *
 * @throws {ArgumentError} if there is no run, or an option is outside its domain.
 *
 * @example
 * ```ts
 * import { fuse, tableOf } from "@syneg/kit";
 * import { RUN } from "@syneg/kit/tables";
 * const run = (...ids: string[]) =>
 *   tableOf(RUN, ids.map((doc_id, i) => ({ query_id: "q", doc_id, rank: i + 1, score: -i })));
 * console.log([...fuse([run("a", "b", "c"), run("b", "a"), run("b")]).column("doc_id")]); // ["b", "a", "c"]
 * ```
 *
 * @category Retrieval
 */
export function fuse(runs: readonly Table<typeof RUN>[], options: FuseOptions = {}): Table<typeof RUN> {
  const { k, depth } = parseOptions("fuse", FUSE_OPTIONS, options);
  if (runs.length === 0) throw new ArgumentError("Cannot fuse: found no runs");
  const fused = new Map<string, Map<string, number>>();
  for (const run of runs) {
    for (const [query, ranking] of rankingsOf(run)) {
      let scores = fused.get(query);
      if (scores === undefined) fused.set(query, scores = new Map());
      ranking.forEach(({ doc_id }, i) => scores.set(doc_id, (scores.get(doc_id) ?? 0) + 1 / (k + i + 1)));
    }
  }
  const builder = new TableBuilder(RUN);
  for (const [query_id, scores] of fused) {
    [...scores].map(([doc_id, score]) => ({ doc_id, score: Math.fround(score) }))
      .sort((a, b) => b.score - a.score || compareCodePoints(b.doc_id, a.doc_id))
      .slice(0, depth)
      .forEach(({ doc_id, score }, i) => builder.append({ query_id, doc_id, rank: i + 1, score }));
  }
  return builder.finish();
}
