import type { Dim, Tensor } from "../../lib/graph/mod.ts";
import * as g from "../../lib/graph/mod.ts";

/** Numbers that an operand is filled with: uniform in a range, or "spread" for kinks: all at least 0.1 from
 * 0, and 0.2 from each other and from what is spread in the other operand. */
type Fill = readonly [low: number, high: number] | "spread";

/** One finite-difference check of a rule. */
export interface RuleCase {
  /** Shapes of the float32 operands, each of which is checked. */
  readonly shapes: readonly (readonly Dim[])[];
  readonly build: (...operands: Tensor[]) => Tensor;
  /** @default [-2, 2] for every operand */
  readonly fill?: readonly Fill[];
  /** Largest relative error. @default the test's */
  readonly tolerance?: number;
}

/** What the names in shapes stand for. */
export const SIZES: Readonly<Record<string, number>> = { n: 3, m: 2, batch: 2, one: 1 };

type Build = RuleCase["build"];

/** The same operation for several lists of shapes. */
function over(build: Build, lists: readonly (readonly (readonly Dim[])[])[], fill?: readonly Fill[]): RuleCase[] {
  return lists.map((shapes) => ({ shapes, build, fill }));
}

const BROADCASTS: Dim[][][] = [
  [[2, 3], [2, 3]],
  [["n", 4], [4]],
  [[], [2, 2]],
  [[2, 1, 3], ["n", 1]],
  [["n", 1], [1, "n"]],
  [["one", 2], ["one", 2]],
];
const UNARY: Dim[][][] = [[[5]], [["n", 2]], [[2, 1, 3]], [[]]];

const unary = (build: (x: Tensor) => Tensor, fill?: Fill) => over(build, UNARY, fill && [fill]);
const binary = (build: (a: Tensor, b: Tensor) => Tensor, fill?: readonly [Fill, Fill]) => over(build, BROADCASTS, fill);

const reductions = (build: (x: Tensor, options?: g.ReduceOptions) => Tensor, fill?: Fill) => [
  ...over((x) => build(x), [[[2, 3]], [["n"]], [["n", "m"]]], fill && [fill]),
  ...over((x) => build(x, { axes: [-1] }), [[[2, 3]], [["n", 4]]], fill && [fill]),
  ...over((x) => build(x, { axes: [0, 2], keepDims: true }), [[[2, 3, 2]], [["n", 2, "m"]]], fill && [fill]),
];

const int64 = (x: Tensor, value: readonly number[], shape?: number[]) =>
  x.graph.constant(value, { dtype: "int64", shape });
const int32 = (x: Tensor, value: readonly number[], shape?: number[]) =>
  x.graph.constant(value, { dtype: "int32", shape });

