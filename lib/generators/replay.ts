import type { Collection } from "../collections/types.ts";
import { ArgumentError } from "../core/errors.ts";
import { stopSignal, turns } from "../core/stop.ts";
import type { Ledger, LedgerRow } from "./ledger/mod.ts";
import { ledgerColumns, type ModelRequest, modelRequest, type Sampling } from "./model_request.ts";
import type { Outcome } from "./outcome.ts";
import { outcomeOf, unanswered } from "./outcome_of.ts";
import type { DrawnAttributes, ModelRecipe, PromptInput } from "./recipe.ts";
import { ledgerRecordings } from "./ledger_recordings.ts";
import { recipeId, versionsOf } from "./recipes/mod.ts";
import { readRecordings, type Recording, recordingsPath } from "./recordings.ts";

/** Options of {@link replay}. */
export interface ReplayOptions {
  recipe: ModelRecipe;
  /** File of recordings or ledger (.sqlite); true for the collection's own recordings. */
  path: string | true;
  model?: string;
  count: number;
  sampling?: Sampling;
  /** Draws the attributes of an input without a recording. */
  draw: (input: PromptInput) => DrawnAttributes;
  signal?: AbortSignal;
}

/**
 * Outcomes of recorded replies, in the order of `inputs`, without network, key or ledger file. A recording is found by
 * recipe (its latest version or the previous one), model, query text, positive and count; its attributes replace the
 * draw. An input without a recording ends as "unrecorded".
 */
export async function replay(
  collection: Collection,
  inputs: readonly PromptInput[],
  options: ReplayOptions,
): Promise<Outcome[]> {
  const { recipe, path, count, sampling } = options;
  const file = path === true ? await recordingsPath(collection) : path;
  const versions = new Map(versionsOf(recipe).map((version) => [recipeId(version), version]));
  const read = file.endsWith(".sqlite") ? await ledgerRecordings(file, collection) : await readRecordings(file);
  const all = read.filter((recording) => versions.has(recording.recipe));
  const model = modelOf(all, options.model, file);
  const found = new Map<string, Recording>();
  for (const recording of all) {
    if (recording.model !== model || recording.count !== count) continue;
    const pair = pairKey(recording.query, recording.positive_id);
    const known = found.get(pair);
    if (!known || versions.get(known.recipe)!.version <= versions.get(recording.recipe)!.version) {
      found.set(pair, recording);
    }
  }
  const outcome = (input: PromptInput): Outcome => {
    const recording = found.get(pairKey(input.query, input.positiveId));
    const attributes = recording?.attributes ?? options.draw(input);
    const version = recording ? versions.get(recording.recipe)! : recipe;
    const request = modelRequest(version, input, { model, attributes, count, sampling });
    if (recording) {
      return outcomeOf(recording.attempts ?? [recordedRow(request, recording)], { request, recipe, recorded: true })
        .outcome;
    }
    const reason = `no reply of ${model} to ${request.recipe} with count ${count} in ${file}`;
    return unanswered(request, "unrecorded", reason);
  };
  const turn = turns(stopSignal(options.signal), "replaying recorded replies");
  const outcomes: Outcome[] = [];
  for (const input of inputs) {
    await turn();
    outcomes.push(outcome(input));
  }
  return outcomes;
}

/** The model whose recordings are replayed; without a name, the only one that has any. */
function modelOf(recordings: readonly Recording[], name: string | undefined, file: string): string {
  const models = [...new Set(recordings.map(({ model }) => model))];
  if (name === undefined && models.length > 1) {
    throw new ArgumentError(`model must be one of ${models.join(", ")}, which ${file} has replies of; found none`, {
      field: "model",
    });
  }
  return name ?? models[0] ?? "unknown";
}

/**
 * What became of the recordings of an import.
 *
 * @category Generation
 */
export interface RecordingCounts {
  /** Stored in the ledger. */
  stored: number;
  /** In the ledger already. */
  known: number;
  /** Not stored: the ledger has another reply to the request. */
  differs: number;
  /** Not stored: no pair of query and positive matches. */
  unmatched: number;
}

/**
 * Imports recordings into a ledger, as replies to a collection's queries and positives.
 *
 * @param recipeOf The recipe of a name with version.
 *
 * @example
 * ```ts
 * import { openLedger, recipeOf } from "@syneg/kit";
 * import { type ModelRecipe } from "./mod.ts";
 * import { importRecordings } from "./replay.ts";
 * using ledger = openLedger(":memory:");
 * console.log(importRecordings(ledger, [], [], (name) => recipeOf(name) as ModelRecipe).stored); // 0
 * ```
 *
 * @category Generation
 */
export function importRecordings(
  ledger: Ledger,
  inputs: readonly PromptInput[],
  recordings: readonly Recording[],
  recipeOf: (name: string) => ModelRecipe,
): RecordingCounts {
  const counts: RecordingCounts = { stored: 0, known: 0, differs: 0, unmatched: 0 };
  const known = new Map(inputs.map((input) => [pairKey(input.query, input.positiveId), input]));
  ledger.transaction(() => {
    for (const recording of recordings) {
      const input = known.get(pairKey(recording.query, recording.positive_id));
      if (!input) {
        counts.unmatched++;
        continue;
      }
      const request = modelRequest(recipeOf(recording.recipe), input, recording);
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

function pairKey(query: string, positiveId: string): string {
  return JSON.stringify([query, positiveId]);
}
