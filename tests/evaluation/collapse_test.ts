import assert from "node:assert/strict";
import { effectiveRank, separability } from "../../lib/evaluation/mod.ts";
import { random } from "../../lib/core/random.ts";

const vectors = (rows: readonly (readonly number[])[]) => ({
  data: Float32Array.from(rows.flat()),
  length: rows.length,
  dimension: rows[0].length,
});

Deno.test("effective rank by hand: one way, two ways, and shares of singular values", () => {
  assert.ok(Math.abs(effectiveRank(vectors([[1, 1], [2, 2], [3, 3]])) - 1) < 1e-6);
  assert.ok(Math.abs(effectiveRank(vectors([[1, 0, 0], [0, 2, 0], [0, 0, 3]])) - 3) < 1e-6);
  // Unit vectors at 60 degrees: Gram matrix [[1, .5], [.5, 1]], singular values sqrt(1.5) and sqrt(0.5).
  const values = [Math.sqrt(1.5), Math.sqrt(0.5)];
  const sum = values[0] + values[1];
  const wanted = Math.exp(-values.reduce((all, v) => all + v / sum * Math.log(v / sum), 0));
  assert.ok(Math.abs(effectiveRank(vectors([[1, 0], [0.5, Math.sqrt(0.75)]])) - wanted) < 1e-6);
  const stream = random(2);
  const wide = Array.from({ length: 6 }, () => Array.from({ length: 9 }, () => stream.normal()));
  const tall = Array.from({ length: 40 }, () => Array.from({ length: 5 }, () => stream.normal()));
  assert.ok(effectiveRank(vectors(wide)) > 5 && effectiveRank(vectors(wide)) <= 6);
  assert.ok(effectiveRank(vectors(tall)) > 4.5 && effectiveRank(vectors(tall)) <= 5);
  assert.throws(
    () => effectiveRank({ data: new Float32Array(0), length: 0, dimension: 3 }),
    /at least 1 vector, found 0/,
  );
});

Deno.test("separability is chance for one cloud, 1 for two, and in between where they overlap", () => {
  const stream = random(5);
  const cloud = (count: number, shift: number) =>
    vectors(
      Array.from({ length: count }, () => Array.from({ length: 8 }, (_, k) => stream.normal() + (k === 0 ? shift : 0))),
    );
  assert.ok(Math.abs(separability(cloud(400, 0), cloud(400, 0)) - 0.5) < 0.08);
  assert.ok(separability(cloud(200, 9), cloud(200, -9)) > 0.999);
  const some = separability(cloud(400, 0.8), cloud(400, 0));
  assert.ok(some > 0.6 && some < 0.9, String(some));
  assert.throws(
    () => separability(cloud(3, 0), cloud(9, 0)),
    /both need 4 vectors of one dimension, found 3 x 8 and 9 x 8/,
  );
});
