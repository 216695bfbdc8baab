import assert from "node:assert/strict";
import { alignment, random, uniformity } from "../../mod.ts";

/** Random vectors of any length, as plain rows and as the kit takes them. */
function vectors(length: number, dimension: number, seed: string) {
  const stream = random(seed);
  const rows = Array.from({ length }, () => Array.from({ length: dimension }, () => 3 * stream.normal()));
  return { rows, vectors: { data: Float32Array.from(rows.flat()), length, dimension } };
}

const unit = (v: readonly number[]) => v.map((x) => x / Math.hypot(...v));
const squared = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0);

Deno.test("alignment and uniformity equal their written-out definitions", () => {
  for (const [length, dimension] of [[2, 1], [2, 3], [7, 5], [40, 8]]) {
    const a = vectors(length, dimension, `a ${length}`);
    const b = vectors(length, dimension, `b ${length}`);
    const aligned = a.rows.reduce((sum, row, i) => sum + squared(unit(row), unit(b.rows[i])), 0) / length;
    assert.ok(Math.abs(alignment(a.vectors, b.vectors) - aligned) < 1e-5);
    const pairs = a.rows.flatMap((x, i) => a.rows.slice(0, i).map((y) => Math.exp(-2 * squared(unit(x), unit(y)))));
    const spread = Math.log(pairs.reduce((sum, value) => sum + value) / pairs.length);
    assert.ok(Math.abs(uniformity(a.vectors) - spread) < 1e-5);
  }
  assert.throws(() => uniformity(vectors(1, 3, "one").vectors), /uniformity needs at least 2 vectors, found 1/);
});
