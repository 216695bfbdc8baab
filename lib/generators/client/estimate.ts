import type { ModelRecipe } from "../recipe.ts";
import type { ModelRequest } from "../model_request.ts";

/** Tokens of a query, or of a judgment with its reason. */
const LINE = 20;

/** Estimated tokens of a text: a quarter of its bytes, i.e. four letters of English or 1.3 of Chinese each. */
export function textTokens(text: string): number {
  return Math.ceil(quarter(text));
}

/**
 * Estimated tokens of a request: its messages, and per item a text as long as the positive (a line for queries and
 * judgments) with title and brackets, plus a reflection of 80 tokens.
 *
 * @example
 * ```ts
 * import { loadCollection, negativeRequests, recipeOf } from "@syneg/kit";
 * import { type ModelRecipe } from "../mod.ts";
 * import { estimateUsage } from "./estimate.ts";
 * const recipe = recipeOf("syneg") as ModelRecipe;
 * const [request] = negativeRequests(await loadCollection("facets"), recipe, { model: "m", limit: 1 });
 * console.log(estimateUsage(request, recipe).prompt > 100); // true
 * ```
 *
 * @category Generation
 */
export function estimateUsage(
  { messages, count, input, sampling }: ModelRequest,
  { writes }: ModelRecipe,
): { prompt: number; completion: number } {
  const prompt = Math.ceil(messages.reduce((sum, { content }) => sum + quarter(content), 0));
  const item = writes === "negatives" ? quarter(input.positive.text) : LINE;
  const completion = Math.ceil(count * (item + 20) + 80);
  return { prompt, completion: Math.min(sampling.max_tokens ?? Infinity, completion) };
}

function quarter(text: string): number {
  return new TextEncoder().encode(text).length / 4;
}
