import { checkOptions } from "../../core/options.ts";
import type { Tensor } from "../graph.ts";
import { axisOf, shapeError } from "../shape_error.ts";
import { node } from "./node.ts";
import { NUMBERS, wantType } from "./operands.ts";

/**
 * The k largest (or smallest) elements along an axis, in order, with their indices (int64).
 *
 * @example
 * ```ts
 * import { compile, Graph, topK } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 3, 2]);
 * await using session = await compile({ y: topK(x, { k: 2 }).indices });
 * console.log((await session.run({})).y.data); // BigInt64Array(2) [ 1n, 2n ]
 * ```
 *
 * @category Graph
 */
export function topK(
  x: Tensor,
  options: { k: number; axis?: number; largest?: boolean },
): { values: Tensor; indices: Tensor } {
  checkOptions("topK", options, { k: "number", axis: "number", largest: "boolean" });
  const { k, axis = -1, largest = true } = options;
  wantType("TopK", NUMBERS, [x]);
  const at = axisOf("TopK", axis, x);
  const size = x.shape[at];
  if (!Number.isInteger(k) || k < 0 || (typeof size === "number" && k > size)) {
    throw shapeError("TopK", `k must be an integer from 0 to the size of axis ${at}, found ${k}`, [x]);
  }
  const shape = x.shape.with(at, k);
  const [values, indices] = x.graph.append("TopK", [x, x.graph.constant([k], { dtype: "int64" })], {
    attributes: { axis: { int: at }, largest: { int: +largest }, sorted: { int: 1 } },
    outputs: [{ dtype: x.dtype, shape }, { dtype: "int64", shape }],
  });
  return { values, indices };
}

/**
 * Index (int64) of the largest element along an axis, the first if several are equal. The axis is removed.
 *
 * @example
 * ```ts
 * import { argMax, compile, Graph } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 3, 2]);
 * await using session = await compile({ y: argMax(x) });
 * console.log((await session.run({})).y.data); // BigInt64Array(1) [ 1n ]
 * ```
 *
 * @category Graph
 */
export function argMax(x: Tensor, options: { axis?: number } = {}): Tensor {
  checkOptions("argMax", options, { axis: "number" });
  const { axis = -1 } = options;
  wantType("ArgMax", NUMBERS, [x]);
  const at = axisOf("ArgMax", axis, x);
  return node("ArgMax", [x], {
    dtype: "int64",
    shape: x.shape.toSpliced(at, 1),
    attributes: { axis: { int: at }, keepdims: { int: 0 } },
  });
}
