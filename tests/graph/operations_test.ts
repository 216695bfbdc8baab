import assert from "node:assert/strict";
import { ancestors } from "../../lib/graph/ancestors.ts";
import * as g from "../../lib/graph/mod.ts";

/** Operands of a case. Its graph also has the dimension "rows", of size 2. */
interface Operands {
  /** [[-1, 0.5, 2], [3, -2, 1]] */
  readonly x: g.Tensor;
  /** [[1, 2, 4], [0.5, 3, 9]] */
  readonly p: g.Tensor;
  readonly graph: g.Graph;
}

const X = [-1, 0.5, 2, 3, -2, 1];
const P = [1, 2, 4, 0.5, 3, 9];
const SHAPE = [2, 3];
const row = (values: readonly number[], index: number) => values.slice(3 * index, 3 * index + 3);
const zip = (f: (x: number, p: number) => number) => X.map((x, i) => f(x, P[i]));
const logSumExp = (values: readonly number[]) => Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0));
const normalized = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / Math.sqrt(variance + 1e-5));
};
/** From tables of the error function. */
const ERF: Record<string, number> = { "-1": -0.842700793, "0.5": 0.520499878, "2": 0.995322265, "1": 0.842700793 };
const NORMAL: Record<string, number> = { "-1": 0.158655254, "0.5": 0.691462461, "2": 0.977249868, "1": 0.841344746 };
const X4 = [-1, 0.5, 2, 1];
const four = ({ graph }: Operands) => graph.constant(X4);
const int64 = (graph: g.Graph, value: number[], shape?: number[]) => graph.constant(value, { dtype: "int64", shape });
const derivative = (y: g.Tensor, by: g.Tensor) => g.gradients(g.reduceSum(g.mul(y, y)), [by])[0];

