import { ArgumentError } from "../../core/errors.ts";
import { suggestion } from "../../core/nearest.ts";
import type { ModelRecipe, Recipe } from "../types.ts";
import { counterfactual } from "./counterfactual.ts";
import { edit } from "./edit.ts";
import { graded } from "./graded.ts";
import { granular } from "./granular.ts";
import { judge } from "./judge.ts";
import { query } from "./query.ts";
import { syneg, synegNoAttributes, synegNoReflection, synegPlain } from "./syneg.ts";

/** Every recipe of the kit by name; a new one is one file and one line here. */
export const recipes: Readonly<Record<string, Recipe>> = Object.fromEntries(
  [
    syneg,
    synegNoAttributes,
    synegNoReflection,
    synegPlain,
    graded,
    granular,
    counterfactual,
    query,
    judge,
    edit,
  ].map((recipe: Recipe) => [recipe.name, recipe]),
);

/** "syneg@1". */
export function recipeId({ name, version }: Pick<Recipe, "name" | "version">): string {
  return `${name}@${version}`;
}

/**
 * The recipe of a name, with or without its version.
 *
 * @throws {ArgumentError} if there is none, or none of this version.
 */
export function recipeOf(name: string): Recipe {
  const [bare, version] = name.split("@");
  const recipe = Object.hasOwn(recipes, bare) ? recipes[bare] : undefined;
  if (!recipe) throw new ArgumentError(`Unknown recipe "${name}": ${suggestion(bare, Object.keys(recipes))}`);
  const found = version === undefined ? recipe : versionsOf(recipe).find((one) => String(one.version) === version);
  if (found) return found;
  throw new ArgumentError(`Unknown recipe "${name}": ${bare} is at version ${recipe.version}`);
}

/** A recipe at each of its versions, the latest first. */
export function versionsOf<R extends Recipe>(recipe: R): R[] {
  if (recipe.kind === "rule" || !recipe.earlier) return [recipe];
  return [recipe, { ...recipe, ...recipe.earlier, earlier: undefined }];
}

/** A recipe that a model carries out. @throws {ArgumentError} if it writes by rule. */
export function modelRecipe(recipe: string | Recipe): ModelRecipe {
  const found = typeof recipe === "string" ? recipeOf(recipe) : recipe;
  if (found.kind === "rule") {
    throw new ArgumentError(`Cannot ask a model for recipe "${found.name}": it writes by rule`);
  }
  return found;
}
