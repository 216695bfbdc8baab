import type { Tensor } from "../graph.ts";
import { shapeError } from "../shape_error.ts";
import { node } from "./node.ts";
import { binary, broadcastAll, type Operand, pair, wantType } from "./operands.ts";

/**
 * Logical and of two bool tensors.
 *
 * @example
 * ```ts
 * import { and, compile, Graph, greater, less } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: and(greater(x, -1), less(x, 2)) });
 * console.log((await session.run({})).y.data); // Uint8Array(3) [ 0, 1, 0 ]
 * ```
 *
 * @category Graph
 */
export function and(a: Tensor, b: Tensor): Tensor {
  return binary("And", [a, b], { types: ["bool"] });
}

/**
 * Logical or of two bool tensors.
 *
 * @example
 * ```ts
 * import { compile, Graph, greater, less, or } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: or(less(x, 0), greater(x, 1)) });
 * console.log((await session.run({})).y.data); // Uint8Array(3) [ 1, 0, 1 ]
 * ```
 *
 * @category Graph
 */
export function or(a: Tensor, b: Tensor): Tensor {
  return binary("Or", [a, b], { types: ["bool"] });
}

/**
 * Logical not of a bool tensor.
 *
 * @example
 * ```ts
 * import { compile, equal, Graph, not } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: not(equal(x, 0)) });
 * console.log((await session.run({})).y.data); // Uint8Array(3) [ 1, 0, 1 ]
 * ```
 *
 * @category Graph
 */
export function not(x: Tensor): Tensor {
  wantType("Not", ["bool"], [x]);
  return node("Not", [x], { shape: x.shape });
}

/**
 * `then` where `condition` is true, else `otherwise`; all three broadcast.
 *
 * @example
 * ```ts
 * import { compile, Graph, greater, where } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: where(greater(x, 0), x, 0) });
 * console.log((await session.run({})).y.data); // Float32Array(3) [ 0, 0, 2 ]
 * ```
 *
 * @category Graph
 */
export function where(condition: Tensor, then: Operand, otherwise: Operand): Tensor {
  const [a, b] = typeof then === "number" && typeof otherwise === "number"
    ? [condition.graph.constant(then), condition.graph.constant(otherwise)]
    : pair("Where", then, otherwise);
  if (condition.dtype !== "bool") throw shapeError("Where", "the condition must be bool", [condition, a, b]);
  if (a.dtype !== b.dtype) throw shapeError("Where", "the types differ", [condition, a, b]);
  return node("Where", [condition, a, b], { dtype: a.dtype, shape: broadcastAll("Where", [condition, a, b]) });
}
