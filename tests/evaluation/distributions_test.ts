import assert from "node:assert/strict";
import { random } from "../../lib/core/mod.ts";
import { drawStudent, normalCdf, studentCdf, studentQuantile } from "../../lib/evaluation/distributions.ts";
import fixture from "../fixtures/student.json" with { type: "json" };

const close = (found: number, wanted: number, tolerance: number, what: string) =>
  assert.ok(
    Math.abs(found - wanted) <= tolerance * Math.max(1e-8, Math.abs(wanted)),
    `${what}: ${found}, not ${wanted}`,
  );

Deno.test("Student's t and the normal distribution have SciPy's values", () => {
  for (const [t, df, wanted] of fixture.cdf) close(studentCdf(t, df), wanted, 1e-9, `cdf of ${t}, df ${df}`);
  for (const [p, df, wanted] of fixture.quantile) {
    close(studentQuantile(p, df), wanted, 1e-8, `quantile ${p}, df ${df}`);
  }
  for (const [z, wanted] of fixture.normal) close(normalCdf(z), wanted, 1e-9, `normal cdf of ${z}`);
  assert.deepEqual([studentCdf(Infinity, 3), studentCdf(-Infinity, 3)], [1, 0]);
  assert.deepEqual([studentQuantile(0, 3), studentQuantile(1, 3)], [-Infinity, Infinity]);
  assert.ok(Number.isNaN(studentQuantile(1.5, 3)));
});

for (const df of [0.7, 1, 1.5, 4, 30]) {
  Deno.test(`draws from Student's t with ${df} degrees of freedom follow its distribution`, () => {
    const stream = random("student").fork(df);
    const count = 4000;
    const draws = Float64Array.from({ length: count }, () => drawStudent(stream, df)).sort();
    let distance = 0;
    draws.forEach((value, i) => {
      const p = studentCdf(value, df);
      distance = Math.max(distance, Math.abs(p - i / count), Math.abs(p - (i + 1) / count));
    });
    // Kolmogorov-Smirnov at p = 0.001.
    assert.ok(distance < 1.95 / Math.sqrt(count), `${distance}`);
  });
}
