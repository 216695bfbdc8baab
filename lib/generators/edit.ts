import { random } from "../core/random.ts";
import type { Collection } from "../collections/types.ts";
import { recipeId } from "./recipes/mod.ts";
import type { Outcome } from "./outcome.ts";
import type { PromptInput, RuleRecipe } from "./recipe.ts";

/** Names are at most so many; they are taken from evenly spaced documents. */
const NAMES = 5000;

/** Outcomes of a recipe that writes by rule; seeded per query and positive, so the order of `list` does not matter. */
export function writeByRule(
  collection: Collection,
  list: readonly PromptInput[],
  { recipe, count, seed, reach }: { recipe: RuleRecipe; count: number; seed: number | string; reach: number },
): Outcome[] {
  const names = entityNames(collection);
  return list.map((subject) => {
    const stream = random(seed).fork(recipe.name).fork(subject.queryId).fork(subject.positiveId);
    const items = recipe.write(subject, { count, random: stream, names, reach })
      .map((item) => ({ ...item, verdict: item.verdict ?? "kept" as const }));
    return {
      key: "",
      recipe: recipeId(recipe),
      queryId: subject.queryId,
      positiveId: subject.positiveId,
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

/** Names that stand within sentences of the corpus, each once, sorted. */
export function entityNames(collection: Collection): string[] {
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
