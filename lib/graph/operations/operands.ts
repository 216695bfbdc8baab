import { ArgumentError } from "../../core/errors.ts";
import { shapeError } from "../shape_error.ts";
import { broadcast } from "../shapes.ts";
import { Tensor } from "../graph.ts";
import { cast } from "./cast.ts";
import { node } from "./node.ts";
import type { Dim, DType } from "../types.ts";

/**
 * An operand: a tensor, or a number, which takes the other operand's type.
 *
 * @category Graph
 */
export type Operand = Tensor | number;

/** Both operands as tensors. */
export function pair(op: string, a: Operand, b: Operand): [Tensor, Tensor] {
  const tensor = a instanceof Tensor ? a : b instanceof Tensor ? b : undefined;
  if (!tensor) throw new ArgumentError(`Cannot build ${op} of ${a} and ${b}: one operand must be a tensor`);
  return [like(a, tensor), like(b, tensor)];
}

/** An operand as a tensor; a number becomes a constant of `tensor`'s type in its graph. */
export function like(operand: Operand, tensor: Tensor): Tensor {
  if (operand instanceof Tensor) return operand;
  if (tensor.dtype === "float16") return cast(tensor.graph.constant(operand), "float16");
  return tensor.graph.constant(operand, { dtype: tensor.dtype });
}

/** Throws if a tensor has a type that the operation does not take. */
export function wantType(op: string, allowed: readonly DType[], tensors: readonly Tensor[]): void {
  for (const tensor of tensors) {
    if (!allowed.includes(tensor.dtype)) throw shapeError(op, `it takes ${allowed.join(" or ")}`, tensors);
  }
}

/** Types of floating-point numbers. */
export const FLOATS = ["float32", "float16"] as const;
/** Types of numbers. */
export const NUMBERS = ["float32", "float16", "int32", "int64"] as const;
/** Types of indices. */
export const INDICES = ["int32", "int64"] as const;

/** The shape that all operands broadcast to. Throws if they do not. */
export function broadcastAll(op: string, tensors: readonly Tensor[]): Dim[] {
  let shape: Dim[] = [];
  for (const tensor of tensors) {
    const wider = broadcast(shape, tensor.shape);
    if (!wider) throw shapeError(op, "the shapes do not broadcast", tensors);
    shape = wider;
  }
  return shape;
}

/** Appends an element-wise node of two broadcast operands. */
export function binary(
  op: string,
  [left, right]: readonly [Operand, Operand],
  { types, dtype }: { types: readonly DType[]; dtype?: DType },
): Tensor {
  const [a, b] = pair(op, left, right);
  wantType(op, types, [a, b]);
  if (a.dtype !== b.dtype) throw shapeError(op, "the types differ", [a, b]);
  return node(op, [a, b], { shape: broadcastAll(op, [a, b]), dtype });
}

/** Appends an element-wise node of one floating-point operand. */
export function unary(op: string, x: Tensor, domain?: string): Tensor {
  wantType(op, FLOATS, [x]);
  return node(op, [x], { shape: x.shape, domain });
}

/** The number of a scalar constant, else undefined. */
export function scalarValue(operand: Operand): number | undefined {
  if (typeof operand === "number") return operand;
  return operand.origin.kind === "constant" && operand.rank === 0 ? Number(operand.origin.data[0]) : undefined;
}
