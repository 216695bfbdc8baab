import assert from "node:assert/strict";
import { Random, random } from "../../lib/core/random.ts";

Deno.test("a fork depends on seed and labels, not on earlier draws", () => {
  const a = random(1);
  const before = a.fork("x").bits();
  for (let i = 0; i < 100; i++) a.bits();
  assert.equal(a.fork("x").bits(), before);
  assert.notEqual(a.fork("y").bits(), before);
  assert.notEqual(random(2).fork("x").bits(), before);
});

Deno.test("a stream continues from its state", () => {
  const a = random("seed");
  a.next();
  const b = new Random(JSON.parse(JSON.stringify(a.state())));
  assert.deepEqual(Array.from({ length: 20 }, () => a.bits()), Array.from({ length: 20 }, () => b.bits()));
});

Deno.test("integers are uniform: chi-square over 10 cells stays below the 0.1 % point", () => {
  const stream = random(3);
  const counts = new Array(10).fill(0);
  const n = 100_000;
  for (let i = 0; i < n; i++) counts[stream.integer(10)]++;
  const chi2 = counts.reduce((sum, c) => sum + (c - n / 10) ** 2 / (n / 10), 0);
  assert.ok(chi2 < 27.88, `chi-square ${chi2}`);
});

Deno.test("normal draws have mean 0 and variance 1", () => {
  const stream = random(4);
  const draws = Array.from({ length: 50_000 }, () => stream.normal());
  const mean = draws.reduce((a, b) => a + b) / draws.length;
  const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
  assert.ok(Math.abs(mean) < 0.02, `mean ${mean}`);
  assert.ok(Math.abs(variance - 1) < 0.03, `variance ${variance}`);
});

Deno.test("sample draws without repetition and each subset equally often", () => {
  const stream = random(5);
  const counts = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const drawn = stream.sample(4, 2);
    assert.equal(new Set(drawn).size, 2);
    const key = drawn.sort().join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  assert.equal(counts.size, 6);
  for (const count of counts.values()) assert.ok(Math.abs(count - 1000) < 150, `${[...counts]}`);
  assert.throws(() => stream.sample(2, 3), /Cannot sample 3 of 2/);
});
