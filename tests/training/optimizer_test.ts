import assert from "node:assert/strict";
import { ArgumentError } from "../../lib/core/errors.ts";
import { random } from "../../lib/core/random.ts";
import type { Parameter } from "../../lib/encoders/types.ts";
import { adamW } from "../../lib/training/optimizer/adamw.ts";
import { clipFactor, globalNorm, GradientSum } from "../../lib/training/optimizer/gradients.ts";
import { trainable } from "../../lib/training/optimizer/patterns.ts";
import { schedule } from "../../lib/training/optimizer/schedule.ts";
import fixture from "./fixtures/adamw.json" with { type: "json" };

function parameter(name: string, shape: number[], options: Partial<Parameter> = {}): Parameter {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  return { name, shape, data, sparse: false, decay: true, ...options };
}

// PyTorch 2.13: AdamW(lr 0.01, betas (0.9, 0.98), eps 1e-7), weight_decay 0.1 on w, none and lr 0.002 on b, gradients
// clipped to a norm of 2.5.
Deno.test("AdamW with groups and clipping takes PyTorch's steps", () => {
  const w = parameter("w", [5, 3], { data: Float32Array.from(fixture.w) });
  const b = parameter("b", [3], { data: Float32Array.from(fixture.b), decay: false });
  const groups = [{ match: "b", rate: 0.2 }];
  const optimizer = adamW([w, b], { beta1: 0.9, beta2: 0.98, epsilon: 1e-7, decay: 0.1, groups });
  fixture.gradients.forEach(([gw, gb], i) => {
    const gradients = [
      { parameter: w, data: Float32Array.from(gw) },
      { parameter: b, data: Float32Array.from(gb) },
    ];
    const norm = globalNorm(gradients);
    assert.ok(Math.abs(norm - fixture.norms[i]) < 1e-5, `norm ${norm}, wanted ${fixture.norms[i]}`);
    optimizer.update(gradients, 0.01, clipFactor(norm, 2.5));
  });
  for (const [found, wanted] of [[w.data, fixture.final[0]], [b.data, fixture.final[1]]] as const) {
    wanted.forEach((value, i) => assert.ok(Math.abs(found[i] - value) < 1e-6, `${found[i]}, wanted ${value}`));
  }
});

Deno.test("AdamW on rows: touched rows move as a dense step would, the others keep weights and moments", () => {
  const stream = random(4);
  const numbers = () => Float32Array.from({ length: 12 }, () => stream.normal());
  const start = numbers();
  const sparse = parameter("t", [4, 3], { data: start.slice(), sparse: true });
  const dense = parameter("t", [4, 3], { data: start.slice() });
  const lazy = adamW([sparse], { decay: 0.1 });
  const full = adamW([dense], { decay: 0.1 });
  const rows = Int32Array.of(1, 3);
  for (let step = 0; step < 5; step++) {
    const gradient = numbers();
    full.update([{ parameter: dense, data: gradient }], 0.01);
    const data = Float32Array.from([...gradient.slice(3, 6), ...gradient.slice(9, 12)]);
    lazy.update([{ parameter: sparse, rows, data }], 0.01);
  }
  for (const row of [1, 3]) {
    assert.deepEqual(sparse.data.slice(3 * row, 3 * row + 3), dense.data.slice(3 * row, 3 * row + 3));
  }
  for (const row of [0, 2]) {
    assert.deepEqual(sparse.data.slice(3 * row, 3 * row + 3), start.slice(3 * row, 3 * row + 3));
    assert.deepEqual([...lazy.moments.get("t")!.mean.slice(3 * row, 3 * row + 3)], [0, 0, 0]);
  }
});

Deno.test("gradients of several runs add up, rows by their numbers", () => {
  const table = parameter("t", [5, 2], { sparse: true });
  const w = parameter("w", [2]);
  const sum = new GradientSum([table, w]);
  const run = (rows: number[], values: number[], dense: number[]) =>
    sum.add(
      new Map([
        ["t", { data: Float32Array.from(values), shape: [rows.length, 2] }],
        ["w", { data: Float32Array.from(dense), shape: [2] }],
      ]),
      new Map([["t", Int32Array.from(rows)]]),
      0.5,
    );
  for (let again = 0; again < 2; again++) {
    sum.clear();
    run([4, 1], [1, 2, 3, 4], [1, 1]);
    run([1, 0], [10, 20, 30, 40], [2, 4]);
    const [t, dense] = sum.gradients();
    assert.deepEqual([...t.rows!], [0, 1, 4]);
    assert.deepEqual([...t.data], [15, 20, 6.5, 12, 0.5, 1]);
    assert.deepEqual([...dense.data], [1.5, 2.5]);
  }
});

Deno.test("schedules rise to 1 and fall to their end", () => {
  const at = (name: "constant" | "linear" | "cosine", steps: number[]) =>
    steps.map(schedule(name, { steps: 10, warmup: 0.2 }));
  assert.deepEqual(at("constant", [1, 2, 3, 10]), [0.5, 1, 1, 1]);
  assert.deepEqual(at("linear", [1, 2, 3, 7, 10]), [0.5, 1, 1, 0.5, 0.125]);
  const cosine = at("cosine", [2, 3, 7, 10]);
  assert.deepEqual(cosine.slice(0, 2), [1, 1]);
  assert.ok(Math.abs(cosine[2] - 0.5) < 1e-12 && cosine[3] > 0 && cosine[3] < 0.05);
  assert.equal(schedule("linear", { steps: 100, warmup: 10 })(5), 0.5);
  assert.equal(schedule("linear", { steps: 1 })(1), 1);
  assert.throws(() => schedule("linaer" as "linear", { steps: 1 }), /did you mean "linear"/);
  assert.throws(() => schedule("linear", { steps: 1, warmup: -1 }), ArgumentError);
});

Deno.test("parameters are frozen by name", () => {
  const names = ["embeddings.word", "layer.0.ffn", "layer.1.ffn", "layer.10.ffn"];
  const parameters = new Map(names.map((name) => [name, parameter(name, [1])]));
  const left = (...patterns: string[]) => trainable(parameters, patterns).map(({ name }) => name);
  assert.deepEqual(left("embeddings.*", "layer.1.*"), ["layer.0.ffn", "layer.10.ffn"]);
  assert.deepEqual(left(), names);
  assert.throws(() => left("embedding.*"), /fits no parameter/);
  assert.throws(() => left("*"), /every parameter is frozen/);
});

Deno.test("settings of the optimizer outside their domain fail at once", () => {
  const parameters = [parameter("w", [1])];
  for (
    const options of [
      { beta1: 1 },
      { beta2: -0.1 },
      { epsilon: 0 },
      { decay: -1 },
      { decay: NaN },
      { groups: [{ match: "w", rate: -1 }] },
      { groups: [{ match: "x" }] },
    ]
  ) assert.throws(() => adamW(parameters, options), ArgumentError);
});
