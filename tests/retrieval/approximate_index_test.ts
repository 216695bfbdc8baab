import assert from "node:assert/strict";
import { CancelledError, random } from "../../mod.ts";
import { approximateIndex, searchVectors } from "../../lib/retrieval/mod.ts";

const stream = random("approximate");
function made(length: number, dimension = 32) {
  const data = Float32Array.from({ length: length * dimension }, () => stream.normal());
  for (let row = 0; row < length; row++) {
    const own = data.subarray(row * dimension, (row + 1) * dimension);
    const norm = Math.hypot(...own);
    own.forEach((value, i) => own[i] = value / norm);
  }
  return { data, length, dimension };
}
const [vectors, queries] = [made(5000), made(40)];
const exact = await searchVectors(queries, vectors, { depth: 10 });

Deno.test("the best vectors are found with their inner products; recall counts those of the exact search", async () => {
  const index = await approximateIndex([vectors], { threads: 1 });
  assert.deepEqual([index.length, index.dimension], [5000, 32]);
  const found = index.search(queries, 10);
  let shared = 0;
  found.forEach(({ rows, scores }, q) => {
    assert.equal(rows.length, 10);
    rows.forEach((row, i) => {
      let sum = 0;
      for (let k = 0; k < 32; k++) sum += vectors.data[row * 32 + k] * queries.data[q * 32 + k];
      assert.ok(Math.abs(scores[i] - sum) < 1e-5);
      assert.ok(i === 0 || scores[i] <= scores[i - 1]);
    });
    shared += new Set(rows).intersection(new Set(exact[q].rows)).size;
  });
  assert.equal(index.recall(queries, exact), shared / 400);
  assert.ok(shared / 400 > 0.9, `recall ${shared / 400}`);
});

Deno.test("blocks are one index; options change what is found", async () => {
  const blocks = [0, 1].map((half) => ({
    data: vectors.data.subarray(half * 2500 * 32, (half + 1) * 2500 * 32),
    length: 2500,
    dimension: 32,
  }));
  const whole = await approximateIndex([vectors], { threads: 1 });
  const parts = await approximateIndex(
    (async function* () {
      await Promise.resolve();
      yield* blocks;
    })(),
    { threads: 1 },
  );
  assert.deepEqual(parts.search(queries, 10), whole.search(queries, 10));
  const narrow = await approximateIndex([vectors], { threads: 1, searchExpansion: 1, connectivity: 2, expansion: 1 });
  assert.ok(narrow.recall(queries, exact) < whole.recall(queries, exact));
  const half = await approximateIndex([vectors], { threads: 1, precision: "float16" });
  assert.notDeepEqual([...half.search(queries, 1)[0].scores], [...whole.search(queries, 1)[0].scores]);
  assert.ok(Math.abs(half.recall(queries, exact) - whole.recall(queries, exact)) < 0.05);
});

Deno.test("what cannot be indexed or searched is refused by name", async () => {
  await assert.rejects(approximateIndex([]), /Cannot index vectors: there are none/);
  await assert.rejects(approximateIndex([made(2), made(2, 8)]), /vectors of 8 dimensions after ones of 32/);
  await assert.rejects(approximateIndex([vectors], { conectivity: 3 } as object), /did you mean "connectivity"/);
  await assert.rejects(
    approximateIndex([vectors], { connectivity: 1 }),
    /connectivity must be an integer >= 2, found 1/,
  );
  await assert.rejects(approximateIndex([vectors], { signal: AbortSignal.abort() }), CancelledError);
  const index = await approximateIndex([made(3)]);
  assert.throws(() => index.search(made(1, 8)), /vectors have 32 dimensions, queries have 8/);
  assert.throws(() => index.search(queries, 0), /depth must be an integer >= 1, found 0/);
  assert.equal(index.search(made(1), 10)[0].rows.length, 3);
  assert.throws(() => index.recall(queries, []), /40 queries have 0 exact results/);
});
