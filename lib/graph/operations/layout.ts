import { checkOptions } from "../../core/options.ts";
import { axisOf, shapeError } from "../shape_error.ts";
import { differInSize, product, quotient, sameShape, sum } from "../shapes.ts";
import type { Tensor } from "../graph.ts";
import type { Dim } from "../types.ts";
import { shapeTensor } from "./dimension.ts";
import { node } from "./node.ts";
import { broadcast } from "../shapes.ts";

/**
 * The same elements in another shape. The shape may hold names, which are resolved when the graph runs, and one -1 that
 * stands for what is left. A name that no tensor of the graph has yet becomes the name of what is left.
 * @category Graph
 */
export function reshape(x: Tensor, shape: readonly Dim[]): Tensor {
  const open = shape.indexOf(-1);
  if (
    shape.some((dim) => typeof dim === "number" && (!Number.isInteger(dim) || dim < -1)) ||
    open !== shape.lastIndexOf(-1)
  ) {
    throw shapeError("Reshape", `[${shape.join(", ")}] is no shape`, [x]);
  }
  const target = [...shape];
  if (open >= 0) {
    const rest = quotient(x.shape, shape.toSpliced(open, 1));
    if (rest === undefined) throw shapeError("Reshape", `cannot tell the size of -1 in [${shape.join(", ")}]`, [x]);
    target[open] = rest;
  }
  const [whole, wanted] = [product(x.shape), product(target)];
  if (whole !== wanted && typeof whole === "number" && typeof wanted === "number") {
    throw shapeError("Reshape", `it has ${whole} elements, [${shape.join(", ")}] has ${wanted}`, [x]);
  }
  if (differInSize(x.shape, target)) {
    throw shapeError("Reshape", `the number of elements differs from that of [${shape.join(", ")}]`, [x]);
  }
  if (sameShape(target, x.shape)) return x;
  // A reshape of a reshape is one reshape.
  const source = x.origin.kind === "node" && x.origin.node.op === "Reshape" ? x.origin.node.inputs[0]! : x;
  if (sameShape(target, source.shape)) return x.graph.fold(x, source);
  // ONNX can infer one size: preferably a name that only this reshape brings in.
  const names = target.flatMap((dim, axis) => typeof dim === "string" ? [axis] : []);
  const inferred = names.find((axis) => x.graph.sources(target[axis] as string).length === 0) ?? names.at(-1);
  const list = shapeTensor(x.graph, inferred === undefined ? target : target.with(inferred, -1));
  const result = node("Reshape", [source, list], { shape: target });
  return source === x ? result : x.graph.fold(x, result);
}

/**
 * Axes in another order: axis i of the result is axis `permutation[i]` of `x`.
 *
 * @category Graph
 */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  const sorted = permutation.toSorted((a, b) => a - b);
  if (permutation.length !== x.rank || sorted.some((axis, index) => axis !== index)) {
    throw shapeError("Transpose", `[${permutation.join(", ")}] does not permute its axes`, [x]);
  }
  if (permutation.every((axis, index) => axis === index)) return x;
  if (x.origin.kind === "node" && x.origin.node.op === "Transpose") {
    const [before] = x.origin.node.inputs;
    const first = (x.origin.node.attributes.perm as { ints: readonly number[] }).ints;
    return x.graph.fold(x, transpose(before!, permutation.map((axis) => first[axis])));
  }
  return node("Transpose", [x], {
    shape: permutation.map((axis) => x.shape[axis]),
    attributes: { perm: { ints: permutation } },
  });
}

/**
 * Tensors one after the other along an axis; their other axes must be equal.
 *
 * @category Graph
 */
export function concat(tensors: readonly Tensor[], options: { axis: number }): Tensor {
  checkOptions("concat", options, { axis: "number" });
  const { axis } = options;
  const [first, ...others] = tensors;
  if (!first) throw shapeError("Concat", "want at least one tensor", []);
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
 * Parts along an axis, of the given sizes; the inverse of {@link concat}. Sizes may be names.
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
 * Elements `start` to `end` (exclusive) of an axis; negative ones count from the end. The axis must have a known size;
 * where it has a name, use {@link split} or `gather`.
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
  if (typeof size !== "number") throw shapeError("Slice", `the size of axis ${at} is not known`, [x]);
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
 * Repeats axes of size 1 so that the result has the given shape. Every name must be known to the graph.
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

/**
 * Takes away axes of size 1.
 *
 * @category Graph
 */
export function squeeze(x: Tensor, axes: readonly number[]): Tensor {
  const gone = new Set(axes.map((axis) => axisOf("Squeeze", axis, x)));
  for (const axis of gone) if (x.shape[axis] !== 1) throw shapeError("Squeeze", `axis ${axis} is not of size 1`, [x]);
  return reshape(x, x.shape.filter((_, axis) => !gone.has(axis)));
}

/**
 * Puts axes of size 1 in, so that they have the given places in the result.
 *
 * @category Graph
 */
export function unsqueeze(x: Tensor, axes: readonly number[]): Tensor {
  const rank = x.rank + axes.length;
  const places = new Set(axes.map((axis) => axis < 0 ? axis + rank : axis));
  if (places.size !== axes.length || [...places].some((axis) => axis < 0 || axis >= rank)) {
    throw shapeError("Unsqueeze", `[${axes.join(", ")}] are no axes of the result`, [x]);
  }
  const shape: Dim[] = [];
  for (let axis = 0, next = 0; axis < rank; axis++) shape.push(places.has(axis) ? 1 : x.shape[next++]);
  return reshape(x, shape);
}
