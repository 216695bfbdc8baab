import assert from "node:assert/strict";
import { join } from "node:path";
import { ArgumentError, KitError } from "../../lib/core/mod.ts";
import * as g from "../../lib/graph/mod.ts";

const { Graph } = g;

/** Things that must fail when the graph is built, with what the message must name. */
const MISFITS: Record<string, { build: (graph: g.Graph) => unknown; says: RegExp[] }> = {
  "inner sizes": {
    build: (graph) => g.matMul(graph.parameter("a", ["tokens", 384]), graph.parameter("b", [383, 10])),
    says: [/MatMul/, /"a" float32 \[tokens, 384\]/, /"b" float32 \[383, 10\]/, /384 and 383/],
  },
  "broadcast of names": {
    build: (graph) => g.add(graph.parameter("a", ["n", 2]), graph.parameter("b", ["m", 2])),
    says: [/Add/, /\[n, 2\]/, /\[m, 2\]/],
  },
  "types": {
    build: (graph) => g.mul(graph.parameter("a", [2]), graph.input("b", { dtype: "int32", shape: [2] })),
    says: [/Mul/, /float32 \[2\]/, /int32 \[2\]/, /types differ/],
  },
  "exp of integers": {
    build: (graph) => g.exp(graph.input("a", { dtype: "int32", shape: [2] })),
    says: [/Exp/, /int32 \[2\]/, /float32/],
  },
  "gemm of three axes": {
    build: (graph) => g.gemm(graph.parameter("a", [2, 2, 2]), graph.parameter("b", [2, 2])),
    says: [/Gemm/, /\[2, 2, 2\]/],
  },
  "bias of gemm": {
    build: (graph) =>
      g.gemm(graph.parameter("a", ["n", 3]), graph.parameter("b", [3, 4]), { c: graph.parameter("c", [3]) }),
    says: [/Gemm/, /"c" float32 \[3\]/, /\[n, 4\]/],
  },
  "reshape": {
    build: (graph) => g.reshape(graph.parameter("a", [2, 3]), [4]),
    says: [/Reshape/, /6 elements/, /\[4\]/],
  },
  "reshape of names": {
    build: (graph) => g.reshape(graph.parameter("a", ["n", 6]), ["n", 5]),
    says: [/Reshape/, /\[n, 5\]/],
  },
  "permutation": {
    build: (graph) => g.transpose(graph.parameter("a", [2, 3]), [0, 0]),
    says: [/Transpose/, /\[2, 3\]/],
  },
  "concat": {
    build: (graph) => g.concat([graph.parameter("a", [2, 3]), graph.parameter("b", [2, 4])], { axis: 0 }),
    says: [/Concat/, /\[2, 3\]/, /\[2, 4\]/],
  },
  "slice": { build: (graph) => g.slice(graph.parameter("a", [2]), { axis: 0, end: 3 }), says: [/Slice/, /\[2\]/] },
  "axis": { build: (graph) => g.softmax(graph.parameter("a", [2, 2]), { axis: 2 }), says: [/Softmax/, /axis 2/] },
  "scale of normalization": {
    build: (graph) =>
      g.layerNormalization(graph.parameter("a", [2, 4]), {
        scale: graph.parameter("s", [3]),
        bias: graph.parameter("b", [4]),
      }),
    says: [/LayerNormalization/, /\[3\]/, /must be \[4\]/],
  },
  "float indices": {
    build: (graph) => g.gather(graph.parameter("a", [2]), graph.parameter("i", [1])),
    says: [/Gather/, /int32 or int64/],
  },
  "condition": {
    build: (graph) => g.where(graph.parameter("c", [2]), 1, graph.parameter("a", [2])),
    says: [/Where/, /bool/],
  },
  "unknown name": { build: (graph) => g.expand(graph.parameter("a", [1]), ["nowhere"]), says: [/"nowhere"/] },
  "two graphs": {
    build: (graph) => g.add(graph.parameter("a", [1]), new Graph().parameter("b", [1])),
    says: [/Add/, /another graph/],
  },
  "same name": { build: (graph) => [graph.parameter("a", [1]), graph.parameter("a", [2])], says: [/"a" twice/] },
  "fraction beside integers": {
    build: (graph) => g.less(graph.input("i", { dtype: "int32", shape: [2] }), 2.5),
    says: [/int32 constant must .*, found 2.5/],
  },
  "fraction beside long integers": {
    build: (graph) => g.mul(graph.input("i", { dtype: "int64", shape: [2] }), 0.5),
    says: [/int64 constant must .*, found 0.5/],
  },
  "sum of a product and product of a sum": {
    build: (graph) => {
      const [a, b] = [graph.input("a", { shape: ["a", 2] }), graph.input("b", { shape: ["b", 2] })];
      const twice = g.concat([g.reshape(a, [-1]), graph.input("c", { shape: ["b"] })], { axis: 0 });
      return g.add(g.reshape(g.concat([a, b], { axis: 0 }), [-1]), twice);
    },
    says: [/\[2\*\(a\+b\)\]/, /\[2\*a\+b\]/],
  },
  "gradient of a matrix": {
    build: (graph) => g.gradients(graph.parameter("a", [2]), []),
    says: [/gradients/, /scalar/],
  },
};

