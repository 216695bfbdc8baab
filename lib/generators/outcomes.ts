import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { NEGATIVES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";
import { readReply } from "./reading/mod.ts";
import type { LedgerRow } from "./ledger/mod.ts";
import { recipeId } from "./recipes/mod.ts";
import type { ModelRecipe, Recipe } from "./recipe.ts";
import type { ModelRequest } from "./model_request.ts";
import type { Outcome, OutcomeKind, Reading } from "./outcome.ts";

/** Every way a request may end, and whether it is a fault of a reply, which another attempt may mend. */
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

/** Ways to end that have another word. */
const SYNONYMS: Readonly<Record<string, OutcomeKind>> = { refusal: "refused" };

/**
 * Outcomes by their names; "refusal" is taken for "refused".
 *
 * @throws {ArgumentError} that names the nearest, if there is no such outcome.
 */
export function outcomeKinds(names: readonly string[]): OutcomeKind[] {
  return names.map((name) => {
    if (Object.hasOwn(KINDS, name)) return name as OutcomeKind;
    if (Object.hasOwn(SYNONYMS, name)) return SYNONYMS[name];
    throw new ArgumentError(`Unknown outcome "${name}": ${suggestion(name, Object.keys(KINDS))}`, { field: "retry" });
  });
}

/**
 * What the replies on record come to: the one with the most items of use. Of equal ones the latest asking's counts, and
 * in one asking the earliest.
 */
export function outcomeOf(
  request: ModelRequest,
  recipe: ModelRecipe,
  rows: readonly LedgerRow[],
  recorded: boolean,
): Outcome & { again: boolean } {
  let best: Reading | undefined;
  let most = -1;
  let from = 0;
  for (const { reply, finish_reason, asking } of rows) {
    const reading = safely(() =>
      readReply({ text: reply, finishReason: finish_reason }, recipe, request.input, request.count)
    );
    const items = reading.items.filter((item) => item.verdict !== "dropped").length;
    const use = KINDS[reading.kind] ? 0 : reading.kind === "complete" ? Infinity : items + 1;
    if (use < most || (use === most && asking <= from)) continue;
    [best, most, from] = [reading, use, asking];
  }
  const reading = best ?? { kind: "unsent" as const, reason: "not sent", items: [] };
  return {
    ...described(request),
    ...reading,
    attempts: rows.length,
    recorded,
    again: best === undefined || KINDS[best.kind],
  };
}

/** A recipe of one's own may fail on a reply; that is the reply's outcome, not the end of the run. */
function safely(read: () => Reading): Reading {
  try {
    return read();
  } catch (error) {
    return { kind: "malformed", reason: `the recipe's reader failed: ${(error as Error).message}`, items: [] };
  }
}

/** An outcome without a reply. */
export function unanswered(request: ModelRequest, kind: OutcomeKind, reason: string, attempts = 0): Outcome {
  return { ...described(request), kind, reason, items: [], attempts, recorded: false };
}

function described({ key, recipe, input: subject, attributes, model }: ModelRequest) {
  return { key, recipe, queryId: subject.queryId, positiveId: subject.positiveId, attributes, model };
}

/** What a generated table says of the run that made it. */
export interface GenerationSummary {
  /** Name and version, "syneg@1"; each of them where requests are of several versions. */
  readonly recipe: string;
  /** Requests in all. */
  readonly requests: number;
  /** Requests by how they ended. */
  readonly outcomes: Readonly<Partial<Record<OutcomeKind, number>>>;
  /** Items kept. */
  readonly kept: number;
  /** Items dropped. */
  readonly dropped: number;
  /** Items that answer the query. */
  readonly relabeled: number;
  /** Dropped items by the guard that spoke. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** Counts outcomes and items. */
export function summarize(recipe: Recipe, outcomes: readonly Outcome[]): GenerationSummary {
  const items = outcomes.flatMap((outcome) => outcome.items);
  const count = (verdict: string) => items.filter((item) => item.verdict === verdict).length;
  const dropped = items.filter((item) => item.verdict === "dropped");
  return {
    recipe: [...new Set(outcomes.map((outcome) => outcome.recipe))].sort().join(", ") || recipeId(recipe),
    requests: outcomes.length,
    outcomes: tally(outcomes.map(({ kind }) => kind)),
    kept: count("kept"),
    dropped: count("dropped"),
    relabeled: count("relabeled"),
    reasons: tally(dropped.map(({ reason }) => reason!.split(":")[0])),
  };
}

/** How often each word occurs, by name. */
export function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of [...words].sort()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** The summary that travels with a table of {@link generate}; undefined if it is none. */
export function generationSummary(table: Table<typeof NEGATIVES>): GenerationSummary | undefined {
  const text = table.metadata.get("syneg.generation");
  if (text === undefined) return undefined;
  // Version 0.1 spelled it differently.
  const { relabelled, ...summary } = JSON.parse(text);
  return relabelled === undefined ? summary : { ...summary, relabeled: relabelled };
}

/** One row an item, dropped ones too, in the order of the outcomes; `rank` is the item's number in its reply. */
export function negativesTable(recipe: Recipe, outcomes: readonly Outcome[]): Table<typeof NEGATIVES> {
  const summary = summarize(recipe, outcomes);
  const builder = new TableBuilder(NEGATIVES, { metadata: { "syneg.generation": JSON.stringify(summary) } });
  for (const outcome of outcomes) {
    for (const [index, item] of outcome.items.entries()) {
      const { level, ...attributes } = item.attributes ?? {};
      builder.append({
        query_id: outcome.queryId,
        title: item.title,
        text: item.text,
        source: recipe.kind === "rule" ? "edit" : "synthetic",
        rank: index + 1,
        recipe: outcome.recipe,
        writer: outcome.model === "" ? null : outcome.model,
        grade: typeof level === "number" ? level : null,
        attributes: JSON.stringify({ ...outcome.attributes, ...attributes }),
        reflection: outcome.reflection ?? null,
        ledger_key: outcome.key === "" ? null : outcome.key,
        verdict: item.verdict,
        reason: item.reason ?? null,
      });
    }
  }
  return builder.finish();
}
