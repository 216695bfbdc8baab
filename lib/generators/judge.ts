import { checkCollection, checkNegatives } from "../collections/check_arguments.ts";
import type { Passage } from "../collections/passage.ts";
import type { Collection } from "../collections/types.ts";
import { ArgumentError } from "../core/errors.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { NEGATIVES, type Verdict } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";
import { checkCount, modelName } from "./check_request.ts";
import type { Judge, Judgment } from "./judgment.ts";
import { type Ledger, withLedger } from "./ledger/mod.ts";
import { type ModelRequest, modelRequest, type Sampling } from "./model_request.ts";
import type { Outcome } from "./outcome.ts";
import { promptInputs } from "./prompt_inputs.ts";
import type { ModelRecipe, PromptInput } from "./recipe.ts";
import { modelRecipe } from "./recipes/mod.ts";
import { rowPassages } from "./row_passages.ts";
import { limitsOf, SEND_OPTIONS, type SendOptions } from "./send_options.ts";
import { sendRequests } from "./send_requests.ts";

/**
 * Options of {@link judge} and {@link modelJudge}; {@link SendOptions} are those of the server and of the run.
 *
 * @category Generation
 */
export interface JudgeOptions extends SendOptions {
  /** The server's name of the language model. */
  model?: string;
  /**
   * A recipe that writes judgments, such as "judge" or "arhn".
   *
   * @default {"judge"}
   */
  recipe?: string | ModelRecipe;
  /**
   * Candidates per request.
   *
   * @default {25}
   */
  batchSize?: number;
  /** Decoding parameters. Omit for the server's. */
  sampling?: Sampling;
  /**
   * Ledger that stores replies.
   *
   * @default {"data/runs/ledger.sqlite"}
   */
  ledger?: string | Ledger;
  /**
   * Split of the known positives.
   *
   * @default {"train"}
   */
  split?: string;
  /** Judge only candidates of the first queries of the split. Omit to judge all. */
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
 * Has a language model judge every kept candidate, mined or written, beside its query and a known positive. Replaces
 * verdict and reason (`judge: …`) of the rows that are judged; the others keep their verdict, and the reason says why
 * (`not judged: …`).
 *
 * @throws {ArgumentError} before anything is sent, if an option is outside its domain.
 *
 * @example
 * ```ts
 * import { judge, loadCollection, mine } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const negatives = await mine(facets, { source: "random", depth: 3 });
 * const options = { model: "llama3.1", baseURL: "http://127.0.0.1:11434/v1", ledger: ":memory:", quiet: true };
 * // Sends one request per query; a budget of 0 sends none.
 * const judged = await judge(negatives, facets, { ...options, limit: 2, budget: { requests: 0 } });
 * console.log(judged.length === negatives.length); // true
 * ```
 *
 * @category Generation
 */
export async function judge(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  options: JudgeOptions = {},
): Promise<Table<typeof NEGATIVES>> {
  checkNegatives("judge", negatives);
  checkCollection("judge", collection);
  checkOptions<JudgeOptions>("judge", options, JUDGE_OPTIONS);
  const recipe = judgeRecipe(options);
  const groups = groupsOf(negatives, collection, options);
  const requests = groups.map(({ request }) => request);
  const outcomes = await withLedger(
    options.ledger,
    (ledger) => sendRequests(requests, { ...options, recipe, ledger }),
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

/**
 * The requests that {@link judge} would send, for a preview, a batch or a count.
 *
 * @throws {ArgumentError} if an option is outside its domain, or no model is named.
 *
 * @example
 * ```ts
 * import { judgeRequests } from "./mod.ts";
 * import { loadCollection, mine } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const negatives = await mine(facets, { source: "random", depth: 3 });
 * console.log(judgeRequests(negatives, facets, { model: "m", limit: 2 }).length); // 2
 * ```
 *
 * @category Generation
 */
export function judgeRequests(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  options: JudgeOptions = {},
): ModelRequest[] {
  checkOptions<JudgeOptions>("judgeRequests", options, JUDGE_OPTIONS);
  return groupsOf(negatives, collection, options).map(({ request }) => request);
}

/** Requests, each with the rows of its candidates. */
function groupsOf(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  options: JudgeOptions,
): { request: ModelRequest; rows: number[] }[] {
  const { split, limit } = options;
  const batchSize = checkCount(options.batchSize ?? 25, "batchSize");
  const recipe = judgeRecipe(options);
  const inputs = new Map(promptInputs(collection, { split, limit }).map((input) => [input.queryId, input]));
  const passageOf = rowPassages(collection);
  const byQuery = new Map<string, { row: number; passage: Passage }[]>();
  for (const [row, negative] of [...negatives.rows()].entries()) {
    if (negative.verdict !== "kept" || !inputs.has(negative.query_id)) continue;
    const passage = passageOf(negative);
    if (passage) byQuery.set(negative.query_id, [...byQuery.get(negative.query_id) ?? [], { row, passage }]);
  }
  return [...byQuery].flatMap(([queryId, list]) =>
    Array.from({ length: Math.ceil(list.length / batchSize) }, (_, i) => {
      const shown = list.slice(i * batchSize, (i + 1) * batchSize);
      const input = { ...inputs.get(queryId)!, candidates: shown.map(({ passage }) => passage) };
      return { request: judgeRequest(recipe, input, options), rows: shown.map(({ row }) => row) };
    })
  );
}

/**
 * A {@link Judge} that asks a language model. It keeps a candidate that the model does not judge, and gives the reason.
 * Budget and rate hold for all of its requests together.
 *
 * @throws {ArgumentError} if an option is outside its domain, or no model is named.
 *
 * @example
 * ```ts
 * import { modelJudge } from "@syneg/kit";
 * const ask = modelJudge({ model: "llama3.1", ledger: ":memory:", budget: { requests: 0 } });
 * const passage = (text: string) => ({ title: "", text });
 * const candidates = [passage("Bears rest in dens.")];
 * const request = { queryId: "q", query: "Do bats sleep?", positive: passage("They do."), candidates };
 * console.log((await ask(request)).map(({ verdict }) => verdict)); // [ "keep" ]
 * ```
 *
 * @category Generation
 */
export function modelJudge(options: JudgeOptions): Judge {
  checkOptions<JudgeOptions>("modelJudge", options, JUDGE_OPTIONS);
  const recipe = judgeRecipe(options);
  modelName(options.model);
  const limits = limitsOf(options);
  return async ({ queryId, query, positive, candidates }, { signal = options.signal } = {}) => {
    const input = { queryId, query, positiveId: "", positive, candidates };
    const request = judgeRequest(recipe, input, options);
    const [outcome] = await withLedger(
      options.ledger,
      (ledger) => sendRequests([request], { quiet: true, ...options, recipe, ledger, limits, signal }),
    );
    return verdictsOf(outcome, candidates.length).map((word): Judgment =>
      typeof word === "string"
        ? { verdict: "keep", reason: word }
        : { verdict: WORDS[word.verdict], reason: word.reason }
    );
  };
}

function judgeRecipe({ recipe = "judge" }: JudgeOptions): ModelRecipe {
  const found = modelRecipe(recipe);
  if (found.writes === "judgments") return found;
  throw new ArgumentError(`Recipe "${found.name}" writes ${found.writes}, not judgments`, { field: "recipe" });
}

function judgeRequest(recipe: ModelRecipe, input: PromptInput, { model, sampling }: JudgeOptions): ModelRequest {
  const count = input.candidates!.length;
  return modelRequest(recipe, input, { model: modelName(model), attributes: {}, count, sampling });
}

/** One verdict per candidate, or why there is none. */
function verdictsOf(outcome: Outcome, count: number): ({ verdict: Verdict; reason: string } | string)[] {
  const words = new Map<number, { verdict: Verdict; reason: string }>();
  for (const { verdict, reason = "", attributes, text } of outcome.items) {
    const number = Number(attributes?.number);
    if (text !== "" && !words.has(number)) words.set(number, { verdict, reason });
  }
  return Array.from({ length: count }, (_, i) => words.get(i + 1) ?? `not judged: ${outcome.kind}: ${outcome.reason}`);
}
