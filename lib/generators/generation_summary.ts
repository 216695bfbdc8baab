import type { NEGATIVES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import type { Outcome, OutcomeKind } from "./outcome.ts";
import type { Recipe } from "./recipe.ts";
import { recipeId } from "./recipes/mod.ts";

/**
 * Counts of the run that wrote a table.
 *
 * @category Generation
 */
export interface GenerationSummary {
  /** Name and version of the recipe, "syneg@1"; several if the requests are of several versions. */
  readonly recipe: string;
  /** Requests in all. */
  readonly requests: number;
  /** Requests by outcome. */
  readonly outcomes: Readonly<Partial<Record<OutcomeKind, number>>>;
  /** Items kept. */
  readonly kept: number;
  /** Items dropped. */
  readonly dropped: number;
  /** Items that answer the query. */
  readonly relabeled: number;
  /** Dropped items by guard. */
  readonly reasons: Readonly<Record<string, number>>;
}

/**
 * The summary that {@link generate} stores with a table; undefined for other tables.
 *
 * @example
 * ```ts
 * import { generate, generationSummary, loadCollection } from "@syneg/kit";
 * const negatives = await generate(await loadCollection("facets"), { recipe: "edit", limit: 10 });
 * console.log(generationSummary(negatives)?.kept);
 * ```
 *
 * @category Generation
 */
export function generationSummary(table: Table<typeof NEGATIVES>): GenerationSummary | undefined {
  const text = table.metadata.get("syneg.generation");
  if (text === undefined) return undefined;
  // Version 0.1 spelled it differently.
  const { relabelled, ...summary } = JSON.parse(text);
  return relabelled === undefined ? summary : { ...summary, relabeled: relabelled };
}

/**
 * Counts outcomes and items.
 *
 * @example
 * ```ts
 * import { recipeOf } from "@syneg/kit";
 * import { summarize } from "./generation_summary.ts";
 * console.log(summarize(recipeOf("syneg"), []).requests); // 0
 * ```
 *
 * @category Generation
 */
export function summarize(recipe: Recipe, outcomes: readonly Outcome[]): GenerationSummary {
  const items = outcomes.flatMap((outcome) => outcome.items);
  const count = (verdict: string) => items.filter((item) => item.verdict === verdict).length;
  const dropped = items.filter((item) => item.verdict === "dropped");
  return {
    recipe: [...new Set(outcomes.map((outcome) => outcome.recipe))].sort().join(", ") || recipeId(recipe),
    requests: outcomes.length,
    outcomes: tally(outcomes.map(({ kind }) => kind)),
    kept: count("kept"),
    dropped: count("dropped"),
    relabeled: count("relabeled"),
    reasons: tally(dropped.map(({ reason }) => reason!.split(":")[0])),
  };
}

/**
 * How often each word occurs, in the order of the words.
 *
 * @example
 * ```ts
 * import { tally } from "./generation_summary.ts";
 * console.log(tally(["b", "a", "b"])); // { a: 1, b: 2 }
 * ```
 *
 * @category Generation
 */
export function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of [...words].sort()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
