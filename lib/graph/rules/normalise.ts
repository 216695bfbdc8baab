import { exp, mul, sub } from "../operations/elementwise.ts";
import { reduceMean, reduceSum } from "../operations/reduce.ts";
import type { Tensor } from "../tensor.ts";
import { int, type Rule, sumTo } from "./rule.ts";

const layerNormalizationRule: Rule = (node, [g], wanted) => {
  const [x, scale, bias] = node.inputs as [Tensor, Tensor, Tensor];
  const [, mean, inverse] = node.outputs;
  if (!g) return [undefined, undefined, undefined];
  const normal = mul(sub(x, mean), inverse);
  const byX = () => {
    const scaled = mul(g, scale);
    const last = { axes: [-1], keepDims: true };
    const slope = reduceMean(mul(scaled, normal), last);
    return mul(sub(sub(scaled, reduceMean(scaled, last)), mul(normal, slope)), inverse);
  };
  return [
    wanted[0] ? byX() : undefined,
    wanted[1] ? sumTo(mul(g, normal), scale.shape) : undefined,
    wanted[2] ? sumTo(g, bias.shape) : undefined,
  ];
};

/** Rules of the normalisations. */
export const NORMALISE = {
  Softmax: (node, [g]) => {
    const [y] = node.outputs;
    const inner = reduceSum(mul(g!, y), { axes: [int(node, "axis")], keepDims: true });
    return [mul(y, sub(g!, inner))];
  },
  LogSoftmax: (node, [g]) => {
    const [y] = node.outputs;
    return [sub(g!, mul(exp(y), reduceSum(g!, { axes: [int(node, "axis")], keepDims: true })))];
  },
  LayerNormalization: layerNormalizationRule,
} satisfies Record<string, Rule>;
