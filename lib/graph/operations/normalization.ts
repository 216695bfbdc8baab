import { checkOptions } from "../../core/options.ts";
import { axisOf, shapeError } from "../shape_error.ts";
import type { Tensor } from "../graph.ts";
import type { Dim } from "../types.ts";
import { reshape } from "./reshape.ts";
import { FLOATS, wantType } from "./operands.ts";
import { node } from "./node.ts";

/**
 * Softmax along an axis, by default the last.
 *
 * @example
 * ```ts
 * import { compile, Graph, softmax } from "@syneg/kit/graph";
 * const x = new Graph().constant([0, 0, Math.log(2)]);
 * await using session = await compile({ y: softmax(x) });
 * console.log((await session.run({})).y.data); // Float32Array(3) [ 0.25, 0.25, 0.5 ]
 * ```
 *
 * @category Graph
 */
export function softmax(x: Tensor, options: { axis?: number } = {}): Tensor {
  checkOptions("softmax", options, { axis: "number" });
  const { axis = -1 } = options;
  wantType("Softmax", FLOATS, [x]);
  return node("Softmax", [x], { shape: x.shape, attributes: { axis: { int: axisOf("Softmax", axis, x) } } });
}

/**
 * Logarithm of the softmax along an axis, by default the last.
 *
 * @example
 * ```ts
 * import { compile, Graph, logSoftmax } from "@syneg/kit/graph";
 * const x = new Graph().constant([0, 0]);
 * await using session = await compile({ y: logSoftmax(x) });
 * const { y } = await session.run({});
 * console.log([...y.data].map((value) => Number(value).toFixed(3))); // [ "-0.693", "-0.693" ]
 * ```
 *
 * @category Graph
 */
export function logSoftmax(x: Tensor, options: { axis?: number } = {}): Tensor {
  checkOptions("logSoftmax", options, { axis: "number" });
  const { axis = -1 } = options;
  wantType("LogSoftmax", FLOATS, [x]);
  return node("LogSoftmax", [x], { shape: x.shape, attributes: { axis: { int: axisOf("LogSoftmax", axis, x) } } });
}

/**
 * Layer normalization over the last axis (Ba et al., arXiv 1607.06450). `scale` and `bias` are `[width]`; without a bias
 * it is 0.
 *
 * @example
 * ```ts
 * import { compile, Graph, layerNormalization } from "@syneg/kit/graph";
 * const graph = new Graph();
 * const x = graph.constant([1, 3]);
 * const [scale, bias] = [graph.constant([1, 1]), graph.constant([0, 10])];
 * await using session = await compile({ y: layerNormalization(x, { scale, bias, epsilon: 0 }) });
 * console.log((await session.run({})).y.data); // Float32Array(2) [ -1, 11 ]
 * ```
 *
 * @category Graph
 */
export function layerNormalization(
  x: Tensor,
  options: { scale: Tensor; bias?: Tensor; epsilon?: number },
): Tensor {
  checkOptions("layerNormalization", options, { scale: "object", bias: "object", epsilon: "number" });
  const { scale, bias, epsilon = 1e-5 } = options;
  const operands = bias ? [x, scale, bias] : [x, scale];
  const width = widthOf("LayerNormalization", operands);
  // The gradient consists of matrix products, which need two axes.
  if (x.rank === 1) {
    return reshape(layerNormalization(reshape(x, [1, width]), { scale, bias, epsilon }), x.shape);
  }
  const statistic = [...x.shape.slice(0, -1), 1];
  return x.graph.append("LayerNormalization", operands, {
    attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
    // The second and third outputs, mean and 1/deviation, save the gradient two reductions.
    outputs: [x.shape, statistic, statistic].map((shape) => ({ dtype: x.dtype, shape })),
  })[0];
}

/**
 * Normalization by the root of the mean square over the last axis (RMSNorm, Zhang and Sennrich, arXiv 1910.07467).
 * `scale` is `[width]`.
 *
 * @example
 * ```ts
 * import { compile, Graph, rmsNormalization } from "@syneg/kit/graph";
 * const graph = new Graph();
 * const [x, scale] = [graph.constant([1, 7]), graph.constant([1, 1])];
 * await using session = await compile({ y: rmsNormalization(x, { scale, epsilon: 0 }) });
 * const { y } = await session.run({});
 * console.log(Number(y.data[1]).toFixed(3)); // 1.400
 * ```
 *
 * @category Graph
 */
export function rmsNormalization(x: Tensor, options: { scale: Tensor; epsilon?: number }): Tensor {
  checkOptions("rmsNormalization", options, { scale: "object", epsilon: "number" });
  const { scale, epsilon = 1e-6 } = options;
  const width = widthOf("SimplifiedLayerNormalization", [x, scale]);
  if (x.rank === 1) return reshape(rmsNormalization(reshape(x, [1, width]), { scale, epsilon }), x.shape);
  return x.graph.append("SimplifiedLayerNormalization", [x, scale], {
    attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
    // The second output, 1/root, spares the gradient a reduction.
    outputs: [x.shape, [...x.shape.slice(0, -1), 1]].map((shape) => ({ dtype: x.dtype, shape })),
  })[0];
}

/** Size of the last axis of the first operand; the others must be vectors of it. */
function widthOf(op: string, operands: readonly Tensor[]): Dim {
  wantType(op, FLOATS, operands);
  const [x, ...vectors] = operands;
  const width = x.shape.at(-1);
  if (width === undefined) throw shapeError(op, "x needs at least one axis", operands);
  for (const each of vectors) {
    if (each.rank !== 1 || each.shape[0] !== width) {
      throw shapeError(op, `scale and bias must be [${width}]`, operands);
    }
  }
  return width;
}
