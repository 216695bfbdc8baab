import assert from "node:assert/strict";
import { random } from "../../lib/core/random.ts";
import { CORPUS } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import { bm25 } from "../../lib/retrieval/bm25.ts";

Deno.test("scores of given documents are those of the search, and 0 where no term is shared", async () => {
  const words = ["bee", "wasp", "nest", "paper", "honey", "flower", "dance", "wing"];
  const stream = random(4).fork("scores");
  const text = (most: number) =>
    Array.from({ length: 1 + stream.integer(most) }, () => words[stream.integer(8)]).join(" ");
  const corpus = tableOf(CORPUS, Array.from({ length: 60 }, (_, i) => ({ id: `d${i}`, title: "", text: text(6) })));
  const index = await bm25(corpus);
  const rows = Array.from({ length: 60 }, (_, i) => i).reverse();
  for (let i = 0; i < 200; i++) {
    const query = text(4);
    const found = new Map(index.search(query, 60).map((hit) => [hit.row, hit.score]));
    assert.deepEqual([...index.scores(query, rows)], rows.map((row) => found.get(row) ?? 0), query);
  }
});
