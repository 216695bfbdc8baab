import type { Tensor } from "../graph.ts";
import { binary, NUMBERS, type Operand } from "./operands.ts";

/**
 * Whether `a` equals `b`, element by element, as bool. Comparisons have no gradient.
 *
 * @example
 * ```ts
 * import { compile, equal, Graph } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: equal(x, 2) });
 * console.log((await session.run({})).y.data); // Uint8Array(3) [ 0, 0, 1 ]
 * ```
 *
 * @category Graph
 */
export function equal(a: Operand, b: Operand): Tensor {
  return binary("Equal", [a, b], { types: [...NUMBERS, "bool"], dtype: "bool" });
}

/**
 * Whether `a < b`, as bool.
 *
 * @example
 * ```ts
 * import { compile, Graph, less } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: less(x, 0) });
 * console.log((await session.run({})).y.data); // Uint8Array(3) [ 1, 0, 0 ]
 * ```
 *
 * @category Graph
 */
export function less(a: Operand, b: Operand): Tensor {
  return binary("Less", [a, b], { types: NUMBERS, dtype: "bool" });
}

/**
 * Whether `a <= b`, as bool.
 *
 * @example
 * ```ts
 * import { compile, Graph, lessOrEqual } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: lessOrEqual(x, 0) });
 * console.log((await session.run({})).y.data); // Uint8Array(3) [ 1, 1, 0 ]
 * ```
 *
 * @category Graph
 */
export function lessOrEqual(a: Operand, b: Operand): Tensor {
  return binary("LessOrEqual", [a, b], { types: NUMBERS, dtype: "bool" });
}

/**
 * Whether `a > b`, as bool.
 *
 * @example
 * ```ts
 * import { compile, Graph, greater } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: greater(x, 0) });
 * console.log((await session.run({})).y.data); // Uint8Array(3) [ 0, 0, 1 ]
 * ```
 *
 * @category Graph
 */
export function greater(a: Operand, b: Operand): Tensor {
  return binary("Greater", [a, b], { types: NUMBERS, dtype: "bool" });
}

/**
 * Whether `a >= b`, as bool.
 *
 * @example
 * ```ts
 * import { compile, Graph, greaterOrEqual } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: greaterOrEqual(x, 0) });
 * console.log((await session.run({})).y.data); // Uint8Array(3) [ 0, 1, 1 ]
 * ```
 *
 * @category Graph
 */
export function greaterOrEqual(a: Operand, b: Operand): Tensor {
  return binary("GreaterOrEqual", [a, b], { types: NUMBERS, dtype: "bool" });
}
