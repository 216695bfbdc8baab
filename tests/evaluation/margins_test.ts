import assert from "node:assert/strict";
import { compare } from "../../lib/evaluation/mod.ts";
import { percentileInterval } from "../../lib/evaluation/resample.ts";

Deno.test("the percentile interval is expanded by Hesterberg's formula (reference by scipy)", () => {
  const replicates = () => Float64Array.from({ length: 1001 }, (_, i) => i / 1000);
  // norm.cdf(sqrt(n / (n - 1)) * t.ppf(0.025, n - 1)) for n = 10 and 100
  const wanted: [number, number][] = [[10, 0.0085506], [100, 0.0230644]];
  for (const [queries, p] of wanted) {
    const [low, high] = percentileInterval(replicates(), queries, 0.05);
    assert.ok(Math.abs(low - p) < 1e-6, `${low}`);
    assert.ok(Math.abs(high - (1 - p)) < 1e-6, `${high}`);
  }
});

Deno.test("systems that differ by exactly the margin in every query are not equivalent; by less, they are", () => {
  const [a, b] = [Float64Array.of(0.5, 0.5, 0.5, 0.5), new Float64Array(4)];
  const { equivalence: at } = compare(a, b, { margin: 0.5 });
  assert.deepEqual([at!.p, at!.equivalent], [1, false]);
  const { equivalence: within } = compare(a, b, { margin: 0.6 });
  assert.deepEqual([within!.p, within!.equivalent], [0, true]);
});

for (const power of [0, 1]) {
  Deno.test(`a power of ${power} is refused`, () => {
    assert.throws(() => compare(Float64Array.of(1, 2), Float64Array.of(1, 1), { power }), /power/);
  });
}
