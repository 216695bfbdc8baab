import { showing } from "../core/display.ts";
import { count, counted } from "../core/format_numbers.ts";
import { estimateUsage, type Price } from "./client/mod.ts";
import type { Ledger } from "./ledger/mod.ts";
import type { ModelRequest } from "./model_request.ts";
import { type AskingOptions, pending } from "./pending.ts";
import type { Message, ModelRecipe } from "./recipe.ts";

/**
 * What a run would send and cost.
 *
 * @category Generation
 */
export interface Plan {
  /** Requests in all. */
  readonly requests: number;
  /** Requests that the ledger answers. */
  readonly recorded: number;
  /** Estimated prompt tokens of the others: a quarter of the bytes. */
  readonly promptTokens: number;
  /** Estimated tokens of their replies, with passages as long as the positives. */
  readonly completionTokens: number;
  /** Estimated cost; undefined without a price. */
  readonly cost?: number;
  /** The first prompt as the model would read it. */
  readonly prompt: readonly Message[];
}

/**
 * What sending `requests` would take. Sends nothing and needs no key.
 *
 * @example
 * ```ts
 * import { loadCollection, negativeRequests, openLedger, planRequests, recipeOf } from "@syneg/kit";
 * import { type ModelRecipe } from "./mod.ts";
 * const recipe = recipeOf("syneg") as ModelRecipe;
 * const requests = negativeRequests(await loadCollection("facets"), recipe, { model: "m", limit: 3 });
 * using ledger = openLedger(":memory:");
 * console.log(planRequests(requests, recipe, { ledger, price: { prompt: 0.15, completion: 0.6 } }).cost);
 * ```
 *
 * @category Generation
 */
export function planRequests(
  requests: readonly ModelRequest[],
  recipe: ModelRecipe,
  { ledger, price, ...asking }: { ledger: Ledger; price?: Price } & AskingOptions,
): Plan {
  const open = pending(requests, recipe, ledger, asking);
  const usage = open.map((request) => estimateUsage(request, recipe));
  const promptTokens = usage.reduce((sum, { prompt }) => sum + prompt, 0);
  const completionTokens = usage.reduce((sum, { completion }) => sum + completion, 0);
  const plan: Plan = {
    requests: requests.length,
    recorded: new Set(requests.map(({ key }) => key)).size - open.length,
    promptTokens,
    completionTokens,
    cost: price && (promptTokens * price.prompt + completionTokens * price.completion) / 1e6,
    prompt: requests[0]?.messages ?? [],
  };
  return showing(plan, { text: () => planText(plan) });
}

function planText({ requests, recorded, promptTokens, completionTokens, cost }: Plan): string {
  return `${counted(requests, "request")}, ${count(recorded)} of them recorded; about ${
    count(promptTokens)
  } tokens in ` +
    `and ${count(completionTokens)} out${cost === undefined ? "" : `, ${cost.toFixed(2)} in all`}`;
}
