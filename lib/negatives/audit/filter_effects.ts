import { checkOptions } from "../../core/options.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import type { Collection } from "../../collections/types.ts";
import { type FalseNegativeOptions, type FalseNegatives, falseNegatives } from "./false_negatives.ts";
import { type Filter, filter, type FilterRunOptions } from "../filters/filter.ts";

/** False negatives of one source after a chain of filters. */
export interface FilterEffect extends FalseNegatives {
  /** Name of the chain; "before" for none. */
  readonly filter: string;
}

/**
 * What filters do to false negatives: the exact rate of every source before, and after each named chain applied by
 * itself. Needs complete judgements, which training data never has; this is to learn which filters to trust.
 *
 * @example
 * ```ts
 * import { filterEffects, loadCollection, mine, rankWindow, relativeMargin } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const mined = await mine(facets, { source: "bm25", depth: 10 });
 * console.table(await filterEffects(mined, facets, {
 *   "ranks from 4": [rankWindow({ from: 4 })],
 *   "relative margin 5 %": [relativeMargin(0.05)],
 * }));
 * ```
 */
export async function filterEffects(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  chains: Readonly<Record<string, readonly Filter[]>>,
  options: FalseNegativeOptions & FilterRunOptions = {},
): Promise<FilterEffect[]> {
  checkOptions("filterEffects", options, {
    complete: "string",
    grades: "function",
    split: "string",
    progress: "object",
    signal: "object",
  });
  const { complete, grades, ...run } = options;
  const effects: FilterEffect[] = [];
  const count = async (name: string, table: Table<typeof NEGATIVES>) => {
    for (const row of await falseNegatives(table, collection, { complete, grades })) {
      effects.push({ filter: name, ...row });
    }
  };
  await count("before", negatives);
  for (const [name, chain] of Object.entries(chains)) {
    await count(name, await filter(negatives, collection, chain, run));
  }
  return effects;
}
