import { SEND_OPTIONS } from "./send_options.ts";
import { checkCollection, checkNegatives } from "../collections/check_arguments.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError } from "../core/errors.ts";
import type { Passage } from "../collections/passage.ts";
import { NEGATIVES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";
import { rowsById } from "../tables/rows_by_id.ts";
import type { Collection } from "../collections/types.ts";
import { sendRequests } from "./send_requests.ts";
import { limitsOf, type SendOptions } from "./send_options.ts";
import { modelName } from "./generate.ts";
import { type Ledger, withLedger } from "./ledger/mod.ts";
import { modelRecipe } from "./recipes/mod.ts";
import { modelRequest } from "./model_request.ts";
import { promptInputs } from "./prompt_inputs.ts";
import type { Judge, Judgment } from "./judgment.ts";
import type { ModelRecipe, PromptInput } from "./recipe.ts";
import type { ModelRequest, Sampling } from "./model_request.ts";
import type { Outcome } from "./outcome.ts";

/** Options of {@link judge} and {@link modelJudge}. */
export interface JudgeOptions extends SendOptions {
  /** The language model, by the server's name for it. */
  model?: string;
  /** A recipe that writes judgements. @default "judge" */
  recipe?: string | ModelRecipe;
  /** Candidates shown in one request. @default 25 */
  batchSize?: number;
  /** Decoding parameters. @default the server's */
  sampling?: Sampling;
  /** Where replies are kept. @default data/runs/ledger.sqlite */
  ledger?: string | Ledger;
  /** Where the known positives stand. @default "train" */
  split?: string;
  /** Candidates of the first so many queries of the split. @default all */
  limit?: number;
}

const JUDGE_OPTIONS: OptionKinds<JudgeOptions> = {
  ...SEND_OPTIONS,
  model: "string",
  recipe: "string|object",
  batchSize: "number",
  sampling: "object",
  ledger: "string|object",
  split: "string",
  limit: "number",
};

const WORDS = { kept: "keep", dropped: "drop", relabeled: "relabel" } as const;

/**
 * Has a language model read every kept candidate beside its query and known positive, mined or written. Verdict and
 * reason of the table become the judge's (`judge: …`); a row the judge did not speak of keeps its verdict and says why
 * (`not judged: …`).
 */
export async function judge(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  options: JudgeOptions = {},
): Promise<Table<typeof NEGATIVES>> {
  checkNegatives("judge", negatives);
  checkCollection("judge", collection);
  checkOptions<JudgeOptions>("judge", options, JUDGE_OPTIONS);
  const groups = groupsOf(negatives, collection, options);
  const requests = groups.map(({ request }) => request);
  const outcomes = await withLedger(
    options.ledger,
    (ledger) => sendRequests(requests, judging(options), ledger, options),
  );
  const rows = [...negatives.rows()];
  for (const [g, outcome] of outcomes.entries()) {
    const words = verdictsOf(outcome, groups[g].rows.length);
    for (const [i, row] of groups[g].rows.entries()) {
      const word = words[i];
      rows[row] = typeof word === "string"
        ? { ...rows[row], reason: word }
        : { ...rows[row], verdict: word.verdict, reason: `judge: ${word.reason}` };
    }
  }
  const builder = new TableBuilder(NEGATIVES, { metadata: Object.fromEntries(negatives.metadata) });
  for (const row of rows) builder.append(row);
  return builder.finish();
}

/** The requests that {@link judge} would send: what is shown, batched, counted. */
export function judgeRequests(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  options: JudgeOptions = {},
): ModelRequest[] {
  checkOptions<JudgeOptions>("judgeRequests", options, JUDGE_OPTIONS);
  return groupsOf(negatives, collection, options).map(({ request }) => request);
}

/** Requests, each with the rows of the candidates that it shows. */
function groupsOf(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  options: JudgeOptions,
): { request: ModelRequest; rows: number[] }[] {
  const { split, limit, batchSize: batch = 25 } = options;
  if (!(Number.isInteger(batch) && batch >= 1)) throw new ArgumentError(`Cannot judge ${batch} candidates at once`);
  const recipe = judging(options);
  const known = new Map(promptInputs(collection, { split, limit }).map((subject) => [subject.queryId, subject]));
  const documents = rowsById(collection.corpus);
  const byQuery = new Map<string, { row: number; passage: Passage }[]>();
  let row = -1;
  for (const { query_id, doc_id, title, text, verdict } of negatives.rows()) {
    row++;
    if (verdict !== "kept" || !known.has(query_id)) continue;
    const at = doc_id === null ? undefined : documents.get(doc_id);
    const passage = at === undefined
      ? (text === null ? undefined : { title: title ?? "", text })
      : collection.corpus.row(at);
    if (passage) byQuery.set(query_id, [...byQuery.get(query_id) ?? [], { row, passage }]);
  }
  return [...byQuery].flatMap(([query_id, list]) =>
    Array.from({ length: Math.ceil(list.length / batch) }, (_, i) => {
      const shown = list.slice(i * batch, (i + 1) * batch);
      const subject = { ...known.get(query_id)!, candidates: shown.map(({ passage }) => passage) };
      return { request: judgeRequest(recipe, subject, options), rows: shown.map(({ row }) => row) };
    })
  );
}

/**
 * A {@link Judge} that asks a language model; a candidate it does not speak of is kept, and the reason says so. Budget
 * and rate hold for all that this judge is asked.
 */
export function modelJudge(options: JudgeOptions): Judge {
  checkOptions<JudgeOptions>("modelJudge", options, JUDGE_OPTIONS);
  const recipe = judging(options);
  modelName(options.model);
  const limits = limitsOf(options);
  return async ({ queryId, query, positive, candidates }, { signal } = {}) => {
    const subject = { queryId, query, positiveId: "", positive, candidates };
    const request = judgeRequest(recipe, subject, options);
    const [outcome] = await withLedger(
      options.ledger,
      (ledger) =>
        sendRequests([request], recipe, ledger, { quiet: true, ...options, signal: signal ?? options.signal }, limits),
    );
    return verdictsOf(outcome, candidates.length).map((word): Judgment =>
      typeof word === "string"
        ? { verdict: "keep", reason: word }
        : { verdict: WORDS[word.verdict], reason: word.reason }
    );
  };
}

function judging({ recipe = "judge" }: JudgeOptions): ModelRecipe {
  const found = modelRecipe(recipe);
  if (found.writes !== "judgments") throw new ArgumentError(`Cannot judge with recipe "${found.name}"`);
  return found;
}

function judgeRequest(recipe: ModelRecipe, subject: PromptInput, { model, sampling }: JudgeOptions): ModelRequest {
  const count = subject.candidates!.length;
  return modelRequest(recipe, subject, { model: modelName(model), attributes: {}, count, sampling });
}

/** One verdict a candidate, or why there is none. */
function verdictsOf(outcome: Outcome, count: number): ({ verdict: keyof typeof WORDS; reason: string } | string)[] {
  const words = new Map<number, { verdict: keyof typeof WORDS; reason: string }>();
  for (const { verdict, reason = "", attributes, text } of outcome.items) {
    const number = Number(attributes?.number);
    if (text !== "" && !words.has(number)) words.set(number, { verdict, reason });
  }
  return Array.from({ length: count }, (_, i) => words.get(i + 1) ?? `not judged: ${outcome.kind}: ${outcome.reason}`);
}
