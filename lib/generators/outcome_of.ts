import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import type { LedgerRow } from "./ledger/mod.ts";
import type { ModelRequest } from "./model_request.ts";
import type { Outcome, OutcomeKind, Reading } from "./outcome.ts";
import { readReply } from "./reading/mod.ts";
import type { ModelRecipe } from "./recipe.ts";

/** Every kind of outcome, and whether it is a fault of the reply, which another reply may not have. */
const KINDS: Readonly<Record<OutcomeKind, boolean>> = {
  complete: false,
  partial: false,
  refused: true,
  filtered: true,
  truncated: true,
  malformed: true,
  empty: true,
  unusable: true,
  rejected: false,
  unreachable: false,
  unsent: false,
  unrecorded: false,
};

/** Other names of outcomes. */
const SYNONYMS: Readonly<Record<string, OutcomeKind>> = { refusal: "refused" };

/**
 * Kinds of outcomes by name; "refusal" is read as "refused".
 *
 * @throws {ArgumentError} `Unknown outcome "trunkated": did you mean "truncated"?`
 *
 * @example
 * ```ts
 * import { outcomeKinds } from "./outcome_of.ts";
 * console.log(outcomeKinds(["empty", "refusal"])); // [ "empty", "refused" ]
 * ```
 *
 * @category Generation
 */
export function outcomeKinds(names: readonly string[]): OutcomeKind[] {
  return names.map((name) => {
    if (Object.hasOwn(KINDS, name)) return name as OutcomeKind;
    if (Object.hasOwn(SYNONYMS, name)) return SYNONYMS[name];
    throw new ArgumentError(`Unknown outcome "${name}": ${suggestion(name, Object.keys(KINDS))}`, { field: "retry" });
  });
}

/** What {@link outcomeOf} reads replies for. */
export interface OutcomeContext {
  readonly request: ModelRequest;
  readonly recipe: ModelRecipe;
  /** Whether the ledger answers the request without a new reply. */
  readonly recorded: boolean;
}

/**
 * The outcome of the stored replies to a request: that of the reply with the most usable items. Among equal ones, the
 * latest asking counts, and within an asking the first reply. `again`: whether another reply may do better.
 */
export function outcomeOf(
  rows: readonly LedgerRow[],
  { request, recipe, recorded }: OutcomeContext,
): { outcome: Outcome; again: boolean } {
  let best: Reading | undefined;
  let most = -1;
  let from = 0;
  for (const { reply, finish_reason: finishReason, asking } of rows) {
    const reading = safely(() => readReply({ text: reply, finishReason }, recipe, request.input, request.count));
    const items = reading.items.filter((item) => item.verdict !== "dropped").length;
    const use = KINDS[reading.kind] ? 0 : reading.kind === "complete" ? Infinity : items + 1;
    if (use < most || (use === most && asking <= from)) continue;
    [best, most, from] = [reading, use, asking];
  }
  const reading = best ?? { kind: "unsent" as const, reason: "not sent", items: [] };
  return {
    outcome: { ...described(request), ...reading, attempts: rows.length, recorded },
    again: best === undefined || KINDS[best.kind],
  };
}

/** If the reader of a user's recipe fails, the reply is malformed, and the run continues. */
function safely(read: () => Reading): Reading {
  try {
    return read();
  } catch (error) {
    return { kind: "malformed", reason: `the recipe's reader failed: ${(error as Error).message}`, items: [] };
  }
}

/** The outcome of a request without a reply. */
export function unanswered(request: ModelRequest, kind: OutcomeKind, reason: string): Outcome {
  return { ...described(request), kind, reason, items: [], attempts: 0, recorded: false };
}

function described({ key, recipe, input, attributes, model }: ModelRequest) {
  return { key, recipe, queryId: input.queryId, positiveId: input.positiveId, attributes, model };
}
