import { checkOptions } from "../core/options.ts";
import type { Ledger, LedgerRow } from "./ledger/mod.ts";
import type { ModelRequest } from "./model_request.ts";
import type { Outcome, OutcomeKind } from "./outcome.ts";
import { outcomeKinds, outcomeOf } from "./outcome_of.ts";
import type { ModelRecipe } from "./recipe.ts";

/**
 * Which requests are sent, and how often.
 *
 * @category Generation
 */
export interface AskingOptions {
  /**
   * Maximum replies to one request: a refused or malformed reply is requested again.
   *
   * @default {3}
   */
  maxReplies?: number;
  /**
   * Outcomes in the ledger to request again, such as `["empty", "malformed"]` after the server has been repaired.
   * Both replies are kept; the new one counts unless it has fewer usable items.
   *
   * @default {[]}
   */
  retry?: readonly (OutcomeKind | "refusal")[];
}

/** A request with its replies in the ledger. */
export interface Question {
  readonly request: ModelRequest;
  /** Replies in the ledger. */
  rows: readonly LedgerRow[];
  /** The asking that new replies belong to. */
  readonly asking: number;
  /** Whether the request has been sent in an earlier run. */
  readonly before: boolean;
}

/** Requests without a final reply, as questions, and the outcomes of those that the ledger answers; both by key. */
export function openQuestions(
  requests: readonly ModelRequest[],
  recipe: ModelRecipe,
  ledger: Ledger,
  { maxReplies = 3, retry = [] }: AskingOptions = {},
): { open: Map<string, Question>; settled: Map<string, Outcome> } {
  const wished = new Set(outcomeKinds(retry));
  const open = new Map<string, Question>();
  const settled = new Map<string, Outcome>();
  for (const request of requests) {
    if (settled.has(request.key) || open.has(request.key)) continue;
    const rows = ledger.replies(request.key);
    const { again, outcome } = outcomeOf(rows, { request, recipe, recorded: true });
    const asking = Math.max(1, ...rows.map((row) => row.asking));
    const repeated = rows.length > 0 && wished.has(outcome.kind);
    const left = rows.filter((row) => row.asking === asking).length < maxReplies;
    if (repeated || (again && left)) {
      open.set(request.key, { request, rows, asking: asking + Number(repeated), before: rows.length > 0 });
    } else settled.set(request.key, outcome);
  }
  return { open, settled };
}

/** What {@link standing} reads replies for. */
export interface StandingOptions extends AskingOptions {
  readonly recipe: ModelRecipe;
  /** Whether another process has answered the question. */
  readonly recorded: boolean;
}

/** The outcome of a question so far, and whether to ask for another reply. */
export function standing(
  { request, rows, asking }: Question,
  { recipe, recorded, maxReplies = 3 }: StandingOptions,
): { outcome: Outcome; again: boolean } {
  const { again, outcome } = outcomeOf(rows, { request, recipe, recorded });
  const own = rows.filter((row) => row.asking >= asking);
  // Nearly always, all rows are of this asking, and are not read twice.
  const useless = own.length === rows.length ? again : outcomeOf(own, { request, recipe, recorded }).again;
  return { outcome, again: own.length < maxReplies && useless };
}

/**
 * The requests that the ledger cannot answer yet, each once.
 *
 * @example
 * ```ts
 * import { loadCollection, negativeRequests, openLedger, recipeOf } from "@syneg/kit";
 * import { type ModelRecipe, pending } from "./mod.ts";
 * const recipe = recipeOf("syneg") as ModelRecipe;
 * const requests = negativeRequests(await loadCollection("facets"), recipe, { model: "m", limit: 3 });
 * using ledger = openLedger(":memory:");
 * console.log(pending(requests, recipe, ledger).length); // 3
 * ```
 *
 * @category Generation
 */
export function pending(
  requests: readonly ModelRequest[],
  recipe: ModelRecipe,
  ledger: Ledger,
  options: AskingOptions = {},
): ModelRequest[] {
  checkOptions<AskingOptions>("pending", options, { maxReplies: "number", retry: "array" });
  return [...openQuestions(requests, recipe, ledger, options).open.values()].map(({ request }) => request);
}
