import type { Collection } from "../collections/types.ts";
import { random } from "../core/random.ts";
import type { Outcome } from "./outcome.ts";
import type { PromptInput, RuleRecipe } from "./recipe.ts";
import { recipeId } from "./recipes/mod.ts";

/** Maximum number of names, and of documents they are taken from. */
const NAMES = 5000;

/** Options of {@link writeByRule}. */
export interface WriteByRuleOptions {
  readonly recipe: RuleRecipe;
  /** Items per input. */
  readonly count: number;
  readonly seed: number | string;
  /** Characters of the passage, title first, that may be edited. */
  readonly reach: number;
}

/** Outcomes of a recipe that writes by rule. Seeded by query and positive, so the order of inputs does not matter. */
export function writeByRule(
  collection: Collection,
  inputs: readonly PromptInput[],
  { recipe, count, seed, reach }: WriteByRuleOptions,
): Outcome[] {
  const names = entityNames(collection);
  return inputs.map((input) => {
    const { queryId, positiveId } = input;
    const stream = random(seed).fork(recipe.name).fork(queryId).fork(positiveId);
    const items = recipe.write(input, { count, random: stream, names, reach })
      .map((item) => ({ ...item, verdict: item.verdict ?? "kept" as const }));
    return {
      key: "",
      recipe: recipeId(recipe),
      queryId,
      positiveId,
      attributes: {},
      model: "",
      attempts: 1,
      recorded: false,
      kind: items.length >= count ? "complete" : items.length > 0 ? "partial" : "empty",
      reason: `${items.length} of ${count}${items.length < count ? ": no other rule applies" : ""}`,
      items,
    };
  });
}

/** Names within sentences of the corpus, from evenly spaced documents; each once, sorted. */
function entityNames(collection: Collection): string[] {
  const texts = collection.corpus.column("text");
  const names = new Set<string>();
  const step = Math.max(1, Math.floor(texts.length / NAMES));
  for (let i = 0; i < texts.length && names.size < NAMES; i += step) {
    for (const [name] of texts.at(i).matchAll(/(?<=[\p{Ll},;] )\p{Lu}\p{Ll}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+)*/gu)) {
      names.add(name);
    }
  }
  return [...names].sort();
}
