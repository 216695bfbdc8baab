import { checkOptions } from "../../core/options.ts";
import { axisOf, shapeError } from "../shape_error.ts";
import type { Tensor } from "../graph.ts";
import { reshape } from "./layout.ts";
import { FLOATS, wantType } from "./operands.ts";
import { node } from "./node.ts";

/**
 * Softmax along an axis, by default the last.
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
 * @category Graph
 */
export function logSoftmax(x: Tensor, options: { axis?: number } = {}): Tensor {
  checkOptions("logSoftmax", options, { axis: "number" });
  const { axis = -1 } = options;
  wantType("LogSoftmax", FLOATS, [x]);
  return node("LogSoftmax", [x], { shape: x.shape, attributes: { axis: { int: axisOf("LogSoftmax", axis, x) } } });
}

/**
 * Layer normalization over the last axis (Ba et al., arXiv 1607.06450). `scale` and `bias` are `[width]`.
 *
 * @category Graph
 */
export function layerNormalization(
  x: Tensor,
  options: { scale: Tensor; bias: Tensor; epsilon?: number },
): Tensor {
  checkOptions("layerNormalization", options, { scale: "object", bias: "object", epsilon: "number" });
  const { scale, bias, epsilon = 1e-5 } = options;
  const operands = [x, scale, bias];
  wantType("LayerNormalization", FLOATS, operands);
  const width = x.shape.at(-1);
  if (width === undefined) throw shapeError("LayerNormalization", "want at least one axis", operands);
  for (const each of [scale, bias]) {
    if (each.rank !== 1 || each.shape[0] !== width) {
      throw shapeError("LayerNormalization", `scale and bias must be [${width}]`, operands);
    }
  }
  // Its gradient is made of matrix products.
  if (x.rank === 1) {
    return reshape(layerNormalization(reshape(x, [1, width]), { scale, bias, epsilon }), x.shape);
  }
  const statistic = [...x.shape.slice(0, -1), 1];
  return x.graph.append("LayerNormalization", operands, {
    attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
    // The second and third output, mean and 1/deviation, spare the gradient two reductions.
    outputs: [x.shape, statistic, statistic].map((shape) => ({ dtype: x.dtype, shape })),
  })[0];
}
