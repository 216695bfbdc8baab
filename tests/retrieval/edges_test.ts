import assert from "node:assert/strict";
import { analyze, bm25, fuse, searchVectors } from "../../lib/retrieval/mod.ts";
import { CORPUS, RUN, tableOf } from "../../lib/tables/mod.ts";

Deno.test("a document without a term changes no score, as in Lucene", async () => {
  const rows = [{ id: "a", title: "", text: "bees make honey" }, { id: "b", title: "", text: "wasps make nests" }];
  const empty = { id: "c", title: "", text: "..." };
  const scores = async (all: typeof rows) => {
    const index = await bm25(tableOf(CORPUS, all));
    return index.search("honey make", 5).map(({ row, score }) => [row, score]);
  };
  assert.deepEqual(await scores([...rows, empty]), await scores(rows));
});

Deno.test("an underscore after an ideograph starts a new word (UAX 29)", () => {
  assert.deepEqual(analyze("漢_a"), ["漢", "_a"]);
});

for (const k of [-1, Infinity, NaN]) {
  Deno.test(`fusing with k = ${k} is refused`, () => assert.throws(() => fuse([tableOf(RUN, [])], { k }), /k/));
}

for (const options of [{ batchSize: 0 }, { batchSize: 1.5 }, { blockSize: 0 }, { blockSize: 0.5 }, { depth: 0 }]) {
  Deno.test(`a search with ${JSON.stringify(options)} is refused`, async () => {
    const vectors = { data: Float32Array.of(1, 0), length: 1, dimension: 2 };
    await assert.rejects(searchVectors(vectors, vectors, options), /must be an integer >= 1/);
  });
}
