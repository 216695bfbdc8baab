import { div, exp, mul, sub } from "../operations/arithmetic.ts";
import { cast } from "../operations/cast.ts";
import { expand } from "../operations/layout.ts";
import { reshape } from "../operations/reshape.ts";
import { equal } from "../operations/comparisons.ts";
import { reduceSum } from "../operations/reduce.ts";
import { dimension } from "../operations/dimension.ts";
import { product } from "../shapes.ts";
import type { Node, Tensor } from "../graph.ts";
import type { Dim } from "../types.ts";
import type { Rule } from "./rule.ts";

/** The reduced axes, and the input's shape with these axes as 1. */
function kept(node: Node): { axes: number[]; shape: Dim[] } {
  const [x, list] = node.inputs as [Tensor, Tensor];
  const axes = list.origin.kind === "constant" ? [...list.origin.data].map(Number) : [];
  return { axes, shape: x.shape.map((dim, axis) => axes.includes(axis) ? 1 : dim) };
}

/** Rules of the reductions. */
export const REDUCE: Readonly<Record<string, Rule>> = {
  ReduceSum: (node, [g]) => {
    const { shape } = kept(node);
    return [expand(reshape(g!, shape), node.inputs[0]!.shape)];
  },
  ReduceMean: (node, [g]) => {
    const x = node.inputs[0]!;
    const { axes, shape } = kept(node);
    const count = product(axes.map((axis) => x.shape[axis]));
    const share = typeof count === "number"
      ? mul(g!, 1 / count)
      : div(g!, axes.map((axis) => cast(dimension(x.graph, x.shape[axis]), x.dtype)).reduce((a, b) => mul(a, b)));
    return [expand(reshape(share, shape), x.shape)];
  },
  ReduceMax: (node, [g]) => {
    const x = node.inputs[0]!;
    const { axes, shape } = kept(node);
    const hits = cast(equal(x, reshape(node.outputs[0], shape)), x.dtype);
    return [mul(hits, div(reshape(g!, shape), reduceSum(hits, { axes, keepDims: true })))];
  },
  ReduceLogSumExp: (node, [g]) => {
    const x = node.inputs[0]!;
    const { shape } = kept(node);
    return [mul(reshape(g!, shape), exp(sub(x, reshape(node.outputs[0], shape))))];
  },
};
