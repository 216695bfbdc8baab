import type { Tensor } from "../graph.ts";
import { binary, NUMBERS, type Operand, wantType } from "./operands.ts";
import { node } from "./node.ts";

/**
 * Whether `a` equals `b`, element by element; a bool tensor without gradient.
 *
 * @category Graph
 */
export function equal(a: Operand, b: Operand): Tensor {
  return binary("Equal", [a, b], { types: [...NUMBERS, "bool"], dtype: "bool" });
}

/**
 * Whether `a < b`.
 *
 * @category Graph
 */
export function less(a: Operand, b: Operand): Tensor {
  return binary("Less", [a, b], { types: NUMBERS, dtype: "bool" });
}

/**
 * Whether `a <= b`.
 *
 * @category Graph
 */
export function lessOrEqual(a: Operand, b: Operand): Tensor {
  return binary("LessOrEqual", [a, b], { types: NUMBERS, dtype: "bool" });
}

/**
 * Whether `a > b`.
 *
 * @category Graph
 */
export function greater(a: Operand, b: Operand): Tensor {
  return binary("Greater", [a, b], { types: NUMBERS, dtype: "bool" });
}

/**
 * Whether `a >= b`.
 *
 * @category Graph
 */
export function greaterOrEqual(a: Operand, b: Operand): Tensor {
  return binary("GreaterOrEqual", [a, b], { types: NUMBERS, dtype: "bool" });
}

/**
 * Whether both hold.
 *
 * @category Graph
 */
export function and(a: Tensor, b: Tensor): Tensor {
  return binary("And", [a, b], { types: ["bool"] });
}

/**
 * Whether at least one holds.
 *
 * @category Graph
 */
export function or(a: Tensor, b: Tensor): Tensor {
  return binary("Or", [a, b], { types: ["bool"] });
}

/**
 * Whether it does not hold.
 *
 * @category Graph
 */
export function not(x: Tensor): Tensor {
  wantType("Not", ["bool"], [x]);
  return node("Not", [x], { shape: x.shape });
}

/**
 * x itself, through which no gradient passes.
 *
 * @category Graph
 */
export function stopGradient(x: Tensor): Tensor {
  if (x.origin.kind === "constant") return x;
  if (x.origin.kind === "node" && x.origin.node.op === "StopGradient") return x;
  return node("StopGradient", [x], { shape: x.shape });
}
