import type { Tensor } from "../graph.ts";
import { node, producer } from "./node.ts";

/**
 * `x` itself, which gradients treat as a constant.
 *
 * @example
 * ```ts
 * import { compile, gradients, Graph, mul, reduceSum, stopGradient } from "@syneg/kit/graph";
 * const x = new Graph().input("x", { shape: [2] });
 * const [gradient] = gradients(reduceSum(mul(x, stopGradient(x))), [x]);
 * await using session = await compile({ gradient });
 * const { gradient: { data } } = await session.run({ x: { data: Float32Array.of(1, 3), shape: [2] } });
 * console.log(data); // Float32Array(2) [ 1, 3 ]
 * ```
 *
 * @category Graph
 */
export function stopGradient(x: Tensor): Tensor {
  if (x.origin.kind === "constant" || producer(x, "StopGradient")) return x;
  return node("StopGradient", [x], { shape: x.shape });
}
