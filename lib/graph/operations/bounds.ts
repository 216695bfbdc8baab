import { ArgumentError } from "../../core/errors.ts";
import { checkOptions } from "../../core/options.ts";
import type { Tensor } from "../graph.ts";
import { node } from "./node.ts";
import { binary, FLOATS, like, NUMBERS, type Operand, wantType } from "./operands.ts";

/**
 * The smaller of `a` and `b`, broadcast. If they are equal, the gradient goes to `a`.
 *
 * @example
 * ```ts
 * import { compile, Graph, minimum } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 2, 3]);
 * await using session = await compile({ y: minimum(x, 2) });
 * console.log((await session.run({})).y.data); // Float32Array(3) [ 1, 2, 2 ]
 * ```
 *
 * @category Graph
 */
export function minimum(a: Operand, b: Operand): Tensor {
  return binary("Min", [a, b], { types: NUMBERS });
}

/**
 * The larger of `a` and `b`, broadcast. If they are equal, the gradient goes to `a`.
 *
 * @example
 * ```ts
 * import { compile, Graph, maximum } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 2, 3]);
 * await using session = await compile({ y: maximum(x, 2) });
 * console.log((await session.run({})).y.data); // Float32Array(3) [ 2, 2, 3 ]
 * ```
 *
 * @category Graph
 */
export function maximum(a: Operand, b: Operand): Tensor {
  return binary("Max", [a, b], { types: NUMBERS });
}

/**
 * `x` limited to the range from `min` to `max`. The gradient is 0 outside the range and passes at its ends.
 *
 * @example
 * ```ts
 * import { clip, compile, Graph } from "@syneg/kit/graph";
 * const x = new Graph().constant([-1, 0, 2]);
 * await using session = await compile({ y: clip(x, { min: 0, max: 1 }) });
 * console.log((await session.run({})).y.data); // Float32Array(3) [ 0, 0, 1 ]
 * ```
 *
 * @category Graph
 */
export function clip(x: Tensor, options: { min?: number; max?: number }): Tensor {
  checkOptions("clip", options, { min: "number", max: "number" });
  const { min, max } = options;
  wantType("Clip", FLOATS, [x]);
  if (min !== undefined && max !== undefined && !(min <= max)) {
    throw new ArgumentError(`clip needs min <= max, found ${min} and ${max}`);
  }
  const bound = (value?: number) => value === undefined ? undefined : like(value, x);
  return node("Clip", [x, bound(min), bound(max)], { shape: x.shape });
}
