import { add, div, erf, exp, mul } from "../operations/arithmetic.ts";
import { minimum } from "../operations/bounds.ts";
import { cast } from "../operations/cast.ts";
import { node, producer } from "../operations/node.ts";
import type { Tensor } from "../graph.ts";

/**
 * Gradient of `y = gelu(x)`: half of 1 + erf(x / sqrt 2) + x sqrt(2 / pi) / exp(x^2 / 2), in as few passes as possible.
 * The factor 1/2 merges into the products that follow. If the exponential overflows, the quotient is 0, which is correct.
 */
export function geluRule(g: Tensor, x: Tensor): Tensor {
  const { scaled, twice } = parts(x, g);
  const density = mul(div(x, exp(mul(scaled, scaled))), Math.sqrt(2 / Math.PI));
  return mul(mul(g, add(twice, density)), 0.5);
}

/**
 * A tensor that the gradient of a product needs, recomputed if it is `gelu(x)`. With the intermediate results of
 * {@link geluRule} for its gradient `g` that takes one pass, and saves keeping it from the forward pass, where it is the
 * largest tensor.
 */
export function recomputed(y: Tensor, g: Tensor): Tensor {
  const x = producer(y, "Gelu")?.inputs[0];
  return x ? mul(mul(x, parts(x, g).twice), 0.5) : y;
}

/** `x / sqrt 2`, and `1 + erf` of it: twice the distribution function. */
function parts(x: Tensor, g: Tensor): { scaled: Tensor; twice: Tensor } {
  const scaled = mul(x, after(g, Math.SQRT1_2));
  return { scaled, twice: add(erf(scaled), 1) };
}

/**
 * A number from 0 to 1 that is known only after `g`, as the minimum of the number and the size of an axis. What depends
 * on it cannot run during the forward pass and occupy memory until it is needed.
 */
function after(g: Tensor, value: number): Tensor | number {
  if (g.rank === 0 || g.dtype !== "float32") return value;
  const attributes = { start: { int: 0 }, end: { int: 1 } };
  return minimum(cast(node("Shape", [g], { dtype: "int64", shape: [1], attributes }), "float32"), value);
}
