import { SEND_OPTIONS } from "./send_options.ts";
import { checkCollection } from "../collections/check_arguments.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError } from "../core/errors.ts";
import { QRELS, QUERIES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { tableOf } from "../tables/table_builder.ts";
import type { Collection } from "../collections/types.ts";
import { drawAttributes, modelRecipe } from "./recipes/mod.ts";
import { sendRequests } from "./send_requests.ts";
import type { SendOptions } from "./send_options.ts";
import { modelName } from "./generate.ts";
import { type Ledger, withLedger } from "./ledger/mod.ts";
import { summarize } from "./outcomes.ts";
import { modelRequest } from "./model_request.ts";
import { documentInputs } from "./prompt_inputs.ts";
import type { ModelRecipe, Pools } from "./recipe.ts";
import type { ModelRequest, Sampling } from "./model_request.ts";

/** Options of {@link generateQueries}. */
export interface QueryOptions extends SendOptions {
  /** The language model, by the server's name for it. */
  model?: string;
  /** A recipe that writes queries. @default "query" */
  recipe?: string | ModelRecipe;
  /** Queries per document. @default 2 */
  count?: number;
  /** Decides the styles that are drawn. @default 0 */
  seed?: number | string;
  /** Values to draw slots from. @default the recipe's */
  pools?: Pools;
  /** The first so many documents. @default all */
  limit?: number;
  /** How the model is to decode. */
  sampling?: Sampling;
  /** Where replies are kept. @default data/runs/ledger.sqlite */
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

/** Writes queries for the documents of a collection: "d1-q1" is the first query of "d1", which answers it with grade 1. */
export async function generateQueries(
  collection: Collection,
  options: QueryOptions = {},
): Promise<{ queries: Table<typeof QUERIES>; qrels: Table<typeof QRELS> }> {
  checkCollection("generateQueries", collection);
  checkOptions<QueryOptions>("generateQueries", options, QUERY_OPTIONS);
  const recipe = modelRecipe(options.recipe ?? "query");
  if (recipe.writes !== "queries") throw new ArgumentError(`Cannot write queries with recipe "${recipe.name}"`);
  const requests = queryRequests(collection, recipe, options);
  const outcomes = await withLedger(options.ledger, (ledger) => sendRequests(requests, recipe, ledger, options));
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

/** The requests that {@link generateQueries} would send. */
export function queryRequests(collection: Collection, recipe: ModelRecipe, options: QueryOptions): ModelRequest[] {
  checkOptions<QueryOptions>("queryRequests", options, QUERY_OPTIONS);
  const { seed = 0, pools, count = recipe.count, sampling } = options;
  if (!(Number.isInteger(count) && count >= 1)) throw new ArgumentError(`Cannot ask for ${count} queries`);
  const model = modelName(options.model);
  return documentInputs(collection, options.limit).map((subject) => {
    const attributes = drawAttributes(recipe, subject, { seed, pools });
    return modelRequest(recipe, subject, { model, attributes, count, sampling });
  });
}