/** Cases of every gradient rule; the test fails for a rule without one. */
export const RULE_CASES: Readonly<Record<string, readonly RuleCase[]>> = {
  Add: binary(g.add),
  Sub: binary(g.sub),
  Mul: binary(g.mul),
  Div: binary(g.div, [[-2, 2], [0.7, 2]]),
  Pow: [
    ...binary(g.pow, [[0.6, 1.8], [-2, 2]]),
    ...over((x) => g.pow(x, 3), [[[4]], [["n", 2]]]),
    ...over((x) => g.pow(2, x), [[[4]]]),
  ],
  Min: binary(g.minimum, ["spread", "spread"]),
  Max: binary(g.maximum, ["spread", "spread"]),
  Where: [
    ...binary((a, b) => g.where(g.greater(g.stopGradient(a), 0), a, b), ["spread", [-2, 2]]),
    ...over((x) => g.where(g.less(x, 0), g.mul(x, 2), 1), [[[2, 3]]], ["spread"]),
    ...over((a, b) => g.where(a.graph.constant([true, false, true].map(Number), { dtype: "bool" }), a, b), [
      [["n", 3], []],
      [[1], [2, 1]],
    ]),
  ],
  Neg: unary(g.neg),
  Abs: unary(g.abs, "spread"),
  Sqrt: unary(g.sqrt, [0.5, 2]),
  Exp: unary(g.exp),
  Log: unary(g.log, [0.5, 3]),
  Erf: unary(g.erf),
  Tanh: unary(g.tanh),
  Gelu: [...unary(g.gelu), ...unary(g.gelu, [-6, 6])],
  FastGelu: [...unary(g.geluTanh), ...unary(g.geluTanh, [-6, 6])],
  QuickGelu: unary(g.silu, [-5, 5]),
  Sin: unary(g.sin),
  Cos: unary(g.cos),
  RotaryEmbedding: over((x) => {
    const angles = x.graph.constant([0, 0, 0.5, -1, 2, 0.3], { shape: [3, 2] });
    return g.rotate(x, { cos: g.cos(angles), sin: g.sin(angles) });
  }, [[["batch", 2, 3, 4]], [[1, 1, 3, 4]]]),
  Relu: unary(g.relu, "spread"),
  Softplus: unary(g.softplus, [-5, 5]),
  Sigmoid: unary(g.sigmoid, [-5, 5]),
  Clip: [
    ...unary((x) => g.clip(x, { min: -0.1, max: 0.3 }), "spread"),
    ...unary((x) => g.clip(x, { min: -0.1 }), "spread"),
  ],
  // Half precision in between, so the differences are coarse.
  Cast: [{
    shapes: [["n", 2]],
    build: (x) => g.cast(g.cast(x, "float16"), "float32"),
    fill: [[-0.5, 0.5]],
    tolerance: 1e-2,
  }],
  MatMul: over(g.matMul, [
    [[2, 3], [3, 2]],
    [["n", 2, 3], [3, 4]],
    [["batch", 2, "n"], ["batch", "n", 2]],
    [[2, 3], [2, 3, 2]],
    [["batch", 1, 2, 3], [3, 3, 2]],
    [["batch", "n", 4], ["batch", 4, 2]],
    [[2, "n", 4], [1, 4, 2]],
  ]),
  FusedMatMul: [
    ...over((a, b) => g.fusedMatMul(a, b, { transB: true, alpha: 0.5 }), [[[2, 3], [4, 3]], [["batch", 2, 3], [
      "batch",
      "n",
      3,
    ]]]),
    ...over((a, b) => g.fusedMatMul(a, b, { transA: true, alpha: -2 }), [[[3, 2], [3, 4]], [[2, 3, 2], [3, 2]]]),
    ...over((a, b) => g.fusedMatMul(a, b, { transA: true, transB: true }), [
      [["n", 2], [2, "n"]],
      [["batch", 3, 2], [1, 2, 3]],
    ]),
    ...over((a, b) => g.fusedMatMul(a, b, { transB: true }), [
      [["batch", 2, 3], [4, 3]],
      [["batch", "n", 2], ["batch", "m", 2]],
      [["batch", 1, 5, 2], [3, 4, 2]],
    ]),
  ],
  Gemm: [
    ...over((a, b) => g.gemm(a, b), [[[2, 3], [3, 2]], [["n", 2], [2, "n"]]]),
    ...over((a, b, c) => g.gemm(a, b, { c, transB: true, alpha: 0.5 }), [
      [["n", 3], [4, 3], [4]],
      [[2, 3], [2, 3], [2, 1]],
      [[2, 3], [2, 3], []],
      [["n", 3], ["m", 3], ["n", "m"]],
    ]),
    ...over((a, b, c) => g.gemm(a, b, { c, transA: true, beta: -0.5 }), [[[3, "n"], [3, 2], [1, 2]]]),
    ...over((x, w) => g.gemm(g.gelu(x), w), [[["n", 3], [3, 2]], [[2, 3], [3, 2]]]),
    ...over((a, b) => g.gemm(g.mul(a, 0.5), g.mul(b, 3)), [[["n", 3], [3, 2]]]),
    ...over((a, b) => g.gemm(a, b, { transA: true, transB: true, alpha: 2 }), [[[3, "n"], [2, 3]]]),
  ],
  Softmax: [
    ...over((x) => g.softmax(x), [[[2, 3]], [["n", 4]], [[5]]]),
    ...over((x) => g.softmax(x, { axis: 1 }), [[[2, "n", 2]]]),
  ],
  LogSoftmax: [
    ...over((x) => g.logSoftmax(x), [[[2, 3]], [["n", 4]], [[5]]]),
    ...over((x) => g.logSoftmax(x, { axis: 0 }), [[["n", 2]]]),
  ],
  LayerNormalization: [
    ...over((x, scale, bias) => g.layerNormalization(x, { scale, bias, epsilon: 1e-3 }), [
      [[2, 5], [5], [5]],
      [["n", 4], [4], [4]],
      [["batch", 2, 6], [6], [6]],
      [[5], [5], [5]],
    ]),
    ...over((x, scale) => g.layerNormalization(x, { scale, epsilon: 1e-3 }), [[["n", 4], [4]]]),
  ],
  SimplifiedLayerNormalization: over((x, scale) => g.rmsNormalization(x, { scale, epsilon: 1e-3 }), [
    [[2, 5], [5]],
    [["n", 4], [4]],
    [["batch", 2, 6], [6]],
    [[5], [5]],
  ]),
  ReduceSum: reductions(g.reduceSum),
  ReduceMean: reductions(g.reduceMean),
  ReduceMax: reductions(g.reduceMax, "spread"),
  ReduceLogSumExp: reductions(g.logSumExp),
  Reshape: [
    ...over((x) => g.reshape(x, [3, 2]), [[[2, 3]]]),
    ...over((x) => g.reshape(x, ["n", 2, 2]), [[["n", 4]]]),
    ...over((x) => g.reshape(g.reshape(x, [-1, 2]), ["batch", 2, "n"]), [[["batch", "n", 2]]]),
    ...over((x) => g.squeeze(g.unsqueeze(g.mul(x, x), [0, 2]), [2]), [[["n", 2]]]),
  ],
  Transpose: [
    ...over((x) => g.transpose(x, [1, 0]), [[[2, 3]], [["n", 2]]]),
    ...over((x) => g.transpose(x, [2, 0, 1]), [[["batch", "n", 2]]]),
  ],
  Concat: [
    ...over((a, b) => g.concat([a, b, a], { axis: 1 }), [[[2, 1], [2, 3]], [["n", 2], ["n", 1]]]),
    ...over((a, b) => g.reshape(g.concat([a, b], { axis: 0 }), ["rows", 2]), [[["n", 2], ["m", 2]], [["n", 2], [
      1,
      2,
    ]]]),
  ],
  Split: [
    ...over((x) => g.split(x, { axis: 1, sizes: [1, 3] })[1], [[[2, 4]], [["n", 4]]]),
    // Named parts of a named whole, of which one has no gradient.
    ...over((x, one, m) => {
      const [, b] = g.split(x, { axis: 0, sizes: ["one", "m"] });
      return g.mul(b, g.mul(g.reduceSum(one), g.unsqueeze(m, [1])));
    }, [[["n", 2], ["one"], ["m"]]]),
    ...over((x) => {
      const [a, b] = g.split(x, { axis: 0, sizes: [1, 2] });
      return g.mul(a, b);
    }, [[[3, 2]]]),
  ],
  Slice: [
    ...over((x) => g.slice(x, { axis: 0, start: 1 }), [[[3, 2]], [[2]]]),
    ...over((x) => g.slice(x, { axis: -1, start: 1, end: -1 }), [[["n", 4]]]),
  ],
  Expand: [
    ...over((x) => g.expand(x, [2, 3]), [[[3]], [[2, 1]], [[]]]),
    ...over((x) => g.expand(g.mul(x, x), ["n", 2, "n"]), [[["n", 1, 1]], [["n"]]]),
  ],
  Gather: [
    ...over((x) => g.gather(x, int32(x, [2, 0, 2, 1])), [[["n", 2]], [[3]], [[3, 2, 2]]]),
    ...over((x) => g.gather(x, int64(x, [1, 0, 1, 1], [2, 2]), { axis: 1 }), [[["n", 2, 3]]]),
    ...over((x) => g.gather(x, int64(x, [1, 1, 0], [3]), { axis: -1 }), [[[2, 2]]]),
    // Rows 1, 2, 0 with padding that is masked, as the inverse demands.
    ...over((x) => {
      const rows = g.gather(x, int32(x, [1, 0, 2, 0]), { inverse: int32(x, [3, 0, 2]) });
      return g.mul(rows, x.graph.constant([1, 0, 1, 1], { shape: [4, 1] }));
    }, [[[3, 2]]]),
  ],
  GatherElements: over((x) => g.gatherElements(x, int64(x, [2, 0, 0, 1, 1, 1], [2, 3]), { axis: 1 }), [[[2, 3]]]),
  TopK: [
    ...over((x) => g.topK(x, { k: 2 }).values, [[[2, 4]], [["n", 3]]], ["spread"]),
    ...over((x) => g.topK(x, { k: 1, axis: 0, largest: false }).values, [[["n", 2]]], ["spread"]),
  ],
  ScatterElements: [
    ...over(
      (data, updates) => g.scatterElements(data, { indices: int64(data, [2, 0, 2, 1], [2, 2]), updates, axis: 0 }),
      [[["n", 2], [2, 2]]],
    ),
    ...over(
      (data, updates) => g.scatterND(data, { indices: int64(data, [2, 0, 2], [3, 1]), updates, reduction: "add" }),
      [
        [["n", 2], [3, 2]],
      ],
    ),
    ...over(
      (data, updates) => g.scatterND(data, { indices: int64(data, [1, 0, 1, 0], [2, 2]), updates, reduction: "add" }),
      [
        [["n", 2, 2], [2, 2]],
      ],
    ),
  ],
  ScatterND: [
    ...over((data, updates) => g.scatterND(data, { indices: int64(data, [2, 0], [2, 1]), updates }), [
      [["n", 2], [2, 2]],
    ]),
    ...over((data, updates) => g.scatterND(data, { indices: int64(data, [1, 0, 0, 1], [2, 2]), updates }), [
      [[2, 2], [2]],
    ]),
  ],
};
