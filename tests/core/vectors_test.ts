import assert from "node:assert/strict";
import { dot, dotRows } from "../../lib/core/dot.ts";
import { normalizeRows } from "../../lib/core/normalize_rows.ts";
import { random } from "../../lib/core/random.ts";

Deno.test("rows are scaled to length 1 in place, rows of zeros stay", () => {
  const data = Float64Array.of(3, 4, 0, 0, -5, 12);
  assert.equal(normalizeRows(data, 2), data);
  const wanted = [3 / 5, 4 / 5, 0, 0, -5 / 13, 12 / 13];
  data.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 1e-15));
});

Deno.test("rows of 32-bit floats have length 1 up to their rounding", () => {
  const stream = random(1);
  const data = normalizeRows(Float32Array.from({ length: 300 }, () => 1e-3 * stream.normal()), 100);
  for (let row = 0; row < 3; row++) {
    assert.ok(Math.abs(dotRows({ data, dimension: 100 }, row, { data, dimension: 100 }, row) - 1) < 1e-6);
  }
});

Deno.test("dot products of vectors and of rows are sums of products", () => {
  const a = { data: Float32Array.of(1, 2, 3, 4), dimension: 2 };
  const b = { data: Float64Array.of(5, 6, 7, 8, 9, 10), dimension: 2 };
  assert.equal(dot([1, 2, 3], [4, 5, 6]), 32);
  assert.equal(dot([], []), 0);
  for (let i = 0; i < 2; i++) {
    for (let j = 0; j < 3; j++) {
      const wanted = a.data[2 * i] * b.data[2 * j] + a.data[2 * i + 1] * b.data[2 * j + 1];
      assert.equal(dotRows(a, i, b, j), wanted);
      assert.equal(dot(a.data.subarray(2 * i, 2 * i + 2), b.data.subarray(2 * j, 2 * j + 2)), wanted);
    }
  }
});
