import type { Tensor } from "../graph.ts";
import { type DType, ELEMENT_TYPE } from "../types.ts";
import { node } from "./node.ts";

/**
 * Converts the elements to another type.
 *
 * @example
 * ```ts
 * import { cast, compile, Graph } from "@syneg/kit/graph";
 * const x = new Graph().constant([1.2, 2.7]);
 * await using session = await compile({ y: cast(x, "int32") });
 * console.log((await session.run({})).y.data); // Int32Array(2) [ 1, 2 ]
 * ```
 *
 * @category Graph
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return x;
  return node("Cast", [x], { dtype, shape: x.shape, attributes: { to: { int: ELEMENT_TYPE[dtype] } } });
}
