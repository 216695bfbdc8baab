import { checkOptions } from "../../core/options.ts";
import { showRows } from "../../core/show_rows.ts";
import { percentCell } from "../../core/text_table.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import type { Collection } from "../../collections/types.ts";
import { type FalseNegativeOptions, type FalseNegatives, falseNegatives } from "./false_negatives.ts";
import { filterNegatives, type FilterNegativesOptions } from "../filters/filter_negatives.ts";
import type { Filter } from "../filters/types.ts";

/**
 * False negatives of one source after a chain of filters.
 *
 * @category Negatives
 */
export interface FilterEffect extends FalseNegatives {
  /** Name of the chain; "before" for none. */
  readonly filter: string;
}

/**
 * Options of {@link filterEffects}.
 *
 * @category Negatives
 */
export interface FilterEffectOptions extends FalseNegativeOptions, FilterNegativesOptions {}

/**
 * What filters do to false negatives: the exact rate of every source before, and after each named chain on its own. Needs
 * complete judgments, which training data never has; use it to learn which filters to trust.
 *
 * @param chains Filters by the name of their chain.
 * @throws {ArgumentError} if the collection has no complete judgments, or a filter has nothing to work on.
 *
 * @example
 * ```ts
 * import { filterEffects, filters, loadCollection, mine } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const mined = await mine(facets, { source: "bm25", depth: 10 });
 * console.table(await filterEffects(mined, facets, {
 *   "ranks from 4": [filters.rankWindow({ from: 4 })],
 *   "relative margin 5 %": [filters.relativeMargin(0.05)],
 * }));
 * ```
 * @category Negatives
 */
export async function filterEffects(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  chains: Readonly<Record<string, readonly Filter[]>>,
  options: FilterEffectOptions = {},
): Promise<FilterEffect[]> {
  checkOptions<FilterEffectOptions>("filterEffects", options, {
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
    await count(name, await filterNegatives(negatives, collection, chain, run));
  }
  return showRows(effects, () => ({
    head: ["filter", "source", "kept", "false negatives", "%"],
    rows: effects.map((
      { filter, source, kept, relevant, rate },
    ) => [filter, source, kept, relevant, percentCell(rate)]),
  }));
}
