import { ArgumentError } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import type { DrawnAttributes, ModelRecipe, Pools, PromptInput } from "../recipe.ts";

/**
 * Pools of known collections, by the last part of their name. SciFact's are those of the SyNeg paper.
 *
 * @category Generation
 */
export const COLLECTION_POOLS: Readonly<Record<string, Pools>> = {
  scifact: {
    expert: [
      "Epidemiology",
      "Public Health",
      "Virology",
      "Biostatistics",
      "Healthcare Policy",
      "Infectious Diseases",
      "Bioinformatics",
      "Medical Research",
      "Pharmacology",
    ],
    difficulty: [
      "the level Foundational (elementary and middle school)",
      "the level Intermediate (high school and undergraduate)",
    ],
    length: ["approximately the same as", "nearly the same as"],
  },
};

/**
 * The pools of a collection by its name; none if it is unknown.
 *
 * @example
 * ```ts
 * import { collectionPools } from "./attributes.ts";
 * console.log(collectionPools("beir/scifact").length?.join()); // approximately the same as,nearly the same as
 * ```
 *
 * @category Generation
 */
export function collectionPools(name: string): Pools {
  const last = name.replace(/[/\\]+$/, "").split(/[/\\:]/).at(-1)!.split("@")[0].toLowerCase();
  return COLLECTION_POOLS[last] ?? {};
}

/**
 * Options of {@link drawAttributes}.
 *
 * @category Generation
 */
export interface DrawOptions {
  /** Seed of the draw. */
  seed: number | string;
  /**
   * Values to draw slots from, used after the query's own and before the recipe's.
   *
   * @default {{}}
   */
  pools?: Pools;
}

/**
 * Draws a recipe's attributes for one input. The draw depends only on seed, query id, positive id and slot: it is the
 * same in any order, at any concurrency, and for every recipe that has the slot, so that ablations differ in the prompt
 * alone. The query's own pools come first, then `pools`, then the recipe's.
 *
 * @throws {ArgumentError} if no pool has a value for a slot.
 *
 * @example
 * ```ts
 * import { drawAttributes, type ModelRecipe } from "../mod.ts";
 * import { recipeOf } from "@syneg/kit";
 * const input = { queryId: "q1", query: "?", positiveId: "d1", positive: { title: "", text: "" } };
 * const pools = { expert: ["Law", "Medicine"] };
 * console.log(drawAttributes(recipeOf("syneg") as ModelRecipe, input, { seed: 0, pools }));
 * ```
 *
 * @category Generation
 */
export function drawAttributes(
  recipe: ModelRecipe,
  input: PromptInput,
  { seed, pools = {} }: DrawOptions,
): DrawnAttributes {
  const stream = random(seed).fork("attributes").fork(input.queryId).fork(input.positiveId);
  const drawn: Record<string, string> = {};
  for (const [slot, own] of Object.entries(recipe.pools)) {
    const pool = [input.pools?.[slot], pools[slot], own].find((values) => values && values.length > 0);
    if (!pool) {
      throw new ArgumentError(
        `Cannot draw "${slot}" for query "${input.queryId}": the collection has no values for it; pass some ` +
          `(pools: { ${slot}: ["…"] }, on the command line --pool ${slot}=…), or use a recipe that draws none, such as ` +
          "syneg-no-attributes",
      );
    }
    drawn[slot] = pool[stream.fork(slot).integer(pool.length)];
  }
  return drawn;
}
