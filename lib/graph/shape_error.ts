import { ArgumentError } from "../core/errors.ts";
import type { Tensor } from "./graph.ts";

/** The error for operands that do not fit an operation, with each operand's type and shape. */
export function shapeError(op: string, reason: string, operands: readonly (Tensor | undefined)[]): ArgumentError {
  const shown = operands.filter((operand) => operand !== undefined).map(describe).join(" and ");
  return new ArgumentError(`Cannot build ${op} of ${shown}: ${reason}`);
}

/**
 * An axis counted from 0; a negative one counts from the end.
 *
 * @throws {ArgumentError} if the tensor has no such axis
 */
export function axisOf(op: string, axis: number, tensor: Tensor): number {
  const found = axis < 0 ? axis + tensor.rank : axis;
  if (!Number.isInteger(found) || found < 0 || found >= tensor.rank) {
    throw shapeError(op, `it has no axis ${axis}`, [tensor]);
  }
  return found;
}

/** For messages: `float32 [tokens, 384]`, with the name of an input or parameter. */
function describe(tensor: Tensor): string {
  const type = `${tensor.dtype} [${tensor.shape.join(", ")}]`;
  const named = tensor.origin.kind === "input" || tensor.origin.kind === "parameter";
  return named ? `"${tensor.name}" ${type}` : type;
}
