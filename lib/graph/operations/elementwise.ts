import { checkOptions } from "../../core/options.ts";
import { ArgumentError } from "../../core/errors.ts";
import { shapeError } from "../shape_error.ts";
import { Tensor } from "../graph.ts";
import {
  binary,
  broadcastAll,
  FLOATS,
  like,
  NUMBERS,
  type Operand,
  pair,
  scalarValue,
  unary,
  wantType,
} from "./operands.ts";
import { node } from "./node.ts";

/**
 * `a + b`, broadcast.
 *
 * @category Graph
 */
export function add(a: Operand, b: Operand): Tensor {
  if (a instanceof Tensor && scalarValue(b) === 0) return a;
  if (b instanceof Tensor && scalarValue(a) === 0) return b;
  return binary("Add", [a, b], { types: NUMBERS });
}

/**
 * `a - b`, broadcast.
 *
 * @category Graph
 */
export function sub(a: Operand, b: Operand): Tensor {
  if (a instanceof Tensor && scalarValue(b) === 0) return a;
  return binary("Sub", [a, b], { types: NUMBERS });
}

/**
 * `a * b`, broadcast.
 *
 * @category Graph
 */
export function mul(a: Operand, b: Operand): Tensor {
  if (a instanceof Tensor && scalarValue(b) === 1) return a;
  if (b instanceof Tensor && scalarValue(a) === 1) return b;
  return binary("Mul", [a, b], { types: NUMBERS });
}

/**
 * `a / b`, broadcast.
 *
 * @category Graph
 */
export function div(a: Operand, b: Operand): Tensor {
  if (a instanceof Tensor && scalarValue(b) === 1) return a;
  return binary("Div", [a, b], { types: NUMBERS });
}

/**
 * `a` to the power of `b`, broadcast.
 *
 * @category Graph
 */
export function pow(a: Operand, b: Operand): Tensor {
  if (a instanceof Tensor) {
    if (scalarValue(b) === 1) return a;
    if (scalarValue(b) === 2) return mul(a, a);
  }
  return binary("Pow", [a, b], { types: FLOATS });
}

/**
 * The smaller of `a` and `b`, broadcast. Where they are equal the gradient goes to `a`.
 *
 * @category Graph
 */
export function minimum(a: Operand, b: Operand): Tensor {
  return binary("Min", [a, b], { types: NUMBERS });
}

/**
 * The larger of `a` and `b`, broadcast. Where they are equal the gradient goes to `a`.
 *
 * @category Graph
 */
export function maximum(a: Operand, b: Operand): Tensor {
  return binary("Max", [a, b], { types: NUMBERS });
}

/**
 * `-x`.
 *
 * @category Graph
 */
export function neg(x: Tensor): Tensor {
  wantType("Neg", NUMBERS, [x]);
  return node("Neg", [x], { shape: x.shape });
}

/**
 * Absolute value; its gradient at 0 is 0.
 *
 * @category Graph
 */
export function abs(x: Tensor): Tensor {
  return unary("Abs", x);
}

/**
 * Square root.
 *
 * @category Graph
 */
export function sqrt(x: Tensor): Tensor {
  return unary("Sqrt", x);
}

/**
 * e to the power of x.
 *
 * @category Graph
 */
export function exp(x: Tensor): Tensor {
  return unary("Exp", x);
}

/**
 * Natural logarithm.
 *
 * @category Graph
 */
export function log(x: Tensor): Tensor {
  return unary("Log", x);
}

/**
 * Gauss error function.
 *
 * @category Graph
 */
export function erf(x: Tensor): Tensor {
  return unary("Erf", x);
}

/**
 * Hyperbolic tangent.
 *
 * @category Graph
 */
export function tanh(x: Tensor): Tensor {
  return unary("Tanh", x);
}

/**
 * `x * (1 + erf(x / sqrt(2))) / 2`, exact and not by tanh, as one kernel (Hendrycks and Gimpel, arXiv 1606.08415).
 *
 * @category Graph
 */
export function gelu(x: Tensor): Tensor {
  return unary("Gelu", x, "com.microsoft");
}

/**
 * `max(x, 0)`; its gradient at 0 is 0.
 *
 * @category Graph
 */
export function relu(x: Tensor): Tensor {
  return unary("Relu", x);
}

/**
 * `1 / (1 + exp(-x))`.
 *
 * @category Graph
 */
export function sigmoid(x: Tensor): Tensor {
  return unary("Sigmoid", x);
}

/**
 * `log(1 + exp(x))`, without overflow.
 *
 * @category Graph
 */
export function softplus(x: Tensor): Tensor {
  return unary("Softplus", x);
}

/**
 * x, limited to the range from `min` to `max`; the gradient passes inside of it, ends included.
 *
 * @category Graph
 */
export function clip(x: Tensor, options: { min?: number; max?: number }): Tensor {
  checkOptions("clip", options, { min: "number", max: "number" });
  const { min, max } = options;
  wantType("Clip", FLOATS, [x]);
  if (min !== undefined && max !== undefined && !(min <= max)) {
    throw new ArgumentError(`Cannot clip to the range from ${min} to ${max}: want min <= max`);
  }
  const bound = (value?: number) => value === undefined ? undefined : like(value, x);
  return node("Clip", [x, bound(min), bound(max)], { shape: x.shape });
}

/**
 * `then` where `condition` holds, else `otherwise`; all three broadcast.
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
