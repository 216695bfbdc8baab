import { Tensor } from "../graph.ts";
import { node } from "./node.ts";
import { binary, FLOATS, NUMBERS, type Operand, scalarValue, unary, wantType } from "./operands.ts";

/**
 * `a + b`, broadcast.
 *
 * @example
 * ```ts
 * import { add, compile, Graph } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 2, 3]);
 * await using session = await compile({ y: add(x, 1) });
 * console.log((await session.run({})).y.data); // Float32Array(3) [ 2, 3, 4 ]
 * ```
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
 * @example
 * ```ts
 * import { compile, Graph, sub } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 2, 3]);
 * await using session = await compile({ y: sub(x, 1) });
 * console.log((await session.run({})).y.data); // Float32Array(3) [ 0, 1, 2 ]
 * ```
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
 * @example
 * ```ts
 * import { compile, Graph, mul } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 2, 3]);
 * await using session = await compile({ y: mul(x, 2) });
 * console.log((await session.run({})).y.data); // Float32Array(3) [ 2, 4, 6 ]
 * ```
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
 * @example
 * ```ts
 * import { compile, div, Graph } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 2, 3]);
 * await using session = await compile({ y: div(x, 2) });
 * console.log((await session.run({})).y.data); // Float32Array(3) [ 0.5, 1, 1.5 ]
 * ```
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
 * @example
 * ```ts
 * import { compile, Graph, pow } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 2, 3]);
 * await using session = await compile({ y: pow(2, x) });
 * console.log((await session.run({})).y.data); // Float32Array(3) [ 2, 4, 8 ]
 * ```
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
 * `-x`.
 *
 * @example
 * ```ts
 * import { compile, Graph, neg } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 2, 3]);
 * await using session = await compile({ y: neg(x) });
 * console.log((await session.run({})).y.data); // Float32Array(3) [ -1, -2, -3 ]
 * ```
 *
 * @category Graph
 */
export function neg(x: Tensor): Tensor {
  wantType("Neg", NUMBERS, [x]);
  return node("Neg", [x], { shape: x.shape });
}

/**
 * Absolute value; the gradient at 0 is 0.
 *
 * @example
 * ```ts
 * import { abs, compile, Graph } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: abs(x) });
 * console.log((await session.run({})).y.data); // Float32Array(3) [ 1, 0, 2 ]
 * ```
 *
 * @category Graph
 */
export function abs(x: Tensor): Tensor {
  return unary("Abs", x);
}

/**
 * Square root.
 *
 * @example
 * ```ts
 * import { compile, Graph, sqrt } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 4, 9]);
 * await using session = await compile({ y: sqrt(x) });
 * console.log((await session.run({})).y.data); // Float32Array(3) [ 1, 2, 3 ]
 * ```
 *
 * @category Graph
 */
export function sqrt(x: Tensor): Tensor {
  return unary("Sqrt", x);
}

/**
 * Exponential.
 *
 * @example
 * ```ts
 * import { compile, exp, Graph } from "@syneg/kit/graph";
 * const x = new Graph().constant([0, 1]);
 * await using session = await compile({ y: exp(x) });
 * const { y } = await session.run({});
 * console.log([...y.data].map((value) => Number(value).toFixed(3))); // [ "1.000", "2.718" ]
 * ```
 *
 * @category Graph
 */
export function exp(x: Tensor): Tensor {
  return unary("Exp", x);
}

/**
 * Natural logarithm.
 *
 * @example
 * ```ts
 * import { compile, Graph, log } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, Math.E]);
 * await using session = await compile({ y: log(x) });
 * const { y } = await session.run({});
 * console.log([...y.data].map((value) => Number(value).toFixed(3))); // [ "0.000", "1.000" ]
 * ```
 *
 * @category Graph
 */
export function log(x: Tensor): Tensor {
  return unary("Log", x);
}

/**
 * Gauss error function.
 *
 * @example
 * ```ts
 * import { compile, erf, Graph } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: erf(x) });
 * const { y } = await session.run({});
 * console.log([...y.data].map((value) => Number(value).toFixed(3))); // [ "-0.843", "0.000", "0.995" ]
 * ```
 *
 * @category Graph
 */
export function erf(x: Tensor): Tensor {
  return unary("Erf", x);
}
