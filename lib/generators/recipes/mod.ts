/**
 * Recipes: prompts with slots, the schema of their replies, and how replies are read.
 *
 * @module
 */
export { COLLECTION_POOLS, collectionPools, drawAttributes, type DrawOptions } from "./attributes.ts";
export { recipeId } from "./recipe_id.ts";
export type { RecipePart } from "./recipe_part.ts";
export { modelRecipe, recipeOf, recipes, versionsOf } from "./registry.ts";
export { render, slotNames } from "./template.ts";
