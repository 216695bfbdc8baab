import assert from "node:assert/strict";
import { ArgumentError } from "../../lib/core/errors.ts";
import { random } from "../../lib/core/random.ts";
import type { Parameter } from "../../lib/encoders/types.ts";
import { createHash } from "node:crypto";
import { globalNorm, GradientSum } from "../../lib/training/optimizer/gradients.ts";
import {
  adamW,
  chain,
  clipByNorm,
  decayWeights,
  makeOptimizer,
  type OptimizerLink,
  scaleByAdam,
  scaleByGroup,
  scaleBySchedule,
} from "../../lib/training/mod.ts";
import { trainable } from "../../lib/training/optimizer/patterns.ts";
import { schedule } from "../../lib/training/optimizer/schedule.ts";
import fixture from "./fixtures/adamw.json" with { type: "json" };

function parameter(name: string, shape: number[], options: Partial<Parameter> = {}): Parameter {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  return { name, shape, data, sparse: false, decay: true, ...options };
}

// PyTorch 2.13: AdamW(lr 0.01, betas (0.9, 0.98), eps 1e-7), weight_decay 0.1 on w, none and lr 0.002 on b, gradients
// clipped to a norm of 2.5.
Deno.test("AdamW with groups and clipping equals PyTorch", () => {
  const w = parameter("w", [5, 3], { data: Float32Array.from(fixture.w) });
  const b = parameter("b", [3], { data: Float32Array.from(fixture.b), decay: false });
  const groups = [{ match: "b", rate: 0.2 }];
  const run = { learningRate: () => 0.01, clip: 2.5 };
  const optimizer = makeOptimizer([w, b], adamW(run, { beta2: 0.98, epsilon: 1e-7, weightDecay: 0.1, groups }));
  fixture.gradients.forEach(([gw, gb], i) => {
    const gradients = [
      { parameter: w, data: Float32Array.from(gw) },
      { parameter: b, data: Float32Array.from(gb) },
    ];
    const norm = globalNorm(gradients);
    assert.ok(Math.abs(norm - fixture.norms[i]) < 1e-5, `norm ${norm}, wanted ${fixture.norms[i]}`);
    optimizer.update(gradients, norm);
  });
  for (const [found, wanted] of [[w.data, fixture.final[0]], [b.data, fixture.final[1]]] as const) {
    wanted.forEach((value, i) => assert.ok(Math.abs(found[i] - value) < 1e-6, `${found[i]}, wanted ${value}`));
  }
});

Deno.test("AdamW on rows: used rows change as in a dense step, the others keep weights and moments", () => {
  const stream = random(4);
  const numbers = () => Float32Array.from({ length: 12 }, () => stream.normal());
  const start = numbers();
  const sparse = parameter("t", [4, 3], { data: start.slice(), sparse: true });
  const dense = parameter("t", [4, 3], { data: start.slice() });
  const link = adamW({ learningRate: () => 0.01 }, { weightDecay: 0.1 });
  const lazy = makeOptimizer([sparse], link);
  const full = makeOptimizer([dense], link);
  const rows = Int32Array.of(1, 3);
  for (let step = 0; step < 5; step++) {
    const gradient = numbers();
    full.update([{ parameter: dense, data: gradient }]);
    const data = Float32Array.from([...gradient.slice(3, 6), ...gradient.slice(9, 12)]);
    lazy.update([{ parameter: sparse, rows, data }]);
  }
  for (const row of [1, 3]) {
    assert.deepEqual(sparse.data.slice(3 * row, 3 * row + 3), dense.data.slice(3 * row, 3 * row + 3));
  }
  for (const row of [0, 2]) {
    assert.deepEqual(sparse.data.slice(3 * row, 3 * row + 3), start.slice(3 * row, 3 * row + 3));
    assert.deepEqual([...lazy.state.get("mean/t")!.slice(3 * row, 3 * row + 3)], [0, 0, 0]);
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
      { weightDecay: -1 },
      { weightDecay: NaN },
      { groups: [{ match: "w", rate: -1 }] },
      { groups: [{ match: "x" }] },
    ]
  ) {
    assert.throws(() => makeOptimizer(parameters, adamW({ learningRate: () => 1 }, options)), ArgumentError);
  }
  assert.throws(() => clipByNorm(-1), /clip must be a number >= 0, found -1/);
});

/** Weights after one step of a link on w = [1, 2] and a table t of two rows, of which the second has a gradient. */
function oneStep(link: OptimizerLink): number[] {
  const w = parameter("w", [2], { data: Float32Array.of(1, 2) });
  const t = parameter("t", [2, 1], { data: Float32Array.of(4, 8), sparse: true, decay: false });
  makeOptimizer([w, t], link).update([
    { parameter: w, data: Float32Array.of(2, -1) },
    { parameter: t, rows: Int32Array.of(1), data: Float32Array.of(2) },
  ]);
  return [...w.data, ...t.data];
}

