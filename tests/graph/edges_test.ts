import assert from "node:assert/strict";
import * as g from "../../lib/graph/mod.ts";

const value = (data: number[], shape: number[]) => ({ data: Float32Array.from(data), shape });

/** Computes outputs, as plain numbers. */
async function numbers(
  outputs: Record<string, g.Tensor>,
  feeds: g.Feeds,
  options: Parameters<typeof g.compile>[1] = {},
): Promise<Record<string, number[]>> {
  const session = await g.compile(outputs, options);
  const found = await session.run(feeds);
  const plain = Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, [...data].map(Number)]));
  await session.dispose();
  return plain;
}

const [x, w] = [value([1, 2, 3, 4], [2, 2]), value([1, 1, 2, 2], [2, 2])];

/** What is differentiated by, and of what. */
const FOLDED: Record<string, (x: g.Tensor, w: g.Tensor) => [by: g.Tensor, of: g.Tensor]> = {
  "reshape of a reshape": (x) => {
    const flat = g.reshape(x, [4]);
    return [flat, g.reshape(flat, [1, 4])];
  },
  "reshape back": (x) => {
    const flat = g.reshape(x, [4]);
    return [flat, g.reshape(flat, [2, 2])];
  },
  "transpose of a transpose": (x) => {
    const turned = g.transpose(x, [1, 0]);
    return [turned, g.transpose(turned, [1, 0])];
  },
  "factor of a matrix product": (x, w) => {
    const half = g.mul(x, 0.5);
    return [half, g.matMul(half, w)];
  },
  "factor of a matrix product that is used elsewhere too": (x, w) => {
    const half = g.mul(x, 0.5);
    return [half, g.add(g.gemm(half, w), half)];
  },
  "something else": (x, w) => [g.exp(w), x],
};

for (const [name, build] of Object.entries(FOLDED)) {
  Deno.test(`no gradient with respect to a tensor off the path: ${name}`, () => {
    const graph = new g.Graph();
    const [by, of] = build(graph.parameter("x", [2, 2]), graph.parameter("w", [2, 2]));
    assert.throws(() => g.gradients(g.reduceSum(of), [by]), /Cannot differentiate .* does not depend on this/);
  });
}

Deno.test("a gradient with respect to an intermediate tensor on the path", async () => {
  const graph = new g.Graph();
  const turned = g.transpose(graph.parameter("x", [2, 2]), [1, 0]);
  const [by] = g.gradients(g.reduceSum(g.matMul(g.mul(turned, 2), graph.parameter("w", [2, 2]))), [turned]);
  assert.deepEqual((await numbers({ by }, { x, w })).by, [4, 8, 4, 8]);
});

Deno.test("layer normalization can be differentiated only once", () => {
  const graph = new g.Graph();
  const x = graph.parameter("x", [2, 3]);
  const [scale, bias] = [graph.constant([1, 2, 1]), graph.constant([0, 0, 1])];
  const y = g.layerNormalization(x, { scale, bias });
  const [once] = g.gradients(g.reduceSum(g.mul(y, y)), [x]);
  assert.throws(() => g.gradients(g.reduceSum(g.mul(once, x)), [x]), {
    name: "KitError",
    message: /Cannot differentiate LayerNormalization twice/,
  });
});

Deno.test("gradients of a power are finite if the base or the exponent is 0", async () => {
  const graph = new g.Graph();
  const [x, p] = [graph.parameter("x", [4]), graph.parameter("p", [4])];
  const [dx, dp] = g.gradients(g.reduceSum(g.pow(x, p)), [x, p]);
  const [constant] = g.gradients(g.reduceSum(g.pow(x, 0)), [x]);
  const found = await numbers({ dx, dp, constant }, { x: value([0, 0, 3, 1], [4]), p: value([2, 0, 0, 2], [4]) });
  assert.deepEqual(found.dx, [0, 0, 0, 2]);
  assert.deepEqual(found.dp.map((each) => each.toFixed(4)), ["0.0000", "0.0000", "1.0986", "0.0000"]);
  assert.deepEqual(found.constant, [0, 0, 0, 0]);
});

Deno.test("half precision accepts numbers and has gradients of zeros and ones", async () => {
  const graph = new g.Graph();
  const x = graph.parameter("x", [2]);
  const half = g.cast(x, "float16");
  const y = g.cast(g.where(g.greater(half, 1), g.mul(half, 2), 0), "float32");
  const [dx] = g.gradients(g.reduceSum(y), [x]);
  assert.deepEqual(await numbers({ y, dx }, { x: value([1, 4], [2]) }), { y: [0, 8], dx: [0, 2] });
});

Deno.test("a constant keeps its numbers when the caller's array changes", async () => {
  const graph = new g.Graph();
  const mine = Float32Array.of(1, 2);
  const y = g.mul(graph.constant(mine), 2);
  mine.fill(9);
  assert.deepEqual((await numbers({ y }, {})).y, [2, 4]);
});

Deno.test("a product with a sum has the stated number of elements", async () => {
  const graph = new g.Graph();
  const [a, b] = [graph.input("a", { shape: ["a", 2] }), graph.input("b", { shape: ["b", 2] })];
  const y = g.reshape(g.concat([a, b], { axis: 0 }), [-1]);
  const z = g.concat([y, g.reshape(y, [-1, 2, 1])].map((each) => g.reshape(each, [-1])), { axis: 0 });
  const mean = g.reduceMean(z);
  const feeds = { a: value([1, 2, 3, 4], [2, 2]), b: value([5, 6], [1, 2]) };
  const found = await numbers({ y, z, mean }, feeds, { reuseOutputs: true });
  assert.deepEqual(found, { y: [1, 2, 3, 4, 5, 6], z: [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6], mean: [3.5] });
});

Deno.test("scatterND adds at negative indices of any axis", async () => {
  const graph = new g.Graph();
  const data = graph.input("data", { shape: ["n", 2] });
  const indices = graph.input("indices", { dtype: "int64", shape: ["k", 2] });
  const y = g.scatterND(data, { indices, updates: graph.input("updates", { shape: ["k"] }), reduction: "add" });
  const feeds = {
    data: value([0, 0, 0, 0, 0, 0], [3, 2]),
    indices: { data: BigInt64Array.of(1n, -1n, -1n, -2n, 0n, 1n), shape: [3, 2] },
    updates: value([1, 2, 3], [3]),
  };
  assert.deepEqual((await numbers({ y }, feeds)).y, [0, 3, 0, 1, 2, 0]);
});
