import { checkOptions } from "../core/options.ts";
import type { Ledger, LedgerRow } from "./ledger/mod.ts";
import { outcomeKinds, outcomeOf } from "./outcomes.ts";
import type { ModelRecipe } from "./recipe.ts";
import type { ModelRequest } from "./model_request.ts";
import type { Outcome, OutcomeKind } from "./outcome.ts";

/** Which requests are asked, and how often. */
export interface AskingOptions {
  /** Replies asked for until one is of use: refusals and malformed ones are asked for again. @default 3 */
  maxReplies?: number;
  /**
   * Outcomes on record that are asked for again, such as `["empty", "malformed"]` after the server was mended. Both
   * replies stay on record; the new one counts unless it is of less use.
   *
   * @default none
   */
  retry?: readonly (OutcomeKind | "refusal")[];
}

/** A request with what is on record for it. */
export interface Question {
  readonly request: ModelRequest;
  /** Replies on record. */
  rows: readonly LedgerRow[];
  /** The asking that new replies belong to. */
  readonly asking: number;
  /** Whether it was asked before. */
  readonly before: boolean;
}

/** Questions that are open, by key, and the outcomes of those that the ledger answers. */
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
    const { again, ...outcome } = outcomeOf(request, recipe, rows, true);
    const asking = Math.max(1, ...rows.map((row) => row.asking));
    const anew = rows.length > 0 && wished.has(outcome.kind);
    const left = rows.filter((row) => row.asking === asking).length < maxReplies;
    if (anew || (again && left)) {
      open.set(request.key, { request, rows, asking: asking + Number(anew), before: rows.length > 0 });
    } else settled.set(request.key, outcome);
  }
  return { open, settled };
}

/** How a question stands by its rows: its outcome so far, and whether another reply is to be asked for. */
export function standing(
  { request, rows, asking }: Question,
  recipe: ModelRecipe,
  { maxReplies = 3 }: AskingOptions,
  recorded: boolean,
): { outcome: Outcome; again: boolean } {
  const { again, ...outcome } = outcomeOf(request, recipe, rows, recorded);
  const own = rows.filter((row) => row.asking >= asking);
  // Read once where all rows are of this asking, as nearly always.
  const useless = own.length === rows.length ? again : outcomeOf(request, recipe, own, recorded).again;
  return { outcome, again: own.length < maxReplies && useless };
}

/** Requests that the ledger cannot answer yet, each once. */
export function pending(
  requests: readonly ModelRequest[],
  recipe: ModelRecipe,
  ledger: Ledger,
  options: AskingOptions = {},
): ModelRequest[] {
  checkOptions<AskingOptions>("pending", options, { maxReplies: "number", retry: "array" });
  return [...openQuestions(requests, recipe, ledger, options).open.values()].map(({ request }) => request);
}
