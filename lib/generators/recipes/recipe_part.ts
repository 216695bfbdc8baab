import * as z from "zod";
import type { OptionSchema, Part } from "../../core/registry.ts";
import type { Recipe } from "../recipe.ts";

/**
 * Entry of {@link recipes}. Its option `count` sets the items per request.
 *
 * @category Generation
 */
export type RecipePart = Part<string, OptionSchema, readonly [], Recipe>;

/** A recipe as an entry of the registry, with its own count as the default. */
export function recipePart(recipe: Recipe): RecipePart {
  const { name, about, count } = recipe;
  // A judge is asked for one judgment per candidate; its recipe has count 0.
  const options = z.strictObject({ count: z.int().min(Math.min(1, count)).default(count) });
  return { name, about, options, make: ({ count }: { count: number }) => ({ ...recipe, count }) };
}
