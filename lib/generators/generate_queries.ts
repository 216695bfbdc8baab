import { checkCollection } from "../collections/check_arguments.ts";
import type { Collection } from "../collections/types.ts";
import { ArgumentError } from "../core/errors.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { QRELS, QUERIES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { tableOf } from "../tables/table_builder.ts";
import { checkCount, modelName } from "./check_request.ts";
import { summarize } from "./generation_summary.ts";
import { type Ledger, withLedger } from "./ledger/mod.ts";
import { type ModelRequest, modelRequest, type Sampling } from "./model_request.ts";
import { documentInputs } from "./prompt_inputs.ts";
import type { ModelRecipe, Pools } from "./recipe.ts";
import { drawAttributes, modelRecipe } from "./recipes/mod.ts";
import { SEND_OPTIONS, type SendOptions } from "./send_options.ts";
import { sendRequests } from "./send_requests.ts";

/**
 * Options of {@link generateQueries}; {@link SendOptions} are those of the server and of the run.
 *
 * @category Generation
 */
export interface QueryOptions extends SendOptions {
  /** The server's name of the language model. */
  model?: string;
  /**
   * A recipe that writes queries.
   *
   * @default {"query"}
   */
  recipe?: string | ModelRecipe;
  /**
   * Queries per document.
   *
   * @default {2}
   */
  count?: number;
  /**
   * Seed of the drawn styles.
   *
   * @default {0}
   */
  seed?: number | string;
  /** Values to draw slots from. Omit for the recipe's. */
  pools?: Pools;
  /** Take only the first documents of the corpus. Omit to take all. */
  limit?: number;
  /** Decoding parameters. Omit for the server's. */
  sampling?: Sampling;
  /**
   * Ledger that stores replies.
   *
   * @default {"data/runs/ledger.sqlite"}
   */
  ledger?: string | Ledger;
}

const QUERY_OPTIONS: OptionKinds<QueryOptions> = {
  ...SEND_OPTIONS,
  model: "string",
  recipe: "string|object",
  count: "number",
  seed: "string|number",
  pools: "object",
  limit: "number",
  sampling: "object",
  ledger: "string|object",
};

/**
 * Writes queries for the documents of a collection, each with grade 1 for its document. "d1-q1" is the first query of
 * document "d1".
 *
 * @throws {ArgumentError} before anything is sent, if an option is outside its domain.
 *
 * @example
 * ```ts
 * import { generateQueries, loadCollection } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const options = { model: "llama3.1", baseURL: "http://127.0.0.1:11434/v1", ledger: ":memory:", quiet: true };
 * // Sends one request per document; a budget of 0 sends none.
 * const { queries, qrels } = await generateQueries(facets, { ...options, limit: 2, budget: { requests: 0 } });
 * console.log(queries.length, qrels.length); // 0 0
 * ```
 *
 * @category Generation
 */
export async function generateQueries(
  collection: Collection,
  options: QueryOptions = {},
): Promise<{ queries: Table<typeof QUERIES>; qrels: Table<typeof QRELS> }> {
  checkCollection("generateQueries", collection);
  checkOptions<QueryOptions>("generateQueries", options, QUERY_OPTIONS);
  const recipe = modelRecipe(options.recipe ?? "query");
  if (recipe.writes !== "queries") {
    throw new ArgumentError(`Recipe "${recipe.name}" writes ${recipe.writes}, not queries`, { field: "recipe" });
  }
  const requests = queryRequests(collection, recipe, options);
  const outcomes = await withLedger(
    options.ledger,
    (ledger) => sendRequests(requests, { ...options, recipe, ledger }),
  );
  const written = outcomes.flatMap((outcome) => {
    const kept = outcome.items.filter((item) => item.verdict === "kept");
    return kept.map((item, i) => ({ outcome, item, id: `${outcome.positiveId}-q${i + 1}` }));
  });
  const metadata = { "syneg.generation": JSON.stringify(summarize(recipe, outcomes)) };
  return {
    queries: tableOf(
      QUERIES,
      written.map(({ id, item, outcome }) => {
        const { attributes, model, key } = outcome;
        return { id, text: item.text, metadata: JSON.stringify({ ...attributes, model, ledger_key: key }) };
      }),
      { metadata },
    ),
    qrels: tableOf(
      QRELS,
      written.map(({ id, outcome }) => ({ query_id: id, doc_id: outcome.positiveId, grade: 1 })),
      { metadata },
    ),
  };
}

/**
 * The requests that {@link generateQueries} would send, in the order of the corpus.
 *
 * @throws {ArgumentError} if an option is outside its domain, or no model is named.
 *
 * @example
 * ```ts
 * import { loadCollection, recipeOf } from "@syneg/kit";
 * import { type ModelRecipe, queryRequests } from "./mod.ts";
 * const recipe = recipeOf("query") as ModelRecipe;
 * console.log(queryRequests(await loadCollection("facets"), recipe, { model: "m", limit: 3 }).length); // 3
 * ```
 *
 * @category Generation
 */
export function queryRequests(collection: Collection, recipe: ModelRecipe, options: QueryOptions): ModelRequest[] {
  checkOptions<QueryOptions>("queryRequests", options, QUERY_OPTIONS);
  const { seed = 0, pools, sampling } = options;
  const count = checkCount(options.count ?? recipe.count);
  const model = modelName(options.model);
  return documentInputs(collection, options.limit).map((input) => {
    const attributes = drawAttributes(recipe, input, { seed, pools });
    return modelRequest(recipe, input, { model, attributes, count, sampling });
  });
}
