import { SEND_OPTIONS } from "./send_options.ts";
import { checkCollection } from "../collections/check_arguments.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError } from "../core/errors.ts";
import type { Passage } from "../collections/passage.ts";
import type { NEGATIVES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { rowsById } from "../tables/rows_by_id.ts";
import type { Collection } from "../collections/types.ts";
import { collectionPools, drawAttributes, recipeOf } from "./recipes/mod.ts";
import { sendRequests } from "./send_requests.ts";
import type { SendOptions } from "./send_options.ts";
import { writeByRule } from "./edit.ts";
import { type Ledger, withLedger } from "./ledger/mod.ts";
import { negativesTable } from "./outcomes.ts";
import { replay } from "./replay.ts";
import { modelRequest } from "./model_request.ts";
import { type PromptInputOptions, promptInputs } from "./prompt_inputs.ts";
import type { ModelRecipe, Pools, PromptInput, Recipe } from "./recipe.ts";
import type { ModelRequest, Sampling } from "./model_request.ts";
import type { Outcome } from "./outcome.ts";

/** Options of {@link generate}; those of the server and of the run's speed are {@link SendOptions}. */
export interface GenerateOptions extends PromptInputOptions, SendOptions {
  /** Name, with or without version, or a recipe of your own. @default "syneg" */
  recipe?: string | Recipe;
  /** The language model, by the server's name for it; may be left out when replies are replayed. */
  model?: string;
  /** Negatives per request. @default the recipe's, 2 for syneg */
  count?: number;
  /** Decides the attributes that are drawn, and the edits. @default 0 */
  seed?: number | string;
  /**
   * Characters of a passage, its title first, within which a rule may change something: what an encoder will read.
   * @default all
   */
  reach?: number;
  /** Values to draw slots from, such as `{ expert: ["Law"] }`. @default the collection's, then the recipe's */
  pools?: Pools;
  /** Decoding parameters; part of a request's identity. @default the server's */
  sampling?: Sampling;
  /** Mined negatives: the best-ranked kept one of a query is shown to recipes that rewrite candidates. */
  mined?: Table<typeof NEGATIVES>;
  /** Use recorded replies only, without network or key: a file, or true for the collection's own. @default false */
  replay?: boolean | string;
  /** Where replies are kept, and looked up before anything is sent. @default data/runs/ledger.sqlite */
  ledger?: string | Ledger;
}

const GENERATE_OPTIONS: OptionKinds<GenerateOptions> = {
  split: "string",
  positives: "number",
  limit: "number",
  ...SEND_OPTIONS,
  recipe: "string|object",
  model: "string",
  count: "number",
  seed: "string|number",
  reach: "number",
  pools: "object",
  sampling: "object",
  mined: "object",
  replay: "string|boolean",
  ledger: "string|object",
};

/**
 * Writes negatives for the queries of a collection.
 *
 * Rows stand in the order of the split's queries, dropped items among them with their reason; how the requests ended is
 * counted in {@link generationSummary}.
 *
 * @throws {ArgumentError} before anything is sent, if an option is outside its domain.
 *
 * @example
 * ```ts
 * import { generate, generationSummary, loadCollection } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const negatives = await generate(facets, { recipe: "syneg", replay: true });
 * console.log(negatives.length, generationSummary(negatives));
 * ```
 */
export async function generate(
  collection: Collection,
  options: GenerateOptions = {},
): Promise<Table<typeof NEGATIVES>> {
  checkCollection("generate", collection);
  checkOptions<GenerateOptions>("generate", options, GENERATE_OPTIONS);
  const recipe = typeof options.recipe === "object" ? options.recipe : recipeOf(options.recipe ?? "syneg");
  if (recipe.writes !== "negatives") {
    const other = recipe.writes === "queries" ? "generateQueries" : "judge";
    throw new ArgumentError(`Cannot generate negatives with recipe "${recipe.name}": use ${other}()`);
  }
  const outcomes = await written(collection, recipe, options);
  return negativesTable(recipe, outcomes);
}

async function written(collection: Collection, recipe: Recipe, options: GenerateOptions): Promise<Outcome[]> {
  const { seed = 0, reach = Infinity, replay: path, onOutcome } = options;
  if (!(reach > 0)) throw new ArgumentError(`Cannot write within ${reach} characters: wanted more than 0`);
  const count = itemCount(options.count ?? recipe.count);
  if (recipe.kind === "model" && !path) {
    const requests = negativeRequests(collection, recipe, options);
    return await withLedger(options.ledger, (ledger) => sendRequests(requests, recipe, ledger, options));
  }
  const { split, positives, limit } = options;
  const list = promptInputs(collection, { split, positives, limit });
  const outcomes = recipe.kind === "rule"
    ? writeByRule(collection, list, { recipe, count, seed, reach })
    : await replay(collection, list, path as true | string, {
      ...options,
      recipe,
      count,
      draw: drawer(collection, recipe, options),
    });
  outcomes.forEach((outcome) => onOutcome?.(outcome));
  return outcomes;
}

/**
 * The requests that {@link generate} would send, in the order of the split's queries: what is shown, batched, counted.
 *
 * @throws {ArgumentError} if an option is outside its domain, or nothing names the model.
 */
export function negativeRequests(
  collection: Collection,
  recipe: ModelRecipe,
  options: GenerateOptions,
): ModelRequest[] {
  checkOptions<GenerateOptions>("negativeRequests", options, GENERATE_OPTIONS);
  const { sampling, split, positives, limit } = options;
  const count = itemCount(options.count ?? recipe.count);
  const model = modelName(options.model);
  const draw = drawer(collection, recipe, options);
  const mined = options.mined && bestMined(collection, options.mined);
  return promptInputs(collection, { split, positives, limit }).map((bare) => {
    const candidate = mined?.get(bare.queryId);
    const subject = candidate ? { ...bare, candidates: [candidate] } : bare;
    return modelRequest(recipe, subject, { model, attributes: draw(subject), count, sampling });
  });
}

function drawer(collection: Collection, recipe: ModelRecipe, { seed = 0, pools }: GenerateOptions) {
  const own = pools ?? collectionPools(collection.name);
  return (subject: PromptInput) => drawAttributes(recipe, subject, { seed, pools: own });
}

/** A model's name, or an {@link ArgumentError}. */
export function modelName(model: string | undefined): string {
  if (!model) throw new ArgumentError("Cannot ask a model: name one (model), or replay recorded replies (replay)");
  return model;
}

function itemCount(count: number): number {
  if (Number.isInteger(count) && count >= 1) return count;
  throw new ArgumentError(`Cannot ask for ${count} negatives: the count is an integer from 1`);
}

/** Query id -> its best-ranked mined passage that was kept. */
function bestMined(collection: Collection, mined: Table<typeof NEGATIVES>): Map<string, Passage> {
  const rows = rowsById(collection.corpus);
  const best = new Map<string, { rank: number; passage: Passage }>();
  for (const { query_id, doc_id, title, text, verdict, rank } of mined.rows()) {
    const row = doc_id === null ? undefined : rows.get(doc_id);
    const passage = row === undefined
      ? (text === null ? undefined : { title: title ?? "", text })
      : collection.corpus.row(row);
    if (!passage || verdict !== "kept" || (best.get(query_id)?.rank ?? Infinity) <= (rank ?? Infinity)) continue;
    best.set(query_id, { rank: rank ?? Infinity, passage });
  }
  return new Map([...best].map(([query_id, { passage }]) => [query_id, { title: passage.title, text: passage.text }]));
}