/** For every operation of the registry: a tensor that it computes, and its values written out plainly. */
const VALUES: Readonly<Record<string, [build: (operands: Operands) => g.Tensor, wanted: readonly number[]]>> = {
  Add: [({ x, p }) => g.add(x, p), zip((x, p) => x + p)],
  Sub: [({ x, p }) => g.sub(x, p), zip((x, p) => x - p)],
  Mul: [({ x, p }) => g.mul(x, p), zip((x, p) => x * p)],
  Div: [({ x, p }) => g.div(x, p), zip((x, p) => x / p)],
  Pow: [({ x, p }) => g.pow(p, x), zip((x, p) => p ** x)],
  Min: [({ x, p }) => g.minimum(x, p), zip(Math.min)],
  Max: [({ x, p }) => g.maximum(x, p), zip(Math.max)],
  Where: [({ x, p }) => g.where(g.less(x, 1), x, p), zip((x, p) => x < 1 ? x : p)],
  Neg: [({ x }) => g.neg(x), X.map((x) => -x)],
  Abs: [({ x }) => g.abs(x), X.map(Math.abs)],
  Sqrt: [({ p }) => g.sqrt(p), P.map(Math.sqrt)],
  Exp: [({ x }) => g.exp(x), X.map(Math.exp)],
  Log: [({ p }) => g.log(p), P.map(Math.log)],
  Erf: [(all) => g.erf(four(all)), X4.map((x) => ERF[x])],
  Tanh: [({ x }) => g.tanh(x), X.map(Math.tanh)],
  Gelu: [(all) => g.gelu(four(all)), X4.map((x) => x * NORMAL[x])],
  FastGelu: [
    ({ x }) => g.geluTanh(x),
    X.map((x) => x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))),
  ],
  QuickGelu: [({ x }) => g.silu(x), X.map((x) => x / (1 + Math.exp(-x)))],
  Sin: [({ x }) => g.sin(x), X.map(Math.sin)],
  Cos: [({ x }) => g.cos(x), X.map(Math.cos)],
  RotaryEmbedding: [
    ({ p, graph }) => {
      const [angles, pairs] = [graph.constant([0.25, -1, 2], { shape: [3, 1] }), g.reshape(p, [1, 1, 3, 2])];
      return g.rotate(pairs, { cos: g.cos(angles), sin: g.sin(angles) });
    },
    [0.25, -1, 2].flatMap((angle, i) => {
      const [a, b] = P.slice(2 * i);
      return [a * Math.cos(angle) - b * Math.sin(angle), a * Math.sin(angle) + b * Math.cos(angle)];
    }),
  ],
  Relu: [({ x }) => g.relu(x), X.map((x) => Math.max(x, 0))],
  Sigmoid: [({ x }) => g.sigmoid(x), X.map((x) => 1 / (1 + Math.exp(-x)))],
  Softplus: [({ x }) => g.softplus(x), X.map((x) => Math.log1p(Math.exp(x)))],
  Clip: [({ x }) => g.clip(x, { min: -1.5, max: 1.5 }), X.map((x) => Math.min(Math.max(x, -1.5), 1.5))],
  Cast: [({ x }) => g.cast(x, "int32"), X.map(Math.trunc)],
  Softmax: [({ x }) => g.softmax(x), X.map((x, i) => Math.exp(x - logSumExp(row(X, i < 3 ? 0 : 1))))],
  LogSoftmax: [({ x }) => g.logSoftmax(x), X.map((x, i) => x - logSumExp(row(X, i < 3 ? 0 : 1)))],
  LayerNormalization: [
    ({ x, graph }) => g.layerNormalization(x, { scale: graph.constant([1, 2, 3]), bias: graph.constant([0, 1, 0]) }),
    [0, 1].flatMap((i) => normalized(row(X, i)).map((value, j) => value * (j + 1) + (j === 1 ? 1 : 0))),
  ],
  SimplifiedLayerNormalization: [
    ({ x, graph }) => g.rmsNormalization(x, { scale: graph.constant([1, 2, 3]), epsilon: 0.5 }),
    X.map((value, i) =>
      (i % 3 + 1) * value / Math.sqrt(row(X, i < 3 ? 0 : 1).reduce((a, x) => a + x * x, 0) / 3 + 0.5)
    ),
  ],
  ReduceSum: [({ x }) => g.reduceSum(x, { axes: [0] }), [2, -1.5, 3]],
  ReduceMean: [({ x }) => g.reduceMean(x, { axes: [1] }), [0.5, 2 / 3]],
  ReduceMax: [({ x }) => g.reduceMax(x, { axes: [1] }), [2, 3]],
  ReduceLogSumExp: [({ x }) => g.logSumExp(x, { axes: [1] }), [logSumExp(row(X, 0)), logSumExp(row(X, 1))]],
  Reshape: [({ x }) => g.reduceSum(g.reshape(x, [3, 2]), { axes: [1] }), [-0.5, 5, -1]],
  Transpose: [({ x }) => g.transpose(x, [1, 0]), [-1, 3, 0.5, -2, 2, 1]],
  Concat: [({ x, p }) => g.concat([x, p], { axis: 1 }), [...row(X, 0), ...row(P, 0), ...row(X, 1), ...row(P, 1)]],
  Split: [({ x }) => g.split(x, { axis: 1, sizes: [1, 2] })[1], [0.5, 2, -2, 1]],
  Slice: [({ x }) => g.slice(x, { axis: 1, start: 1, end: 2 }), [0.5, -2]],
  Expand: [({ graph }) => g.expand(graph.constant([1, 2, 3]), [2, 3]), [1, 2, 3, 1, 2, 3]],
  Gather: [({ x, graph }) => g.gather(x, int64(graph, [1, 0])), [...row(X, 1), ...row(X, 0)]],
  GatherElements: [({ x, graph }) => g.gatherElements(x, int64(graph, [2, 0], [2, 1]), { axis: 1 }), [2, 3]],
  TopK: [({ x }) => g.topK(x, { k: 2 }).indices, [2, 1, 0, 2]],
  ScatterElements: [
    ({ x, graph }) =>
      g.scatterElements(x, {
        indices: int64(graph, [2, 0], [2, 1]),
        updates: graph.constant([10, 20], {
          shape: [2, 1],
        }),
        axis: 1,
      }),
    [-1, 0.5, 12, 23, -2, 1],
  ],
  ScatterND: [
    ({ x, graph }) => g.scatterND(x, { indices: int64(graph, [0, 1], [1, 2]), updates: graph.constant([7]) }),
    [-1, 7, 2, 3, -2, 1],
  ],
  MatMul: [({ x, p }) => g.matMul(x, g.reshape(p, [3, 2])), [-1 + 2 + 6, -2 + 0.25 + 18, 3 - 8 + 3, 6 - 1 + 9]],
  Gemm: [
    ({ x, p, graph }) => g.gemm(x, p, { transB: true, alpha: 2, c: graph.constant([1, 0]) }),
    [2 * (-1 + 1 + 8) + 1, 2 * (-0.5 + 1.5 + 18), 2 * (3 - 4 + 4) + 1, 2 * (1.5 - 6 + 9)],
  ],
  FusedMatMul: [
    ({ x, p }) => g.fusedMatMul(x, p, { transB: true, alpha: 0.5 }),
    [0.5 * (-1 + 1 + 8), 0.5 * (-0.5 + 1.5 + 18), 0.5 * (3 - 4 + 4), 0.5 * (1.5 - 6 + 9)],
  ],
  AddRows: [({ x, graph }) => derivative(g.gather(x, int64(graph, [1, 1])), x), [0, 0, 0, 12, -8, 4]],
  StopGradient: [({ x }) => derivative(g.mul(x, g.stopGradient(x)), x), X.map((x) => 2 * x * x * x)],
  Dim: [({ graph }) => g.dimension(graph, "rows"), [2]],
  And: [({ x }) => g.and(g.greater(x, 0), g.less(x, 2)), X.map((x) => +(x > 0 && x < 2))],
  Or: [({ x }) => g.or(g.greater(x, 1), g.less(x, 0)), X.map((x) => +(x > 1 || x < 0))],
  Not: [({ x }) => g.not(g.equal(x, 2)), X.map((x) => +(x !== 2))],
  Equal: [({ x }) => g.equal(x, 2), X.map((x) => +(x === 2))],
  Greater: [({ x }) => g.greater(x, 1), X.map((x) => +(x > 1))],
  GreaterOrEqual: [({ x }) => g.greaterOrEqual(x, 1), X.map((x) => +(x >= 1))],
  Less: [({ x }) => g.less(x, 1), X.map((x) => +(x < 1))],
  LessOrEqual: [({ x }) => g.lessOrEqual(x, 1), X.map((x) => +(x <= 1))],
  ArgMax: [({ x }) => g.argMax(x), [2, 0]],
  Range: [({ graph }) => g.range(graph, "rows"), [0, 1]],
  Shape: [({ x }) => g.shapeOf(x), SHAPE],
  Sign: [({ x }) => g.gradients(g.reduceSum(g.abs(x)), [x])[0], X.map(Math.sign)],
  GatherND: [
    ({ x, p, graph }) => {
      const updates = g.slice(g.reshape(p, [6]), { axis: 0, end: 1 });
      return derivative(g.scatterND(x, { indices: int64(graph, [0, 1], [1, 2]), updates }), updates);
    },
    [2],
  ],
  Pad: [({ x }) => derivative(g.slice(x, { axis: 1, start: 1, end: 2 }), x), [0, 1, 0, 0, -4, 0]],
};

Deno.test("every operation of the registry has a case here", () => {
  assert.deepEqual(Object.keys(VALUES).sort(), [...g.OPERATIONS.keys()].sort());
});

for (const [op, [build, wanted]] of Object.entries(VALUES)) {
  Deno.test(`${op} (${g.OPERATIONS.get(op)?.about}) computes its values`, async () => {
    const graph = new g.Graph();
    const x = graph.input("x", { shape: SHAPE });
    graph.input("named", { shape: ["rows"] });
    const y = build({ x, p: graph.constant(P, { shape: SHAPE }), graph });
    assert.ok(g.OPERATIONS.get(op)?.stopsGradient || ancestors([y]).some((node) => node.op === op), `contains ${op}`);
    await using session = await g.compile({ y }, { threads: 1 });
    const feeds = {
      x: { data: Float32Array.from(X), shape: SHAPE },
      named: { data: Float32Array.of(0, 0), shape: [2] },
    };
    const { data } = (await session.run(feeds)).y;
    const found = Array.from(data, Number);
    assert.equal(found.length, wanted.length);
    found.forEach((value, i) =>
      assert.ok(Math.abs(value - wanted[i]) < 1e-5 * Math.max(1, Math.abs(wanted[i])), `${found}`)
    );
  });
}
