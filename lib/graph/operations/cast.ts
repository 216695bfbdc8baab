import type { Tensor } from "../graph.ts";
import type { DType } from "../types.ts";
import { node } from "./node.ts";

/**
 * Numbers of the element types in ONNX files.
 *
 * @category Graph
 */
export const ELEMENT_TYPE: Record<DType, number> = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10 };

/**
 * Converts elements to another type.
 *
 * @category Graph
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return x;
  return node("Cast", [x], { dtype, shape: x.shape, attributes: { to: { int: ELEMENT_TYPE[dtype] } } });
}
