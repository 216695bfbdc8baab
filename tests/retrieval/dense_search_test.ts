import assert from "node:assert/strict";
import { CancelledError, denseSearch, KitError, type Random, random, tableOf } from "../../mod.ts";
import { compareCodePoints } from "../../lib/core/mod.ts";
import { CORPUS } from "../../lib/tables/mod.ts";
import { searchVectors } from "../../lib/retrieval/mod.ts";
import type { Vectors } from "../../lib/encoders/types.ts";

/** Vectors of small integers: inner products are exact in float32, and ties abound. */
function integers(stream: Random, length: number, dimension: number, bound: number): Vectors {
  const data = Float32Array.from({ length: length * dimension }, () => stream.integer(2 * bound + 1) - bound);
  return { data, length, dimension };
}

/** All inner products, sorted. */
function plain(queries: Vectors, documents: Vectors, ids: readonly string[], excluded: ReadonlySet<string>[]) {
  return Array.from({ length: queries.length }, (_, q) =>
    ids.map((id, d) => {
      let score = 0;
      for (let i = 0; i < queries.dimension; i++) {
        score += queries.data[q * queries.dimension + i] * documents.data[d * queries.dimension + i];
      }
      return { id, score };
    }).filter(({ id }) => !excluded[q]?.has(id))
      .sort((a, b) => b.score - a.score || compareCodePoints(b.id, a.id)));
}

const CASES: { queries: number; documents: number; dimension: number; depth: number; block?: number }[] = [
  { queries: 3, documents: 5, dimension: 2, depth: 3 },
  { queries: 1, documents: 64, dimension: 8, depth: 64 },
  { queries: 65, documents: 1000, dimension: 16, depth: 10 },
  { queries: 2, documents: 1000, dimension: 4, depth: 1500 },
  { queries: 4, documents: 40000, dimension: 3, depth: 100 },
  { queries: 2, documents: 16384 + 63, dimension: 6, depth: 1 },
  { queries: 2, documents: 17000, dimension: 6, depth: 600 },
  { queries: 300, documents: 200, dimension: 2, depth: 5, block: 30 },
  { queries: 3, documents: 5000, dimension: 2, depth: 40, block: 64 },
];

Deno.test("the ranking equals all inner products sorted, with ties by descending id", async () => {
  for (const { depth, block, ...size } of CASES) {
    const stream = random(JSON.stringify(size));
    const queries = integers(stream, size.queries, size.dimension, 3);
    const documents = integers(stream, size.documents, size.dimension, 3);
    const ids = stream.shuffle(Array.from({ length: size.documents }, (_, i) => `d${i}`));
    const queryIds = Array.from({ length: size.queries }, (_, i) => `q${i}`);
    for (const exclude of [0, 7]) {
      const excluded = queryIds.map(() => new Set(stream.sample(ids.length, Math.min(exclude, 3)).map((i) => ids[i])));
      const wanted = plain(queries, documents, ids, excluded);
      // The best ones are excluded too, so that the bound on groups is put to the test.
      if (exclude) {
        for (let q = 0; q < wanted.length; q++) for (const { id } of wanted[q].splice(0, 2)) excluded[q].add(id);
      }
      const run = await denseSearch(queries, documents, {
        depth,
        blockSize: block,
        ids: { queries: queryIds, documents: ids },
        excluded: exclude ? new Map(queryIds.map((id, q) => [id, excluded[q]])) : undefined,
      });
      const found = queryIds.map(() => [] as { id: string; score: number }[]);
      for (const row of run.rows()) {
        const list = found[Number(row.query_id.slice(1))];
        list.push({ id: row.doc_id, score: row.score });
        assert.equal(row.rank, list.length);
      }
      assert.deepEqual(found, wanted.map((list) => list.slice(0, depth)), JSON.stringify({ ...size, depth, exclude }));
    }
  }
});

Deno.test("documents in parts give the same rows", async () => {
  const stream = random("stream");
  const queries = integers(stream, 5, 8, 4);
  const documents = integers(stream, 20000, 8, 4);
  async function* parts() {
    for (const [from, to] of [[0, 1], [1, 1], [1, 700], [700, 17500], [17500, 20000]]) {
      await Promise.resolve();
      yield { data: documents.data.subarray(from * 8, to * 8), length: to - from, dimension: 8 };
    }
  }
  assert.deepEqual(
    await searchVectors(queries, parts(), { depth: 50 }),
    await searchVectors(queries, documents, { depth: 50 }),
  );
});

