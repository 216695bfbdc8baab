import { checkOptions } from "../../core/options.ts";
import type { Tensor } from "../graph.ts";
import { axisOf, shapeError } from "../shape_error.ts";
import { broadcast, sameShape, sum } from "../shapes.ts";
import type { Dim } from "../types.ts";
import { shapeTensor } from "./dimension.ts";
import { node, producer } from "./node.ts";

/**
 * Permutes the axes: axis i of the result is axis `permutation[i]` of `x`.
 *
 * @example
 * ```ts
 * import { compile, Graph, transpose } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 2, 3, 4], { shape: [2, 2] });
 * await using session = await compile({ y: transpose(x, [1, 0]) });
 * console.log((await session.run({})).y.data); // Float32Array(4) [ 1, 3, 2, 4 ]
 * ```
 *
 * @category Graph
 */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  const sorted = permutation.toSorted((a, b) => a - b);
  if (permutation.length !== x.rank || sorted.some((axis, index) => axis !== index)) {
    throw shapeError("Transpose", `[${permutation.join(", ")}] does not permute its axes`, [x]);
  }
  if (permutation.every((axis, index) => axis === index)) return x;
  const before = producer(x, "Transpose");
  if (before) {
    const first = (before.attributes.perm as { ints: readonly number[] }).ints;
    return x.graph.fold(x, transpose(before.inputs[0]!, permutation.map((axis) => first[axis])));
  }
  return node("Transpose", [x], {
    shape: permutation.map((axis) => x.shape[axis]),
    attributes: { perm: { ints: permutation } },
  });
}

/**
 * Joins tensors along an axis. Their other axes must be equal.
 *
 * @example
 * ```ts
 * import { compile, concat, Graph, neg } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 2, 3]);
 * await using session = await compile({ y: concat([x, neg(x)], { axis: 0 }) });
 * console.log((await session.run({})).y.data); // Float32Array(6) [ 1, 2, 3, -1, -2, -3 ]
 * ```
 *
 * @category Graph
 */
export function concat(tensors: readonly Tensor[], options: { axis: number }): Tensor {
  checkOptions("concat", options, { axis: "number" });
  const { axis } = options;
  const [first, ...others] = tensors;
  if (!first) throw shapeError("Concat", "it needs at least one tensor", []);
  if (others.length === 0) return first;
  const at = axisOf("Concat", axis, first);
  for (const other of others) {
    if (other.dtype !== first.dtype) throw shapeError("Concat", "the types differ", tensors);
    if (other.rank !== first.rank || !sameShape(other.shape.with(at, 0), first.shape.with(at, 0))) {
      throw shapeError("Concat", `the shapes differ in more than axis ${at}`, tensors);
    }
  }
  const shape = first.shape.with(at, sum(tensors.map((tensor) => tensor.shape[at])));
  return node("Concat", [first, ...others], { shape, attributes: { axis: { int: at } } });
}

/**
 * Parts of the given sizes along an axis; the inverse of {@link concat}. Sizes may be names.
 *
 * @example
 * ```ts
 * import { Graph, split } from "@syneg/kit/graph";
 * const x = new Graph().input("x", { shape: ["batch", 6] });
 * console.log(split(x, { axis: 1, sizes: [2, 4] }).map(({ shape }) => shape)); // [ [ "batch", 2 ], [ "batch", 4 ] ]
 * ```
 *
 * @category Graph
 */
export function split(x: Tensor, options: { axis: number; sizes: readonly Dim[] }): Tensor[] {
  checkOptions("split", options, { axis: "number", sizes: "array" });
  const { axis, sizes } = options;
  const at = axisOf("Split", axis, x);
  const total = sum(sizes);
  if (total !== x.shape[at] && typeof total === "number" && typeof x.shape[at] === "number") {
    throw shapeError("Split", `[${sizes.join(", ")}] does not add up to the size of axis ${at}`, [x]);
  }
  if (sizes.length === 1) return [x];
  return [...x.graph.append("Split", [x, shapeTensor(x.graph, sizes)], {
    attributes: { axis: { int: at } },
    outputs: sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.with(at, size) })),
  })];
}

/**
 * Elements `start` to `end` (exclusive) of an axis; negative numbers count from the end. The size of the axis must be
 * known. For an axis with a name, use {@link split} or `gather`.
 *
 * @example
 * ```ts
 * import { compile, Graph, slice } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 2, 3]);
 * await using session = await compile({ y: slice(x, { axis: 0, start: -2 }) });
 * console.log((await session.run({})).y.data); // Float32Array(2) [ 2, 3 ]
 * ```
 *
 * @category Graph
 */
export function slice(
  x: Tensor,
  options: { axis: number; start?: number; end?: number },
): Tensor {
  checkOptions("slice", options, { axis: "number", start: "number", end: "number" });
  const { axis, start = 0, end } = options;
  const at = axisOf("Slice", axis, x);
  const size = x.shape[at];
  if (typeof size !== "number") throw shapeError("Slice", `the size of axis ${at} is unknown`, [x]);
  const from = start < 0 ? start + size : start;
  const to = end === undefined ? size : end < 0 ? end + size : end;
  if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to <= size)) {
    throw shapeError("Slice", `axis ${at} has no elements ${start} to ${end ?? "the end"}`, [x]);
  }
  if (from === 0 && to === size) return x;
  const list = (value: number) => x.graph.constant([value], { dtype: "int64" });
  return node("Slice", [x, list(from), list(to), list(at)], { shape: x.shape.with(at, to - from) });
}

/**
 * Repeats axes of size 1 to give the result this shape. The graph must know every name.
 *
 * @example
 * ```ts
 * import { compile, expand, Graph } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 2, 3]);
 * await using session = await compile({ y: expand(x, [2, 3]) });
 * console.log((await session.run({})).y.data); // Float32Array(6) [ 1, 2, 3, 1, 2, 3 ]
 * ```
 *
 * @category Graph
 */
export function expand(x: Tensor, shape: readonly Dim[]): Tensor {
  const wide = broadcast(x.shape, shape);
  if (!wide || !sameShape(wide, shape)) {
    throw shapeError("Expand", `it does not broadcast to [${shape.join(", ")}]`, [x]);
  }
  return sameShape(x.shape, shape) ? x : node("Expand", [x, shapeTensor(x.graph, shape)], { shape });
}