for (const [name, { build, says }] of Object.entries(MISFITS)) {
  Deno.test(`a shape or type error is raised when the graph is built: ${name}`, () => {
    assert.throws(() => build(new Graph()), (error) => {
      assert.ok(error instanceof ArgumentError, String(error));
      for (const pattern of says) assert.match(error.message, pattern);
      return true;
    });
  });
}

const value = (data: number[], shape: number[]) => ({ data: Float32Array.from(data), shape });

Deno.test("sizes, order and logic follow the shape of what is fed", async () => {
  const graph = new Graph();
  const x = graph.input("x", { shape: ["rows", 3] });
  const top = g.topK(x, { k: 2 });
  const session = await g.compile({
    shape: g.shapeOf(x),
    size: g.dimension(graph, "rows"),
    range: g.range(graph, "rows", { dtype: "int32" }),
    best: g.argMax(x),
    hot: g.oneHot(g.argMax(x), { depth: 3 }),
    values: top.values,
    indices: top.indices,
    logic: g.and(g.greater(x, 0), g.not(g.or(g.lessOrEqual(x, 1), g.equal(x, 5)))),
    joined: g.reshape(g.concat([x, x], { axis: 0 }), [-1, 2, 3]),
  });
  const found = await session.run({ x: value([3, 5, -1, 2, 0, 4], [2, 3]) });
  const plain = Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, [...data].map(Number)]));
  assert.deepEqual(plain.shape, [2, 3]);
  assert.deepEqual(plain.size, [2]);
  assert.deepEqual(plain.range, [0, 1]);
  assert.deepEqual(plain.best, [1, 2]);
  assert.deepEqual(plain.hot, [0, 1, 0, 0, 0, 1]);
  assert.deepEqual(plain.values, [5, 3, 4, 2]);
  assert.deepEqual(plain.indices, [1, 0, 2, 0]);
  assert.deepEqual(plain.logic, [1, 0, 0, 1, 0, 1]);
  assert.deepEqual(found.joined.shape, [2, 2, 3]);
  await session.dispose();
});

Deno.test("no gradient passes stopGradient; a parameter that the loss does not use has the gradient 0", async () => {
  const graph = new Graph();
  const [a, b] = [graph.parameter("a", []), graph.parameter("b", [2])];
  const [byA, byB] = g.gradients(g.mul(a, g.stopGradient(g.mul(a, a))), [a, b]);
  const session = await g.compile({ byA, byB });
  const found = await session.run({ a: value([3], []), b: value([1, 1], [2]) });
  assert.deepEqual([...found.byA.data, ...found.byB.data], [9, 0, 0]);
  await session.dispose();
});

Deno.test("equal operations are one node", () => {
  const graph = new Graph();
  const x = graph.parameter("x", ["n", 4]);
  assert.equal(g.exp(g.add(x, 1)), g.exp(g.add(x, 1)));
  assert.equal(g.transpose(g.transpose(x, [1, 0]), [1, 0]), x);
});

Deno.test("feeds are checked: missing, wrong type, wrong shape, inconsistent sizes", async () => {
  const graph = new Graph();
  const sum = g.reduceSum(g.add(graph.input("a", { shape: ["n", 2] }), graph.input("b", { shape: ["n", 1] })));
  const session = await g.compile({ sum });
  const b = value([1], [1, 1]);
  for (
    const [feeds, says] of [
      [{ b }, /without the input "a" float32 \[n, 2\]/],
      [{ a: { data: new Int32Array(2), shape: [1, 2] }, b }, /"a" .* with a Int32Array/],
      [{ a: value([1, 2, 3], [1, 3]), b }, /"a" .* \[1, 3\]: axis 1 must be 2/],
      [{ a: value([1, 2, 3], [1, 2]), b }, /3 numbers for the shape \[1, 2\]/],
      [{ a: value([1, 2, 3, 4], [2, 2]), b }, /"b" .* \[1, 1\]: axis 0 \(n\) must be 2/],
    ] as [Record<string, g.TensorValue>, RegExp][]
  ) {
    await assert.rejects(session.run(feeds), says);
  }
  assert.deepEqual([...(await session.run({ a: value([1, 2], [1, 2]), b })).sum.data], [5]);
  await session.dispose();
});

