import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { axisOf, shapeError } from "../shape_error.ts";
import type { Tensor } from "../graph.ts";
import type { Dim, DType } from "../types.ts";
import { FLOATS, NUMBERS, wantType } from "./operands.ts";
import { node } from "./node.ts";

/**
 * Options of the reductions.
 *
 * @category Graph
 */
export interface ReduceOptions {
  /**
   * Axes to reduce; negative ones count from the end. Omit for all.
   */
  axes?: readonly number[];
  /**
   * Whether to keep reduced axes, with size 1.
   *
   * @default {false}
   */
  keepDims?: boolean;
}

const REDUCE_OPTIONS: OptionKinds<ReduceOptions> = { axes: "array", keepDims: "boolean" };

/**
 * Sum over axes.
 *
 * @example
 * ```ts
 * import { compile, Graph, reduceSum } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 2, 3, 4], { shape: [2, 2] });
 * await using session = await compile({ y: reduceSum(x, { axes: [1] }) });
 * console.log((await session.run({})).y.data); // Float32Array(2) [ 3, 7 ]
 * ```
 *
 * @category Graph
 */
export function reduceSum(x: Tensor, options?: ReduceOptions): Tensor {
  checkOptions<ReduceOptions>("reduceSum", options ?? {}, REDUCE_OPTIONS);
  return reduce("ReduceSum", x, { types: NUMBERS, ...options });
}

/**
 * Mean over axes.
 *
 * @example
 * ```ts
 * import { compile, Graph, reduceMean } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 2, 3, 4], { shape: [2, 2] });
 * await using session = await compile({ y: reduceMean(x, { axes: [1] }) });
 * console.log((await session.run({})).y.data); // Float32Array(2) [ 1.5, 3.5 ]
 * ```
 *
 * @category Graph
 */
export function reduceMean(x: Tensor, options?: ReduceOptions): Tensor {
  checkOptions<ReduceOptions>("reduceMean", options ?? {}, REDUCE_OPTIONS);
  return reduce("ReduceMean", x, { types: FLOATS, ...options });
}

/**
 * Maximum over axes. Equal maxima share the gradient.
 *
 * @example
 * ```ts
 * import { compile, Graph, reduceMax } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 2, 3, 4], { shape: [2, 2] });
 * await using session = await compile({ y: reduceMax(x, { axes: [1] }) });
 * console.log((await session.run({})).y.data); // Float32Array(2) [ 2, 4 ]
 * ```
 *
 * @category Graph
 */
export function reduceMax(x: Tensor, options?: ReduceOptions): Tensor {
  checkOptions<ReduceOptions>("reduceMax", options ?? {}, REDUCE_OPTIONS);
  return reduce("ReduceMax", x, { types: NUMBERS, ...options });
}

/**
 * `log(sum(exp(x)))` over axes, without overflow.
 *
 * @example
 * ```ts
 * import { compile, Graph, logSumExp } from "@syneg/kit/graph";
 * const x = new Graph().constant([1000, -1000]);
 * await using session = await compile({ y: logSumExp(x) });
 * console.log((await session.run({})).y.data); // Float32Array(1) [ 1000 ]
 * ```
 *
 * @category Graph
 */
export function logSumExp(x: Tensor, options?: ReduceOptions): Tensor {
  checkOptions<ReduceOptions>("logSumExp", options ?? {}, REDUCE_OPTIONS);
  return reduce("ReduceLogSumExp", x, { types: FLOATS, ...options });
}

function reduce(
  op: string,
  x: Tensor,
  { axes, keepDims = false, types }: ReduceOptions & { types: readonly DType[] },
): Tensor {
  wantType(op, types, [x]);
  const reduced = new Set((axes ?? x.shape.map((_, axis) => axis)).map((axis) => axisOf(op, axis, x)));
  if (axes && reduced.size !== axes.length) throw shapeError(op, `the axes ${axes.join(", ")} repeat`, [x]);
  if (reduced.size === 0) return x;
  const shape: Dim[] = [];
  x.shape.forEach((dim, axis) => {
    if (!reduced.has(axis)) shape.push(dim);
    else if (keepDims) shape.push(1);
  });
  const list = x.graph.constant([...reduced].sort((a, b) => a - b), { dtype: "int64" });
  return node(op, [x, list], { shape, attributes: { keepdims: { int: +keepDims } } });
}
