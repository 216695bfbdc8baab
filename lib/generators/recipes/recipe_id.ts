import type { Recipe } from "../recipe.ts";

/**
 * Name and version of a recipe, as tables and ledgers record it.
 *
 * @example
 * ```ts
 * import { recipeId } from "../mod.ts";
 * console.log(recipeId({ name: "syneg", version: 1 })); // syneg@1
 * ```
 *
 * @category Generation
 */
export function recipeId({ name, version }: Pick<Recipe, "name" | "version">): string {
  return `${name}@${version}`;
}
