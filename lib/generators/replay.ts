import type { Collection } from "../collections/types.ts";
import { ArgumentError } from "../core/errors.ts";
import { stopSignal, turns } from "../core/stop.ts";
import type { Ledger, LedgerRow } from "./ledger/mod.ts";
import { outcomeOf, unanswered } from "./outcomes.ts";
import { recipeId, versionsOf } from "./recipes/mod.ts";
import { readRecordings, type Recording, recordingsPath } from "./recordings.ts";
import { ledgerColumns, modelRequest } from "./model_request.ts";
import type { DrawnAttributes, ModelRecipe, PromptInput } from "./recipe.ts";
import type { ModelRequest, Sampling } from "./model_request.ts";
import type { Outcome } from "./outcome.ts";

/** What of a run decides which recording is its own. */
export interface ReplayOptions {
  recipe: ModelRecipe;
  model?: string;
  count: number;
  sampling?: Sampling;
  /** What would be drawn; shown for a subject without a recording. */
  draw: (subject: PromptInput) => DrawnAttributes;
  signal?: AbortSignal;
}

/**
 * Outcomes of recorded replies, in the order of `list`: no network, no key, no ledger on disk. A recording is found by
 * recipe, in its latest version or the one before, model, query text, positive and count; its attributes are taken as the draw. A subject without a
 * recording ends as "unrecorded".
 */
export async function replay(
  collection: Collection,
  list: readonly PromptInput[],
  path: string | true,
  options: ReplayOptions,
): Promise<Outcome[]> {
  const { recipe, count, sampling } = options;
  const file = path === true ? await recordingsPath(collection) : path;
  const versions = new Map(versionsOf(recipe).map((version) => [recipeId(version), version]));
  const all = (await readRecordings(file)).filter((recording) => versions.has(recording.recipe));
  const models = [...new Set(all.map(({ model }) => model))];
  const model = options.model ?? models[0] ?? "unknown";
  if (options.model === undefined && models.length > 1) {
    throw new ArgumentError(`Cannot choose a recording: ${file} holds replies of ${models.join(", ")}; name the model`);
  }
  const found = new Map<string, Recording>();
  for (const recording of all) {
    if (recording.model !== model || recording.count !== count) continue;
    const known = found.get(draw(recording.query, recording.positive_id));
    if (!known || versions.get(known.recipe)!.version <= versions.get(recording.recipe)!.version) {
      found.set(draw(recording.query, recording.positive_id), recording);
    }
  }
  const turn = turns(stopSignal(options.signal), "replaying recorded replies");
  const outcomes: Outcome[] = [];
  for (const subject of list) {
    await turn();
    outcomes.push(outcome(subject));
  }
  return outcomes;

  function outcome(subject: PromptInput): Outcome {
    const recording = found.get(draw(subject.query, subject.positiveId));
    const attributes = recording?.attributes ?? options.draw(subject);
    const version = recording ? versions.get(recording.recipe)! : recipe;
    const request = modelRequest(version, subject, { model, attributes, count, sampling });
    if (recording) return outcomeOf(request, recipe, [recordedRow(request, recording)], true);
    return unanswered(
      request,
      "unrecorded",
      `no reply of ${model} to ${request.recipe} with count ${count} in ${file}`,
    );
  }
}

/**
 * Takes recordings into a ledger, as replies to the collection's queries and positives.
 *
 * @returns how many were stored, known already, in conflict with another reply, or of no known query and positive
 */
export function importRecordings(
  ledger: Ledger,
  list: readonly PromptInput[],
  recordings: readonly Recording[],
  recipeOf: (name: string) => ModelRecipe,
): { stored: number; known: number; differs: number; unmatched: number } {
  const counts = { stored: 0, known: 0, differs: 0, unmatched: 0 };
  const known = new Map(list.map((subject) => [draw(subject.query, subject.positiveId), subject]));
  ledger.transaction(() => {
    for (const recording of recordings) {
      const subject = known.get(draw(recording.query, recording.positive_id));
      if (!subject) {
        counts.unmatched++;
        continue;
      }
      const request = modelRequest(recipeOf(recording.recipe), subject, recording);
      counts[ledger.offer(recordedRow(request, recording))]++;
    }
  });
  return counts;
}

function recordedRow(request: ModelRequest, { reply }: Recording): LedgerRow {
  return {
    ...ledgerColumns(request),
    attempt: 1,
    reply,
    finish_reason: "stop",
    prompt_tokens: null,
    completion_tokens: null,
    cost: null,
    latency_ms: null,
    answered_at: null,
    origin: "recording",
    asking: 1,
  };
}

function draw(query: string, positiveId: string): string {
  return JSON.stringify([query, positiveId]);
}
