import * as z from "zod";
import type { Part } from "../../core/registry.ts";
import type { Recipe } from "../recipe.ts";

/**
 * A recipe of the registry; its option `count` sets the items per request.
 *
 * @category Generation
 */
export type RecipePart = Part<string, z.ZodObject<{ count: z.ZodDefault<z.ZodInt> }>, [], Recipe>;

/** A recipe as a part of the registry, with its own count as the default. */
export function recipePart(recipe: Recipe): RecipePart {
  const { name, about, count } = recipe;
  // A judge is asked for as many judgments as it is shown candidates, which its recipe leaves open as 0.
  const options = z.strictObject({ count: z.int().min(Math.min(1, count)).default(count) });
  return { name, about, options, make: ({ count }) => ({ ...recipe, count }) };
}
