import { KitError } from "../../core/errors.ts";
import { dimension } from "../operations/dimension.ts";
import { div, exp, mul, sub } from "../operations/arithmetic.ts";
import { cast } from "../operations/cast.ts";
import { reshape } from "../operations/reshape.ts";
import { matMul } from "../operations/matmul.ts";
import { producer } from "../operations/node.ts";
import { like } from "../operations/operands.ts";
import { reduceSum } from "../operations/reduce.ts";
import type { Tensor } from "../graph.ts";
import type { Dim } from "../types.ts";
import { float, int, type Rule, sumTo } from "./rule.ts";

const layerNormalizationRule: Rule = (node, [g, byMean, byInverse], wanted) => {
  const [x, scale, bias] = node.inputs as [Tensor, Tensor, Tensor | undefined];
  const [, mean, inverse] = node.outputs;
  // Only gradients read the statistics, so a gradient that arrives at them is a second derivative.
  if (byMean || byInverse) throw new KitError("Cannot differentiate LayerNormalization twice");
  if (!g) return [undefined, undefined, undefined];
  const width = x.shape.at(-1)!;
  const normal = mul(sub(x, mean), inverse);
  const weighted = mul(g, normal);
  const byX = () => {
    // Means over the width of the scaled gradient, and of its product with the normalized rows.
    const share = reshape(div(scale, sizeOf(x, width)), [width, 1]);
    const [level, slope] = [matMul(g, share), matMul(weighted, share)];
    return mul(sub(sub(mul(g, scale), mul(normal, slope)), level), inverse);
  };
  return [
    wanted[0] ? byX() : undefined,
    wanted[1] ? sumTo(weighted, scale.shape) : undefined,
    bias && wanted[2] ? sumTo(g, bias.shape) : undefined,
  ];
};

const rmsNormalizationRule: Rule = (node, [g, byInverse], wanted) => {
  const [x, scale] = node.inputs as [Tensor, Tensor];
  const [, inverse] = node.outputs;
  if (byInverse) throw new KitError("Cannot differentiate SimplifiedLayerNormalization twice");
  if (!g) return [undefined, undefined];
  const width = x.shape.at(-1)!;
  const normal = mul(x, inverse);
  const weighted = mul(g, normal);
  const byX = () => {
    const slope = matMul(weighted, reshape(div(scale, sizeOf(x, width)), [width, 1]));
    return mul(sub(mul(g, scale), mul(normal, slope)), inverse);
  };
  return [wanted[0] ? byX() : undefined, wanted[1] ? sumTo(weighted, scale.shape) : undefined];
};

function sizeOf(x: Tensor, dim: Dim): Tensor {
  return typeof dim === "number" ? like(dim, x) : cast(dimension(x.graph, dim), x.dtype);
}

/** Sum of `g * y` along the last axis, for the softmax y. */
function innerProducts(g: Tensor, y: Tensor): Tensor {
  const last = { axes: [-1], keepDims: true };
  // In attention, g is u v' and the forward pass has y v: then sum(g * y) is the much smaller sum(u * y v).
  const product = producer(g, "FusedMatMul");
  if (product && int(product, "transA") === 0 && int(product, "transB") === 1 && float(product, "alpha") === 1) {
    const [u, v] = product.inputs as [Tensor, Tensor];
    if (u.rank === v.rank) return reduceSum(mul(u, matMul(y, v)), last);
  }
  return reduceSum(mul(g, y), last);
}

/** Rules of the normalizations. */
export const NORMALIZATION: Readonly<Record<string, Rule>> = {
  Softmax: (node, [g]) => {
    const [y] = node.outputs;
    const axis = int(node, "axis");
    const inner = axis === y.rank - 1 ? innerProducts(g!, y) : reduceSum(mul(g!, y), { axes: [axis], keepDims: true });
    return [mul(y, sub(g!, inner))];
  },
  LogSoftmax: (node, [g]) => {
    const [y] = node.outputs;
    return [sub(g!, mul(exp(y), reduceSum(g!, { axes: [int(node, "axis")], keepDims: true })))];
  },
  LayerNormalization: layerNormalizationRule,
  SimplifiedLayerNormalization: rmsNormalizationRule,
};
