import type { Tensor } from "../graph.ts";
import { unary } from "./operands.ts";

/**
 * Hyperbolic tangent.
 *
 * @example
 * ```ts
 * import { compile, Graph, tanh } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: tanh(x) });
 * const { y } = await session.run({});
 * console.log(Array.from(y.data, (value) => Number(value).toFixed(3))); // [ "-0.762", "0.000", "0.964" ]
 * ```
 *
 * @category Graph
 */
export function tanh(x: Tensor): Tensor {
  return unary("Tanh", x);
}

/**
 * `x * (1 + erf(x / sqrt(2))) / 2` as one kernel; exact, without the tanh approximation (Hendrycks and Gimpel,
 * arXiv 1606.08415).
 *
 * @example
 * ```ts
 * import { compile, gelu, Graph } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: gelu(x) });
 * const { y } = await session.run({});
 * console.log(Array.from(y.data, (value) => Number(value).toFixed(3))); // [ "-0.159", "0.000", "1.954" ]
 * ```
 *
 * @category Graph
 */
export function gelu(x: Tensor): Tensor {
  return unary("Gelu", x, "com.microsoft");
}

/**
 * `max(x, 0)`; the gradient at 0 is 0.
 *
 * @example
 * ```ts
 * import { compile, Graph, relu } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: relu(x) });
 * console.log((await session.run({})).y.data); // Float32Array(3) [ 0, 0, 2 ]
 * ```
 *
 * @category Graph
 */
export function relu(x: Tensor): Tensor {
  return unary("Relu", x);
}

/**
 * `1 / (1 + exp(-x))`.
 *
 * @example
 * ```ts
 * import { compile, Graph, sigmoid } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: sigmoid(x) });
 * const { y } = await session.run({});
 * console.log(Array.from(y.data, (value) => Number(value).toFixed(3))); // [ "0.269", "0.500", "0.881" ]
 * ```
 *
 * @category Graph
 */
export function sigmoid(x: Tensor): Tensor {
  return unary("Sigmoid", x);
}

/**
 * `log(1 + exp(x))`, without overflow.
 *
 * @example
 * ```ts
 * import { compile, Graph, softplus } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: softplus(x) });
 * const { y } = await session.run({});
 * console.log(Array.from(y.data, (value) => Number(value).toFixed(3))); // [ "0.313", "0.693", "2.127" ]
 * ```
 *
 * @category Graph
 */
export function softplus(x: Tensor): Tensor {
  return unary("Softplus", x);
}
