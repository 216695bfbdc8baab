import { ArgumentError } from "../../core/errors.ts";
import { type Registry, registry } from "../../core/registry.ts";
import type { ModelRecipe, Recipe } from "../recipe.ts";
import { arhn } from "./arhn.ts";
import { counterfactual } from "./counterfactual.ts";
import { drgPassage } from "./drg_passage.ts";
import { drgQuery } from "./drg_query.ts";
import { edit } from "./edit.ts";
import { graded } from "./graded.ts";
import { granular } from "./granular.ts";
import { judge } from "./judge.ts";
import { query } from "./query.ts";
import { type RecipePart, recipePart } from "./recipe_part.ts";
import { syneg, synegNoAttributes, synegNoReflection, synegPlain } from "./syneg.ts";

/**
 * The recipes of the kit. A new recipe is one file and one line here.
 *
 * @example
 * ```ts
 * import { recipes } from "@syneg/kit";
 * for (const { name, about } of recipes.parts) console.log(name, about);
 * console.log(recipes.make("graded").count); // 4
 * ```
 *
 * @category Generation
 */
export const recipes: Registry<RecipePart> = registry<RecipePart>("recipe", [
  recipePart(syneg),
  recipePart(synegNoAttributes),
  recipePart(synegNoReflection),
  recipePart(synegPlain),
  recipePart(graded),
  recipePart(granular),
  recipePart(counterfactual),
  recipePart(drgQuery),
  recipePart(drgPassage),
  recipePart(query),
  recipePart(judge),
  recipePart(arhn),
  recipePart(edit),
]);

/**
 * The recipe of a name, with or without a version.
 *
 * @throws {ArgumentError} if no recipe has this name, or the recipe has no such version.
 *
 * @example
 * ```ts
 * import { recipeOf } from "@syneg/kit";
 * console.log(recipeOf("syneg").version, recipeOf("syneg@1").version); // 2 1
 * ```
 *
 * @category Generation
 */
export function recipeOf(name: string): Recipe {
  const [bare, version] = name.split("@");
  const recipe = recipes.make(bare);
  if (version === undefined) return recipe;
  const versions = versionsOf(recipe);
  const found = versions.find((one) => String(one.version) === version);
  if (found) return found;
  const known = versions.map((one) => one.version).sort().join(" and ");
  throw new ArgumentError(`Unknown version "${version}" of recipe "${bare}": it has ${known}`);
}

/** A recipe in each of its versions, the latest first. */
export function versionsOf<R extends Recipe>(recipe: R): R[] {
  if (recipe.kind === "rule" || !recipe.earlier) return [recipe];
  return [recipe, { ...recipe, ...recipe.earlier, earlier: undefined }];
}

/**
 * A recipe that a model follows. @throws {ArgumentError} if the recipe writes by rule.
 *
 * @category Generation
 */
export function modelRecipe(recipe: string | Recipe): ModelRecipe {
  const found = typeof recipe === "string" ? recipeOf(recipe) : recipe;
  if (found.kind === "rule") {
    throw new ArgumentError(`Cannot use recipe "${found.name}" with a model: it writes by rule`);
  }
  return found;
}
