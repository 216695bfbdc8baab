import { checkCollection } from "../collections/check_arguments.ts";
import type { Passage } from "../collections/passage.ts";
import type { Collection } from "../collections/types.ts";
import { ArgumentError } from "../core/errors.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import type { NEGATIVES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { checkCount, modelName } from "./check_request.ts";
import { type Ledger, withLedger } from "./ledger/mod.ts";
import { type ModelRequest, modelRequest, type Sampling } from "./model_request.ts";
import { negativesTable } from "./negatives_table.ts";
import type { Outcome } from "./outcome.ts";
import { type PromptInputOptions, promptInputs } from "./prompt_inputs.ts";
import type { DrawnAttributes, ModelRecipe, Pools, PromptInput, Recipe } from "./recipe.ts";
import { collectionPools, drawAttributes, recipeOf } from "./recipes/mod.ts";
import { replay } from "./replay.ts";
import { rowPassages } from "./row_passages.ts";
import { SEND_OPTIONS, type SendOptions } from "./send_options.ts";
import { sendRequests } from "./send_requests.ts";
import { writeByRule } from "./write_by_rule.ts";

/**
 * Options of {@link generate}; {@link SendOptions} are those of the server and of the run.
 *
 * @category Generation
 */
export interface GenerateOptions extends PromptInputOptions, SendOptions {
  /**
   * Name of a recipe, with or without version, or a recipe of your own.
   *
   * @default {"syneg"}
   */
  recipe?: string | Recipe;
  /** The server's name of the language model. Omit to replay recorded replies of the only recorded model. */
  model?: string;
  /** Negatives per request. Omit for the recipe's own count, 2 for syneg. */
  count?: number;
  /**
   * Seed of the drawn attributes and of edits.
   *
   * @default {0}
   */
  seed?: number | string;
  /**
   * Characters of a passage, title first, that a rule may edit: those that an encoder reads.
   *
   * @default {Infinity}
   */
  reach?: number;
  /** Values to draw slots from, such as `{ expert: ["Law"] }`. Omit for the collection's, then the recipe's. */
  pools?: Pools;
  /** Decoding parameters, part of a request's key. Omit for the server's. */
  sampling?: Sampling;
  /** Mined negatives; recipes that rewrite candidates are shown the best-ranked kept one of each query. */
  mined?: Table<typeof NEGATIVES>;
  /**
   * Uses only recorded replies, without network or key: those of a file (JSONL, or a ledger), or of the collection if true.
   *
   * @default {false}
   */
  replay?: boolean | string;
  /**
   * Ledger that stores replies, and answers requests before they are sent.
   *
   * @default {"data/runs/ledger.sqlite"}
   */
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
 * Writes negatives for the queries of a collection. Rows are in the order of the split's queries and include dropped
 * items with the reason; {@link generationSummary} counts how the requests ended.
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
 *
 * @category Generation
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
    throw new ArgumentError(`Recipe "${recipe.name}" writes ${recipe.writes}, not negatives: use ${other}()`);
  }
  const outcomes = await written(collection, recipe, options);
  return negativesTable(recipe, outcomes);
}

async function written(collection: Collection, recipe: Recipe, options: GenerateOptions): Promise<Outcome[]> {
  const { seed = 0, reach = Infinity, replay: path, onOutcome } = options;
  if (!(reach > 0)) throw new ArgumentError(`reach must be a number > 0, found ${reach}`, { field: "reach" });
  const count = checkCount(options.count ?? recipe.count);
  if (recipe.kind === "model" && !path) {
    const requests = negativeRequests(collection, recipe, options);
    return await withLedger(options.ledger, (ledger) => sendRequests(requests, { ...options, recipe, ledger }));
  }
  const { split, positives, limit, model, sampling, signal } = options;
  const inputs = promptInputs(collection, { split, positives, limit });
  const outcomes = recipe.kind === "rule"
    ? writeByRule(collection, inputs, { recipe, count, seed, reach })
    : await replay(collection, inputs, {
      recipe,
      path: path as true | string,
      model,
      count,
      sampling,
      draw: drawer(collection, recipe, options),
      signal,
    });
  outcomes.forEach((outcome) => onOutcome?.(outcome));
  return outcomes;
}

/**
 * The requests that {@link generate} would send, in the order of the split's queries, for a preview, a batch or a count.
 *
 * @throws {ArgumentError} if an option is outside its domain, or no model is named.
 *
 * @example
 * ```ts
 * import { loadCollection, negativeRequests, recipeOf } from "@syneg/kit";
 * import { type ModelRecipe } from "./mod.ts";
 * const recipe = recipeOf("syneg") as ModelRecipe;
 * const [request] = negativeRequests(await loadCollection("facets"), recipe, { model: "m", limit: 1 });
 * console.log(request.messages.at(-1)?.content);
 * ```
 *
 * @category Generation
 */
export function negativeRequests(
  collection: Collection,
  recipe: ModelRecipe,
  options: GenerateOptions,
): ModelRequest[] {
  checkOptions<GenerateOptions>("negativeRequests", options, GENERATE_OPTIONS);
  const { sampling, split, positives, limit } = options;
  const count = checkCount(options.count ?? recipe.count);
  const model = modelName(options.model);
  const draw = drawer(collection, recipe, options);
  const mined = options.mined && bestMined(collection, options.mined);
  return promptInputs(collection, { split, positives, limit }).map((bare) => {
    const candidate = mined?.get(bare.queryId);
    const input = candidate ? { ...bare, candidates: [candidate] } : bare;
    return modelRequest(recipe, input, { model, attributes: draw(input), count, sampling });
  });
}

function drawer(
  collection: Collection,
  recipe: ModelRecipe,
  { seed = 0, pools }: GenerateOptions,
): (input: PromptInput) => DrawnAttributes {
  const known = pools ?? collectionPools(collection.name);
  return (input) => drawAttributes(recipe, input, { seed, pools: known });
}

/** The best-ranked kept passage of each query, by query id. */
function bestMined(collection: Collection, mined: Table<typeof NEGATIVES>): Map<string, Passage> {
  const passageOf = rowPassages(collection);
  const best = new Map<string, { rank: number; passage: Passage }>();
  for (const row of mined.rows()) {
    const rank = row.rank ?? Infinity;
    const passage = passageOf(row);
    if (!passage || row.verdict !== "kept" || (best.get(row.query_id)?.rank ?? Infinity) <= rank) continue;
    best.set(row.query_id, { rank, passage });
  }
  return new Map([...best].map(([queryId, { passage }]) => [queryId, { title: passage.title, text: passage.text }]));
}
