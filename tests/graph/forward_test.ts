import assert from "node:assert/strict";
import * as g from "../../lib/graph/mod.ts";

type Nested = number | Nested[];

/** Values of a matrix of three axes: 2 x 3 x 4. */
const X = [[[3, -1, 4, 1], [-5, 9, 2, -6], [5, 3, -5, 8]], [[9, 7, -9, 3], [2, -3, 8, 4], [-6, 2, 6, 4]]];

/** What NumPy gives for X, by operation. */
const FORWARD: Record<string, { build: (x: g.Tensor) => g.Tensor; wanted: Nested }> = {
  "argMax of the last axis": { build: (x) => g.argMax(x), wanted: [[2, 1, 3], [0, 2, 2]] },
  "argMax of axis 0": { build: (x) => g.argMax(x, { axis: 0 }), wanted: [[1, 1, 0, 1], [1, 0, 1, 1], [0, 0, 1, 0]] },
  "argMax of axis 1": { build: (x) => g.argMax(x, { axis: 1 }), wanted: [[2, 1, 0, 2], [0, 0, 1, 1]] },
  "reduceSum of axis 1": { build: (x) => g.reduceSum(x, { axes: [1] }), wanted: [[3, 11, 1, 3], [5, 6, 5, 11]] },
  "reduceMax, kept": {
    build: (x) => g.reduceMax(x, { axes: [2], keepDims: true }),
    wanted: [[[4], [9], [8]], [[9], [8], [6]]],
  },
  "slice from the end": {
    build: (x) => g.slice(x, { axis: 2, start: -2 }),
    wanted: X.map((m) => m.map((r) => r.slice(-2))),
  },
  "slice to the end": {
    build: (x) => g.slice(x, { axis: 1, start: 1, end: -1 }),
    wanted: X.map((m) => m.slice(1, -1)),
  },
  "transpose": {
    build: (x) => g.reduceSum(g.transpose(x, [2, 0, 1]), { axes: [2] }),
    wanted: [[3, 5], [11, 6], [1, 5], [3, 11]],
  },
  "concat": { build: (x) => g.concat([x, x], { axis: 0 }), wanted: [...X, ...X] },
  "split": { build: (x) => g.split(x, { axis: 2, sizes: [1, 3] })[1], wanted: X.map((m) => m.map((r) => r.slice(1))) },
  "clip": { build: (x) => g.clip(x, { min: -1, max: 4 }), wanted: map(X, (v) => Math.min(4, Math.max(-1, v))) },
  "clip below": { build: (x) => g.clip(x, { min: 0 }), wanted: map(X, (v) => Math.max(0, v)) },
  "abs": { build: (x) => g.abs(x), wanted: map(X, Math.abs) },
  "zero added": { build: (x) => g.add(0, x), wanted: X },
  "added to zero": { build: (x) => g.add(x, 0), wanted: X },
  "a number less x": { build: (x) => g.sub(1, x), wanted: map(X, (v) => 1 - v) },
  "a number over x": { build: (x) => g.div(36, x), wanted: map(X, (v) => Math.fround(36 / v)) },
  "maximum of a number": { build: (x) => g.maximum(2, x), wanted: map(X, (v) => Math.max(2, v)) },
  "squeezed": { build: (x) => g.squeeze(g.unsqueeze(x, [1]), [1]), wanted: X },
};

for (const [name, { build, wanted }] of Object.entries(FORWARD)) {
  Deno.test(`graph, forward: ${name}`, async () => {
    const graph = new g.Graph();
    const x = graph.input("x", { shape: ["batch", 3, 4] });
    const result = build(x);
    const session = await g.compile({ result }, { threads: 1 });
    try {
      const flat = Float32Array.from((X as number[][][]).flat(2));
      const { data, shape } = (await session.run({ x: { data: flat, shape: [2, 3, 4] } })).result;
      assert.deepEqual(shape, shapeOf(wanted));
      assert.deepEqual(Array.from(data, Number), [wanted].flat(9));
    } finally {
      await session.dispose();
    }
  });
}

Deno.test("feeds of the wrong rank, size, type or count are refused by name", async () => {
  const graph = new g.Graph();
  const session = await g.compile({ y: g.exp(graph.input("x", { shape: ["n", 2] })) }, { threads: 1 });
  try {
    const wrong: [g.Feeds, RegExp][] = [
      [{}, /Cannot run without the input "x"/],
      [{ x: { data: new Float32Array(2), shape: [2] } }, /Cannot feed "x" float32 \[n, 2\] with the shape \[2\]/],
      [{ x: { data: new Float32Array(4), shape: [1, 2, 2] } }, /with the shape \[1, 2, 2\]/],
      [{ x: { data: new Float32Array(3), shape: [1, 3] } }, /axis 1 must be 2/],
      [{ x: { data: new Float32Array(3), shape: [1, 2] } }, /3 numbers for the shape \[1, 2\]/],
      [{ x: { data: new Int32Array(2), shape: [1, 2] } }, /with a Int32Array/],
    ];
    for (const [feeds, message] of wrong) await assert.rejects(session.run(feeds), message);
  } finally {
    await session.dispose();
  }
});

Deno.test("the slope of abs at 0 is 0, and a scalar has no axis to normalize", async () => {
  const graph = new g.Graph();
  const x = graph.parameter("x", [3]);
  const [slope] = g.gradients(g.reduceSum(g.abs(x)), [x]);
  const session = await g.compile({ slope }, { threads: 1 });
  const { data } = (await session.run({ x: { data: Float32Array.of(-2, 0, 3), shape: [3] } })).slope;
  assert.deepEqual(Array.from(data, Number), [-1, 0, 1]);
  await session.dispose();
  const scalar = graph.parameter("scalar", []);
  const one = graph.parameter("one", [1]);
  assert.throws(() => g.layerNormalization(scalar, { scale: one, bias: one }), /at least one axis/);
});

Deno.test("rotate rotates pairs of numbers by the angle of their position", async () => {
  const graph = new g.Graph();
  const x = graph.input("x", { shape: [1, 2, "length", 4] });
  const angles = graph.input("angles", { shape: ["length", 2] });
  const session = await g.compile({ y: g.rotate(x, { cos: g.cos(angles), sin: g.sin(angles) }) }, { threads: 1 });
  const data = Float32Array.from({ length: 24 }, (_, i) => Math.sin(i));
  const turn = Float32Array.of(0, 0, 0.3, 1, 0.6, 2);
  const { y } = await session.run({ x: { data, shape: [1, 2, 3, 4] }, angles: { data: turn, shape: [3, 2] } });
  data.forEach((v, i) => {
    const [place, pair, second] = [Math.floor(i / 4) % 3, i % 2, i % 4 >= 2];
    const angle = turn[2 * place + pair];
    const other = data[second ? i - 2 : i + 2];
    const wanted = v * Math.cos(angle) + (second ? other : -other) * Math.sin(angle);
    assert.ok(Math.abs(Number(y.data[i]) - wanted) < 1e-6, `number ${i}`);
  });
  await session.dispose();
  assert.throws(
    () => g.rotate(x, { cos: angles, sin: graph.input("wide", { shape: ["length", 4] }) }),
    /\[length, 2\]/,
  );
});

function map(value: Nested, change: (v: number) => number): Nested {
  return Array.isArray(value) ? value.map((part) => map(part, change)) : change(value);
}

function shapeOf(value: Nested): number[] {
  return Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : [];
}
