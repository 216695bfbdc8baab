import assert from "node:assert/strict";
import { loadCollection } from "../../../lib/collections/load_collection.ts";
import { hasher } from "../../../lib/core/hash.ts";
import { CORPUS, NEGATIVES } from "../../../lib/tables/schema.ts";
import { tableOf } from "../../../lib/tables/table_builder.ts";
import { batchLines, generate, judgeRequests, negativeRequests, queryRequests } from "../../../lib/generators/mod.ts";
import type { ModelRecipe, ModelRequest } from "../../../lib/generators/mod.ts";
import { recipeOf } from "../../../lib/generators/mod.ts";

/**
 * Digests of everything that is sent for the facets collection, by recipe: keys, prompts, sampling and JSON schema. A
 * ledger finds a reply by its key, so a changed digest makes every user pay again.
 */
const DIGESTS: Readonly<Record<string, readonly [requests: number, digest: string]>> = {
  syneg: [816, "7569f1fc9390a36ba45bb6f88e89c948eae4da45ef42960177876448320f613f"],
  "syneg@1": [816, "4ac2049e2a40c59c861ba11205a9300e7fa658881d997940d8ee0cbf58cfe5dd"],
  "syneg-no-attributes": [816, "d4f52bf37edb00cfc30d15ce94d20eda3546bf3e86f829e48659cc7f25dd313b"],
  "syneg-no-reflection": [816, "92328b514e0931705f4e96b19bed94c13519429853f8e885f88419ea7851b761"],
  "syneg-plain": [816, "644f9f93d48d51fdce36212c15d15fff47e7508aebbd41adde10a114eebda7e5"],
  graded: [816, "4ee25436e9176ae2359f4207be7c493c45dec73c936e53ed892bef92d563e3ed"],
  "graded@1": [816, "e8cad661dca27788f982dce7b98058bab7a1f31a2e65e2bce4dc0f8109c214e1"],
  granular: [816, "c77f10a3494dad464079e6d55059a8eaae0b819034b9360f948a74f3f2e39730"],
  "granular@1": [816, "f8c98edbd0909d52aba915a7b09eb0ca82875272c4a1ebe56ffee51d3d23a0b1"],
  counterfactual: [816, "1a9e38093e5e80ae18ab0be8160d3e0f9faaff9003f742dd8dfd185acb6304c7"],
  "counterfactual@1": [816, "64985f026785f88d67585b77d7b8a74343d0239621707c00be115281de4cd8c7"],
  query: [756, "4a28278c00f7844d71078e09e5e6f8a9b5e46d7490e5599e29d6ce73a1b627c6"],
  "query@1": [756, "da0823b790ce940fe2dc374513241bc1244065fbca6f445248170ed7033623ee"],
  judge: [653, "24b95eb29b5038a149769008b839875f5961d83a0b070a2d00d541ce4a359440"],
  "judge@1": [653, "bfee3867c03835c79c0b3248b1989f4e544cd01aa9fff02ba5c0cbf771413ac4"],
  arhn: [653, "246eb284bf1787819c7fed44ea1de3888550f66a094e87dd4168acdd59d5f4ed"],
  "drg-query": [816, "13482047c9288a08b66a6eecbe35bc84c210dbc48edf48ddfaf36042fca6dd6b"],
  "drg-passage": [816, "d75a7eab78dfd19c306472c23b99df0c23f53528c29928fab46adae857efd4f3"],
  edit: [1626, "8987e8e7ce4fdc01fc2fe4062d76ff3b12e8a516bdf8226752f85fdb813603b1"],
};

const facets = await loadCollection("facets");
/** Titles that end in a mark are what versions 1 and 2 of a recipe show differently. */
const corpus = tableOf(
  CORPUS,
  [...facets.corpus.rows()].map((row, i) => i % 5 ? row : { ...row, title: `${row.title}?` }),
);
const marked = { ...facets, corpus };
const options = { model: "m", seed: 7, sampling: { temperature: 0.7, max_tokens: 900 } };

/** Every third positive as a candidate of the query before: any rows will do, as long as they are the same each time. */
const mined = tableOf(
  NEGATIVES,
  [...facets.qrels.train.rows()].map(({ query_id }, i, rows) => ({
    query_id,
    doc_id: rows[(i + 1) % rows.length].doc_id,
    source: "bm25" as const,
    rank: 1 + i % 3,
    verdict: i % 5 === 4 ? "dropped" as const : "kept" as const,
  })),
);

function requestsOf(recipe: ModelRecipe): ModelRequest[] {
  if (recipe.writes === "queries") return queryRequests(marked, recipe, options);
  if (recipe.writes === "negatives") return negativeRequests(marked, recipe, { ...options, mined, positives: 2 });
  return judgeRequests(mined, marked, { model: "m", sampling: options.sampling, recipe });
}

for (
  const name of [
    "syneg",
    "syneg@1",
    "syneg-no-attributes",
    "syneg-no-reflection",
    "syneg-plain",
    "graded",
    "graded@1",
    "granular",
    "granular@1",
    "counterfactual",
    "counterfactual@1",
    "query",
    "query@1",
    "judge",
    "judge@1",
    "arhn",
    "drg-query",
    "drg-passage",
  ]
) {
  Deno.test(`${name}: the requests for facets have the recorded bytes`, () => {
    const recipe = recipeOf(name) as ModelRecipe;
    const requests = requestsOf(recipe);
    const hash = hasher();
    for (const { key, recipe } of requests) hash.update(key).update(recipe);
    for (const line of batchLines(requests, recipe)) hash.update(line);
    assert.deepEqual([requests.length, hash.digest()], DIGESTS[name]);
  });
}

Deno.test("edit: the passages for facets have the recorded bytes", async () => {
  const hash = hasher();
  let rows = 0;
  for (
    const { query_id, title, text, rank, recipe, verdict, reason }
      of (await generate(facets, { recipe: "edit", seed: 7 })).rows()
  ) {
    hash.update(JSON.stringify([query_id, title, text, rank, recipe, verdict, reason]));
    rows++;
  }
  assert.deepEqual([rows, hash.digest()], DIGESTS.edit);
});
