import assert from "node:assert/strict";
import { join } from "node:path";
import { random } from "../../mod.ts";
import {
  openVectors,
  searchVectorFile,
  searchVectors,
  type VectorPrecision,
  writeVectors,
} from "../../lib/retrieval/mod.ts";

const stream = random("vectors");
function made(length: number, dimension = 24) {
  const data = Float32Array.from({ length: length * dimension }, () => stream.normal());
  for (let row = 0; row < length; row++) {
    const own = data.subarray(row * dimension, (row + 1) * dimension);
    const norm = Math.hypot(...own);
    own.forEach((value, i) => own[i] = value / norm);
  }
  return { data, length, dimension };
}
const [vectors, queries] = [made(3000), made(20)];

function* blocks(size: number) {
  const { data, length, dimension } = vectors;
  for (let from = 0; from < length; from += size) {
    const rows = Math.min(size, length - from);
    yield { data: data.subarray(from * dimension, (from + rows) * dimension), length: rows, dimension };
  }
}

/** The best rows of a query by plain inner products. */
function plain(q: number, depth: number): number[] {
  const { dimension } = vectors;
  const scores = Array.from({ length: vectors.length }, (_, row) => {
    let sum = 0;
    for (let i = 0; i < dimension; i++) sum += vectors.data[row * dimension + i] * queries.data[q * dimension + i];
    return { row, score: sum };
  });
  return scores.sort((a, b) => b.score - a.score).slice(0, depth).map(({ row }) => row);
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(join(folder, "vectors"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Largest error of a number of a unit vector, and bytes of a vector of 24. */
const STORED: [VectorPrecision, number, number][] = [["float32", 0, 96], ["float16", 5e-4, 48], ["int8", 4e-3, 28]];

for (const [precision, error, bytes] of STORED) {
  Deno.test(`${precision}: vectors come back within their error, in files of their size, however they were cut`, () =>
    inFolder(async (folder) => {
      assert.equal(await writeVectors(folder, blocks(700), { precision }), 3000);
      assert.equal((await Deno.stat(join(folder, "vectors"))).size, 3000 * bytes);
      using file = await openVectors(folder);
      assert.deepEqual([file.length, file.dimension, file.precision, file.rescore], [3000, 24, precision, undefined]);
      const all = [...file.blocks()].flatMap(({ data }) => [...data]);
      assert.equal(all.length, vectors.data.length);
      all.forEach((value, i) => assert.ok(Math.abs(value - vectors.data[i]) <= error));
      assert.deepEqual([...file.row(1234)], all.slice(1234 * 24, 1235 * 24));
    }));
}

Deno.test("a search in float32 is exact; int8 alone is not, and with exact rescoring it is again", () =>
  inFolder(async (folder) => {
    const wanted = Array.from({ length: queries.length }, (_, q) => plain(q, 10));
    const found = async (name: string, options: object) => {
      await writeVectors(`${folder}-${name}`, blocks(1000), options);
      using file = await openVectors(`${folder}-${name}`);
      return await searchVectorFile(queries, file, { depth: 10 });
    };
    const exact = await found("exact", {});
    assert.deepEqual(exact.map(({ rows }) => [...rows]), wanted);
    const rough = await found("rough", { precision: "int8" });
    assert.notDeepEqual(rough.map(({ rows }) => [...rows]), wanted);
    const again = await found("again", { precision: "int8", rescore: "float32" });
    assert.deepEqual(again.map(({ rows }) => [...rows]), wanted);
    const whole = await searchVectors(queries, vectors, { depth: 10 });
    again.forEach(({ scores }, q) =>
      scores.forEach((score, i) => assert.ok(Math.abs(score - whole[q].scores[i]) < 1e-6))
    );
  }));

Deno.test("oversample decides how far a vector may fall and still be found", () =>
  inFolder(async (folder) => {
    await writeVectors(folder, blocks(1000), { precision: "int8", rescore: "float32" });
    using file = await openVectors(folder);
    const missed = async (oversample: number) => {
      const found = await searchVectorFile(queries, file, { depth: 100, oversample });
      return found.reduce((sum, { rows }, q) => sum + new Set(plain(q, 100)).difference(new Set(rows)).size, 0);
    };
    assert.ok(await missed(1) > 0);
    assert.equal(await missed(2), 0);
  }));

Deno.test("what cannot be stored, opened or searched is refused by name", () =>
  inFolder(async (folder) => {
    const bad = { data: Float32Array.of(1, NaN), length: 1, dimension: 2 };
    await assert.rejects(writeVectors(folder, [bad]), /Cannot write vector 0: it holds NaN/);
    await assert.rejects(writeVectors(folder, []), /Cannot write vectors: there are none/);
    await assert.rejects(writeVectors(folder, [made(2), made(2, 8)]), /vectors of 8 dimensions after ones of 24/);
    await assert.rejects(writeVectors(folder, [{ ...made(2), length: 3 }]), /3 x 24 numbers are wanted, found 48/);
    await assert.rejects(writeVectors(folder, blocks(9), { precision: "int4" as "int8" }), /Unknown precision "int4"/);
    await assert.rejects(openVectors(folder), /Cannot open vectors: the folder holds none/);
    await writeVectors(folder, blocks(1000), { precision: "int8" });
    await assert.rejects(writeVectors(folder, blocks(1000)), /a folder of this name exists/);
    {
      using file = await openVectors(folder);
      await assert.rejects(searchVectorFile(made(1, 8), file), /vectors have 24 dimensions, queries have 8/);
      await assert.rejects(searchVectorFile(queries, file, { oversample: 0.5 }), /oversample must be a number >= 1/);
    }
    await Deno.truncate(join(folder, "vectors"), 100);
    await assert.rejects(openVectors(folder), /it has 100 bytes, wanted 84000/);
  }));