Deno.test("a session with reuseOutputs writes into the same memory again", async () => {
  const graph = new Graph();
  const session = await g.compile({ y: g.mul(graph.parameter("x", ["n"]), 2) }, { reuseOutputs: true });
  const first = (await session.run({ x: value([1, 2, 3], [3]) })).y;
  const second = (await session.run({ x: value([4, 5], [2]) })).y;
  assert.equal(first.data.buffer, second.data.buffer);
  assert.deepEqual([...second.data], [8, 10]);
  await session.dispose();
});

Deno.test("a session is disposed of at the end of its block", async () => {
  const outside: g.Session[] = [];
  {
    await using session = await g.compile({ y: g.neg(new Graph().parameter("x", [1])) });
    assert.deepEqual([...(await session.run({ x: value([1], [1]) })).y.data], [-1]);
    outside.push(session);
  }
  await assert.rejects(outside[0].run({ x: value([1], [1]) }), /Cannot compute y/);
});

Deno.test("fixed weights are not fed and must have the declared shape", async () => {
  const graph = new Graph();
  const y = g.gemm(graph.input("x", { shape: ["n", 2] }), graph.parameter("w", [3, 2]), { transB: true });
  const w = value([1, 2, 3, 4, 5, 6], [3, 2]);
  const session = await g.compile({ y }, { weights: { w, other: w } });
  assert.deepEqual(session.inputs, ["x"]);
  w.data.fill(0);
  const found = await session.run({ x: value([1, 1], [1, 2]), w });
  assert.deepEqual([...found.y.data], [3, 7, 11]);
  await session.dispose();
  await assert.rejects(g.compile({ y }, { weights: { w: value([1, 2], [1, 2]) } }), /Cannot fix w .*\[1, 2\]/);
});

Deno.test("a graph of very many nodes compiles and runs", async () => {
  const graph = new Graph();
  let y = graph.parameter("x", []);
  for (let i = 0; i < 8000; i++) y = i % 2 === 0 ? g.add(y, i) : g.sub(y, i - 1);
  const session = await g.compile({ y });
  assert.deepEqual([...(await session.run({ x: value([3], []) })).y.data], [3]);
  await session.dispose();
});

Deno.test("a missing execution provider is an error with its name", async () => {
  const y = g.neg(new Graph().parameter("x", [1]));
  await assert.rejects(g.compile({ y }, { provider: "abacus" }), /"abacus": this machine has cpu/);
  // CUDA's library is never installed with the package, so it fails wherever no one has put it there.
  try {
    await (await g.compile({ y }, { provider: "cuda" })).dispose();
  } catch (error) {
    assert.ok(error instanceof KitError);
    assert.match(error.message, /"cuda"/);
  }
});

Deno.test("a saved model has its weights, inside or beside it, and runs alone", async () => {
  const graph = new Graph();
  const x = graph.input("x", { shape: ["n", 2] });
  const y = g.gemm(x, graph.parameter("w", [3, 2]), { transB: true, c: graph.parameter("b", [3]) });
  const weights = { w: value([1, 2, 3, 4, 5, 6], [3, 2]), b: value([0.5, 0, -1], [3]) };
  const folder = await Deno.makeTempDir();
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  for (const [name, externalAbove] of [["inside.onnx", undefined], ["beside.onnx", 0]] as const) {
    const path = join(folder, name);
    await g.saveModel({ y }, { path, weights, externalAbove });
    const session = await InferenceSession.create(path);
    assert.deepEqual(session.inputNames, ["x"]);
    const found = await session.run({ x: new Tensor("float32", Float32Array.of(1, 1, 0, 2), [2, 2]) });
    assert.deepEqual([...found.y.data as Float32Array], [3.5, 7, 10, 4.5, 8, 11]);
    await session.release();
  }
  await assert.rejects(g.saveModel({ y }, { path: join(folder, "no.onnx"), weights: { w: weights.w } }), /"b"/);
  await Deno.remove(folder, { recursive: true });
});
