import assert from "node:assert/strict";
import { random } from "../../lib/core/random.ts";
import type { Vectors } from "../../lib/encoders/types.ts";
import { searchVectorBlocks } from "../../lib/retrieval/search_vector_blocks.ts";

/** Vectors of few different values, so that ties are common and products exact. */
function vectors(length: number, dimension: number, seed: string): Vectors {
  const stream = random(seed);
  return { data: Float32Array.from({ length: length * dimension }, () => stream.integer(5) - 2), length, dimension };
}

Deno.test("blocks of queries and documents equal a plain sort, with ties by row", async () => {
  for (
    const [queries, documents, depth, block] of [[300, 90, 7, 20], [5, 40, 100, 11], [257, 33, 33, 33], [3, 1, 1, 9]]
  ) {
    const q = vectors(queries, 4, `q${queries}`);
    const d = vectors(documents, 4, `d${documents}`);
    let next = 0;
    for await (
      const { queryBegin, queryEnd, found, rows, scores } of searchVectorBlocks(q, d, { depth, blockSize: block })
    ) {
      assert.equal(queryBegin, next);
      assert.equal(found, Math.min(depth, documents));
      for (next = queryBegin; next < queryEnd; next++) {
        const all = Array.from({ length: documents }, (_, row) => {
          let score = 0;
          for (let j = 0; j < 4; j++) score += q.data[next * 4 + j] * d.data[row * 4 + j];
          return { row, score };
        }).sort((a, b) => b.score - a.score || a.row - b.row).slice(0, found);
        const from = (next - queryBegin) * found;
        assert.deepEqual([...rows.subarray(from, from + found)], all.map(({ row }) => row));
        assert.deepEqual([...scores.subarray(from, from + found)], all.map(({ score }) => score));
      }
    }
    assert.equal(next, queries);
  }
});

Deno.test("an impossible search is an error; a cancelled one stops", async () => {
  const q = vectors(3, 4, "q");
  const first = (documents: Vectors, options: Parameters<typeof searchVectorBlocks>[2]) =>
    searchVectorBlocks(q, documents, options).next();
  await assert.rejects(() => first(vectors(3, 5, "d"), {}), /5 dimensions, queries have 4/);
  await assert.rejects(() => first(vectors(3, 4, "d"), { depth: 0 }), /depth must be an integer >= 1, found 0/);
  await assert.rejects(() => first(vectors(3, 4, "d"), { signal: AbortSignal.abort() }), { name: "CancelledError" });
});
