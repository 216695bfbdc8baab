import assert from "node:assert/strict";
import { InferenceSession, Tensor as NativeTensor } from "onnxruntime-node";
import {
  compile,
  gather,
  gradients,
  Graph,
  mul,
  reduceSum,
  saveModel,
  scatterND,
  type TensorValue,
} from "../../lib/graph/mod.ts";
import { random } from "../../mod.ts";

const [ROWS, WIDTH, COUNT] = [300, 96, 8192];

/** Sum of rows at indices, in a plain loop. */
function slow(indices: Int32Array, updates: Float32Array): Float64Array {
  const sums = new Float64Array(ROWS * WIDTH);
  indices.forEach((row, index) => {
    for (let column = 0; column < WIDTH; column++) sums[row * WIDTH + column] += updates[index * WIDTH + column];
  });
  return sums;
}

function close(found: TensorValue, wanted: Float64Array) {
  assert.equal(found.data.length, wanted.length);
  wanted.forEach((value, index) => assert.ok(Math.abs(Number(found.data[index]) - value) < 1e-3));
}

/** A gradient that the session itself adds up, row by row. */
function rowGradient() {
  const graph = new Graph();
  const x = graph.parameter("x", [3, 1]);
  const places = graph.input("places", { dtype: "int32", shape: ["count"] });
  const [dx] = gradients(reduceSum(gather(x, places)), [x]);
  return { x, dx, feeds: { x: { data: Float32Array.of(1, 2, 3), shape: [3, 1] } } };
}

Deno.test("rows at fixed indices are added, also in a saved model", async () => {
  const { dx, feeds } = rowGradient();
  const places = { data: Int32Array.of(0, 2, 2), shape: [3] };
  const session = await compile({ dx }, { weights: { places } });
  assert.deepEqual([...(await session.run(feeds)).dx.data], [1, 0, 2]);
  await session.dispose();
  await assert.rejects(
    compile({ dx }, { weights: { places: { data: Float32Array.of(0, 2, 2), shape: [3] } } }),
    /Cannot fix places int32 \[count\] as a Float32Array/,
  );
  const path = await Deno.makeTempFile({ suffix: ".onnx" });
  await saveModel({ dx }, { path, weights: feeds });
  const model = await InferenceSession.create(path);
  const found = await model.run({ places: new NativeTensor("int32", places.data, [3]) });
  assert.deepEqual([...found.dx.data as Float32Array], [1, 0, 2]);
  await model.release();
  await Deno.remove(path);
});

Deno.test("rows at an index out of range are refused; another output may have any name", async () => {
  const { x, dx, feeds } = rowGradient();
  const session = await compile({ dx, "dx sum": mul(x, 7) }, { reuseOutputs: true });
  const at = (...places: number[]) =>
    session.run({ ...feeds, places: { data: Int32Array.from(places), shape: [places.length] } });
  const found = await at(0, -1);
  assert.deepEqual([...found.dx.data, ...found["dx sum"].data], [1, 0, 1, 7, 14, 21]);
  for (const wrong of [7, -4]) {
    await assert.rejects(at(0, wrong), {
      name: "KitError",
      message: new RegExp(`an index in "places" must be .*, found ${wrong}$`),
    });
  }
  await session.dispose();
});

Deno.test("repeated rows get every update, with the same bytes in every run", async () => {
  const stream = random(3);
  const indices = Int32Array.from({ length: COUNT }, () => stream.integer(ROWS));
  const updates = Float32Array.from({ length: COUNT * WIDTH }, () => stream.next() - 0.5);
  const graph = new Graph();
  const table = graph.parameter("table", ["rows", WIDTH]);
  const places = graph.input("places", { dtype: "int32", shape: ["count"] });
  const factor = graph.input("factor", { shape: ["count", WIDTH] });
  const [atOutput] = gradients(reduceSum(mul(gather(table, places), factor)), [table]);
  const feeds: Record<string, TensorValue> = {
    table: { data: new Float32Array(ROWS * WIDTH), shape: [ROWS, WIDTH] },
    places: { data: indices, shape: [COUNT] },
    coordinates: { data: BigInt64Array.from(indices, BigInt), shape: [COUNT, 1] },
    factor: { data: updates, shape: [COUNT, WIDTH] },
  };
  const coordinates = graph.input("coordinates", { dtype: "int64", shape: ["count", 1] });
  const added = scatterND(table, { indices: coordinates, updates: factor, reduction: "add" });
  // Twice the gradient is no sum of rows at the output, so the graph itself has to add.
  const inGraph = mul(atOutput, 2);
  const session = await compile({ atOutput, inGraph, added }, { threads: 2 });
  const wanted = slow(indices, updates);
  let first: Record<string, TensorValue> | undefined;
  for (let turn = 0; turn < 4; turn++) {
    const found = await session.run(feeds);
    close(found.atOutput, wanted);
    close(found.inGraph, wanted.map((value) => 2 * value));
    close(found.added, wanted);
    for (const name in first) assert.deepEqual(found[name].data, first[name].data, name);
    first = found;
  }
  await session.dispose();
});
