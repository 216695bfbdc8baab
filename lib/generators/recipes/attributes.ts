import { ArgumentError } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import type { DrawnAttributes, ModelRecipe, Pools, PromptInput } from "../types.ts";

/** Pools of known collections, by the last part of the collection's name. SciFact's are those of the SyNeg paper. */
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

/** Pools that a collection of this name brings, empty when none is known. */
export function collectionPools(name: string): Pools {
  const last = name.replace(/[/\\]+$/, "").split(/[/\\:]/).at(-1)!.split("@")[0].toLowerCase();
  return COLLECTION_POOLS[last] ?? {};
}

/**
 * Draws a recipe's attributes for one subject. A function of seed, query id, positive id and slot alone: the same
 * whatever the order or concurrency of a run, and the same for every recipe that has the slot, so that ablations differ
 * in the prompt only. The query's own pools go before those of `pools`, these before the recipe's.
 *
 * @throws {ArgumentError} if no pool has a value for a slot.
 */
export function drawAttributes(
  recipe: ModelRecipe,
  subject: PromptInput,
  { seed, pools = {} }: { seed: number | string; pools?: Pools },
): DrawnAttributes {
  const stream = random(seed).fork("attributes").fork(subject.queryId).fork(subject.positiveId);
  const drawn: Record<string, string> = {};
  for (const [slot, own] of Object.entries(recipe.pools)) {
    const pool = [subject.pools?.[slot], pools[slot], own].find((values) => values && values.length > 0);
    if (!pool) {
      throw new ArgumentError(
        `Cannot draw "${slot}" for query "${subject.queryId}": the collection brings no values; pass some ` +
          `(pools: { ${slot}: ["…"] }, in the terminal --pool ${slot}=…), or use a recipe that draws none, such as ` +
          "syneg-no-attributes",
      );
    }
    drawn[slot] = pool[stream.fork(slot).integer(pool.length)];
  }
  return drawn;
}
