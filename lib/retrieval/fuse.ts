import { checkOptions, type OptionKinds } from "../core/options.ts";
import { compareCodePoints } from "../core/compare.ts";
import { ArgumentError } from "../core/errors.ts";
import { RUN } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";
import { ranked } from "./ranked.ts";

/** Options of {@link fuse}. */
export interface FuseOptions {
  /** Added to every rank: the larger, the less the first ranks stand out. @default 60 */
  k?: number;
  /** Documents kept for a query. @default 1000 */
  depth?: number;
}

const FUSE_OPTIONS: OptionKinds<FuseOptions> = { k: "number", depth: "number" };

/**
 * Reciprocal-rank fusion (Cormack, Clarke and Büttcher 2009): a document's score is the sum of 1 / (k + rank) over the
 * runs that have it. Ties by descending document id.
 *
 * @example
 * ```ts
 * import { fuse, RUN, tableOf } from "@syneg/kit";
 * const run = (...ids: string[]) =>
 *   tableOf(RUN, ids.map((doc_id, i) => ({ query_id: "q", doc_id, rank: i + 1, score: -i })));
 * console.log([...fuse([run("a", "b", "c"), run("b", "a"), run("b")]).column("doc_id")]); // ["b", "a", "c"]
 * ```
 */
export function fuse(runs: readonly Table<typeof RUN>[], options: FuseOptions = {}): Table<typeof RUN> {
  checkOptions<FuseOptions>("fuse", options, FUSE_OPTIONS);
  const { k = 60, depth = 1000 } = options;
  if (runs.length === 0) throw new ArgumentError("Cannot fuse: no run is given");
  if (!(k >= 0 && k < Infinity)) throw new ArgumentError(`Cannot fuse with k = ${k}: it must be 0 or more`);
  if (!Number.isInteger(depth) || depth < 1) {
    throw new ArgumentError(`Cannot fuse to depth ${depth}: it must be from 1`);
  }
  const fused = new Map<string, Map<string, number>>();
  for (const run of runs) {
    for (const [query, ranking] of ranked(run)) {
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
