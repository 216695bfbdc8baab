import type { Tensor } from "../graph.ts";
import { node } from "./node.ts";
import { FLOATS, unary, wantType } from "./operands.ts";
import { reshape } from "./reshape.ts";

/**
 * Hyperbolic tangent.
 *
 * @example
 * ```ts
 * import { compile, Graph, tanh } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: tanh(x) });
 * const { y } = await session.run({});
 * console.log([...y.data].map((value) => Number(value).toFixed(3))); // [ "-0.762", "0.000", "0.964" ]
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
 * console.log([...y.data].map((value) => Number(value).toFixed(3))); // [ "-0.159", "0.000", "1.954" ]
 * ```
 *
 * @category Graph
 */
export function gelu(x: Tensor): Tensor {
  return unary("Gelu", x, "com.microsoft");
}

/**
 * GELU by its approximation with tanh, as one kernel (Hendrycks and Gimpel, arXiv 1606.08415).
 *
 * @example
 * ```ts
 * import { compile, geluTanh, Graph } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: geluTanh(x) });
 * const { y } = await session.run({});
 * console.log(Number(y.data[2]).toFixed(3)); // 1.955
 * ```
 *
 * @category Graph
 */
export function geluTanh(x: Tensor): Tensor {
  // The kernel takes no scalar.
  return x.rank === 0 ? reshape(geluTanh(reshape(x, [1])), []) : unary("FastGelu", x, "com.microsoft");
}

/**
 * `x * sigmoid(x)`, as one kernel (Elfwing et al., arXiv 1702.03118).
 *
 * @example
 * ```ts
 * import { compile, Graph, silu } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: silu(x) });
 * const { y } = await session.run({});
 * console.log(Number(y.data[2]).toFixed(3)); // 1.762
 * ```
 *
 * @category Graph
 */
export function silu(x: Tensor): Tensor {
  wantType("QuickGelu", FLOATS, [x]);
  return node("QuickGelu", [x], { shape: x.shape, attributes: { alpha: { float: 1 } }, domain: "com.microsoft" });
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
 * console.log([...y.data].map((value) => Number(value).toFixed(3))); // [ "0.269", "0.500", "0.881" ]
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
 * console.log([...y.data].map((value) => Number(value).toFixed(3))); // [ "0.313", "0.693", "2.127" ]
 * ```
 *
 * @category Graph
 */
export function softplus(x: Tensor): Tensor {
  return unary("Softplus", x);
}
