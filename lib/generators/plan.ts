import { estimateUsage, type Price } from "./client/mod.ts";
import { type AskingOptions, pending } from "./pending.ts";
import type { Ledger } from "./ledger/mod.ts";
import type { Message, ModelRecipe } from "./recipe.ts";
import type { ModelRequest } from "./model_request.ts";

/** What a run would send and cost. */
export interface Plan {
  /** Requests in all. */
  readonly requests: number;
  /** Requests that the ledger answers already. */
  readonly recorded: number;
  /** Estimated tokens of those still to be sent: a quarter of the bytes, passages as long as the positives. */
  readonly promptTokens: number;
  /** Estimated tokens of their replies. */
  readonly completionTokens: number;
  /** Undefined without a price. */
  readonly cost?: number;
  /** The first prompt as the model would read it. */
  readonly prompt: readonly Message[];
}

/** What carrying out `requests` would take; sends nothing, needs no key. */
export function plan(
  requests: readonly ModelRequest[],
  recipe: ModelRecipe,
  { ledger, price, ...asking }: { ledger: Ledger; price?: Price } & AskingOptions,
): Plan {
  const open = pending(requests, recipe, ledger, asking);
  const usage = open.map((request) => estimateUsage(request, recipe));
  const prompt_tokens = usage.reduce((sum, { prompt }) => sum + prompt, 0);
  const completion_tokens = usage.reduce((sum, { completion }) => sum + completion, 0);
  return {
    requests: requests.length,
    recorded: new Set(requests.map(({ key }) => key)).size - open.length,
    promptTokens: prompt_tokens,
    completionTokens: completion_tokens,
    cost: price && (prompt_tokens * price.prompt + completion_tokens * price.completion) / 1e6,
    prompt: requests[0]?.messages ?? [],
  };
}