Deno.test("scores of vectors of length 1 are cosines to 6 digits, negative ones included", async () => {
  const stream = random("cosines");
  const unit = (length: number): Vectors => {
    const data = Float32Array.from({ length: length * 32 }, () => stream.normal());
    for (let row = 0; row < length; row++) {
      const vector = data.subarray(row * 32, (row + 1) * 32);
      const norm = Math.hypot(...vector);
      vector.forEach((value, i) => vector[i] = value / norm);
    }
    return { data, length, dimension: 32 };
  };
  const queries = unit(3);
  const documents = unit(130);
  const found = await searchVectors(queries, documents, { depth: 130 });
  for (const [query, { rows, scores }] of found.entries()) {
    assert.equal(new Set(rows).size, 130);
    assert.ok(scores[129] < 0);
    rows.forEach((row, i) => {
      let sum = 0;
      for (let j = 0; j < 32; j++) sum += queries.data[query * 32 + j] * documents.data[row * 32 + j];
      assert.ok(Math.abs(sum - scores[i]) < 1e-6);
    });
  }
});

Deno.test("ids may be a table's column, and empty sides are valid", async () => {
  const corpus = tableOf(CORPUS, ["b", "a", "c"].map((id) => ({ id, title: "", text: "" })));
  const one = (length: number): Vectors => ({ data: new Float32Array(length).fill(1), length, dimension: 1 });
  const run = await denseSearch(one(1), one(3), { ids: { queries: ["q"], documents: corpus } });
  assert.deepEqual([...run.column("doc_id")], ["c", "b", "a"]);
  assert.equal((await denseSearch(one(0), one(3), { ids: { queries: [], documents: corpus } })).length, 0);
  assert.equal((await denseSearch(one(1), one(0), { ids: { queries: ["q"], documents: [] } })).length, 0);
});

Deno.test("mismatched sizes and cancelled work are declared errors", async () => {
  const vectors = (length: number, dimension: number): Vectors => ({
    data: new Float32Array(length * dimension),
    length,
    dimension,
  });
  const ids = { queries: ["q"], documents: ["d"] };
  await assert.rejects(denseSearch(vectors(1, 2), vectors(1, 3), { ids }), /3 dimensions, queries have 2/);
  await assert.rejects(denseSearch(vectors(2, 2), vectors(1, 2), { ids }), /2 queries and 1 query ids/);
  await assert.rejects(denseSearch(vectors(1, 2), vectors(2, 2), { ids }), /2 documents and 1 ids/);
  await assert.rejects(denseSearch(vectors(1, 2), vectors(1, 2), { ids, depth: 0 }), KitError);
  const broken = { data: new Float32Array(3), length: 1, dimension: 2 };
  await assert.rejects(denseSearch(broken, vectors(1, 2), { ids }), /must hold 1 x 2 numbers, found 3/);
  const signal = AbortSignal.abort();
  await assert.rejects(denseSearch(vectors(1, 2), vectors(1, 2), { ids, signal }), CancelledError);
});

Deno.test("documents tied beyond the depth are considered, for one query as for many", async () => {
  // Sixty documents of equal score, ids in reverse: the three greatest ids win.
  const count = 60;
  const ids = Array.from({ length: count }, (_, i) => `d${String(count - i).padStart(3, "0")}`);
  const documents = { data: new Float32Array(count).fill(1), length: count, dimension: 1 };
  for (const length of [1, 2]) {
    const queries = { data: new Float32Array(length).fill(1), length, dimension: 1 };
    const names = Array.from({ length }, (_, i) => `q${i}`);
    const run = await denseSearch(queries, documents, { depth: 3, ids: { queries: names, documents: ids } });
    for (const name of names) {
      const own = [...run.rows()].filter(({ query_id }) => query_id === name);
      assert.deepEqual(own.map(({ doc_id }) => doc_id), ["d060", "d059", "d058"]);
    }
  }
});
