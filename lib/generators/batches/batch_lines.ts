import { type Format, replySchema, requestBody } from "../client/mod.ts";
import type { ModelRequest } from "../model_request.ts";
import type { ModelRecipe } from "../recipe.ts";

/**
 * Options of {@link batchLines}.
 *
 * @category Generation
 */
export interface BatchFileOptions {
  /**
   * How JSON is requested.
   *
   * @default {"schema"}
   */
  format?: Exclude<Format, "auto">;
  /**
   * Whether OpenAI itself reads the file; its newer models use another name for the token limit.
   *
   * @default {false}
   */
  openai?: boolean;
}

/**
 * The lines of a batch file for OpenAI's Batch API and vLLM's run-batch; `custom_id` is the key in the ledger.
 *
 * @example
 * ```ts
 * import { batchLines, type ModelRecipe } from "../mod.ts";
 * import { loadCollection, negativeRequests, recipeOf } from "@syneg/kit";
 * const recipe = recipeOf("syneg") as ModelRecipe;
 * const requests = negativeRequests(await loadCollection("facets"), recipe, { model: "m", limit: 2 });
 * console.log(batchLines(requests, recipe).map((line) => JSON.parse(line).method)); // [ "POST", "POST" ]
 * ```
 *
 * @category Generation
 */
export function batchLines(
  requests: readonly ModelRequest[],
  recipe: ModelRecipe,
  options: BatchFileOptions = {},
): string[] {
  const { format = "schema", openai = false } = options;
  const schema = replySchema(recipe);
  return requests.map(({ key, model, messages, sampling }) =>
    JSON.stringify({
      custom_id: key,
      method: "POST",
      url: "/v1/chat/completions",
      body: requestBody({ model, messages, sampling, schema }, { format, openai }),
    })
  );
}
