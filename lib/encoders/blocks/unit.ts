import type { Tensor } from "../../graph/graph.ts";
import { div, maximum, mul, reduceSum, sqrt } from "../../graph/mod.ts";

/** Rows brought to length 1; a row of zeros stays. */
export function unit(x: Tensor): Tensor {
  return div(x, sqrt(maximum(reduceSum(mul(x, x), { axes: [-1], keepDims: true }), 1e-24)));
}