Deno.test("every link by hand: without Adam, a chain is plain gradient descent", () => {
  const rate = scaleBySchedule(() => 0.5);
  assert.deepEqual(oneStep(rate), [0, 2.5, 4, 7]);
  assert.deepEqual(oneStep(chain(clipByNorm(1.5), rate)), [0.5, 2.25, 4, 7.5], "the norm 3 is halved");
  assert.deepEqual(oneStep(chain(clipByNorm(3), rate)), [0, 2.5, 4, 7]);
  assert.deepEqual(oneStep(chain(clipByNorm(0), rate)), [0, 2.5, 4, 7], "0 never clips");
  assert.deepEqual(oneStep(chain(decayWeights(0.5), rate)), [-0.25, 2, 4, 7], "weights times 1 - 0.5 * 0.5; no table");
  assert.deepEqual(oneStep(chain(decayWeights(0, [{ match: "t", weightDecay: 1 }]), rate)), [0, 2.5, 4, 3]);
  assert.deepEqual(oneStep(chain(scaleByGroup([{ match: "w", rate: 0.5 }]), rate)), [0.5, 2.25, 4, 7]);
  assert.deepEqual(oneStep(chain(rate, scaleBySchedule((step) => step * 2))), [-1, 3, 4, 6], "steps count from 1");
  const adam = oneStep(chain(scaleByAdam({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }), rate));
  [0.5, 2.5, 4, 7.5].forEach((value, i) => assert.ok(Math.abs(adam[i] - value) < 1e-6, "a first step has size 1"));
});

Deno.test("an unknown parameter is refused before any change", () => {
  const [w, other] = [parameter("w", [1]), parameter("other", [1])];
  const optimizer = makeOptimizer([w], scaleBySchedule(() => 1));
  const gradients = [w, other].map((parameter) => ({ parameter, data: Float32Array.of(1) }));
  assert.throws(() => optimizer.update(gradients), /Cannot update "other"/);
  assert.deepEqual([w.data[0], optimizer.steps], [0, 0]);
});

// Digests of the optimizer before it was a chain: weights must stay bit-identical.
Deno.test("twelve steps with clipping, warm-up, decay, groups and sparse rows give the recorded bits", () => {
  const cases = [
    {
      name: "linear",
      options: {
        weightDecay: 0.1,
        groups: [{ match: "layer.*", rate: 0.3 }, { match: "embeddings.*", weightDecay: 0.05 }],
      },
      ...{ warmup: 0.25, limit: 1 },
      digests: ["29c513166f2cc6bf55e9ee1a7b949087", "d5e4c788d11cbc6e590cb38c11e37d98"],
    },
    {
      name: "cosine",
      options: { beta1: 0.85, beta2: 0.98, epsilon: 1e-6 },
      ...{ warmup: 3, limit: 2.5 },
      digests: ["e4502899d7a198791ee738899152449d", "b537928212e92d2369a6479ecc38711c"],
    },
    {
      name: "constant",
      options: { weightDecay: 0 },
      ...{ warmup: 0, limit: 0 },
      digests: ["4ca298e4650b3458cabbdf3884a345bd", "b314c66051ead3683f34cd4dc78f97ac"],
    },
  ] as const;
  for (const { name, options, warmup, limit, digests } of cases) {
    const all = recordedParameters();
    const rate = schedule(name, { steps: 12, warmup });
    const optimizer = makeOptimizer(all, adamW({ learningRate: (step) => 0.02 * rate(step), clip: limit }, options));
    for (let step = 1; step <= 12; step++) optimizer.update(recordedGradients(step, all));
    assert.deepEqual([digest(all.map(({ data }) => data)), digest([...optimizer.state.values()])], digests, name);
  }
});

function recordedParameters(): Parameter[] {
  const stream = random(7);
  const make = (name: string, shape: number[], options: Partial<Parameter> = {}) => {
    const made = parameter(name, shape, options);
    for (let i = 0; i < made.data.length; i++) made.data[i] = stream.normal();
    return made;
  };
  return [
    make("embeddings.word", [40, 6], { sparse: true, decay: false }),
    make("layer.0.weight", [6, 5]),
    make("layer.0.bias", [5], { decay: false }),
    make("head.weight", [5, 3]),
  ];
}

function recordedGradients(step: number, all: readonly Parameter[]) {
  const stream = random(7).fork("gradient").fork(step);
  return all.map((parameter) => {
    const { name, shape, sparse } = parameter;
    const own = stream.fork(name);
    const rows = sparse ? Int32Array.from(own.sample(shape[0], 1 + own.integer(9))).sort() : undefined;
    const length = rows ? rows.length * shape[1] : parameter.data.length;
    const size = step % 3 === 0 ? 0.01 : 2;
    return { parameter, ...(rows ? { rows } : {}), data: Float32Array.from({ length }, () => size * own.normal()) };
  });
}

function digest(arrays: readonly Float32Array[]): string {
  const hash = createHash("sha256");
  for (const { buffer, byteOffset, byteLength } of arrays) hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest("hex").slice(0, 32);
}
