import { checkOptions, type OptionKinds } from "../../core/options.ts";
import type { Graph } from "../graph.ts";
import { axisOf, shapeError } from "../shape_error.ts";
import { product, sameShape } from "../shapes.ts";
import type { Tensor } from "../graph.ts";
import type { Dim, DType } from "../types.ts";
import { dimension } from "./dimension.ts";
import { add, mul, where } from "./elementwise.ts";
import { cast } from "./cast.ts";
import { expand, reshape, unsqueeze } from "./layout.ts";
import { equal, less } from "./logic.ts";
import { reduceSum } from "./reduce.ts";
import { INDICES, NUMBERS, wantType } from "./operands.ts";
import { node } from "./node.ts";

/**
 * Options of {@link gather}.
 *
 * @category Graph
 */
export interface GatherOptions {
  /**
   * Axis that the indices count along.
   *
   * @default {0}
   */
  axis?: number;
  /**
   * Where every row of `x` stands in the result: int32 `[rows]`, for gathers along axis 0 by one-dimensional indices
   * that hold every row once, beside rows that only pad. With it the gradient is a gather too, and what arrives at the
   * padding is dropped.
   */
  inverse?: Tensor;
}

const GATHER_OPTIONS: OptionKinds<GatherOptions> = { axis: "number", inverse: "object" };

/**
 * Entries of `x` along an axis by index: the axis is replaced by the axes of `indices` (int32 or int64).
 *
 * @category Graph
 */
export function gather(x: Tensor, indices: Tensor, options: GatherOptions = {}): Tensor {
  checkOptions<GatherOptions>("gather", options, GATHER_OPTIONS);
  const { axis = 0, inverse } = options;
  wantType("Gather", INDICES, inverse ? [indices, inverse] : [indices]);
  const at = axisOf("Gather", axis, x);
  if (inverse && (at !== 0 || indices.rank !== 1 || inverse.rank !== 1 || inverse.shape[0] !== x.shape[0])) {
    throw shapeError("Gather", "an inverse holds a place for every row of a gather along axis 0", [
      x,
      indices,
      inverse,
    ]);
  }
  const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
  // The inverse is an operand for the gradient's sake; the serializer leaves it out.
  const operands: [Tensor, ...Tensor[]] = inverse ? [x, indices, inverse] : [x, indices];
  return node("Gather", operands, { shape, attributes: { axis: { int: at } } });
}

/**
 * For every place of `indices`, the element of `x` at that place with the coordinate on `axis` replaced.
 *
 * @category Graph
 */
export function gatherElements(x: Tensor, indices: Tensor, options: { axis: number }): Tensor {
  checkOptions("gatherElements", options, { axis: "number" });
  const { axis } = options;
  wantType("GatherElements", INDICES, [indices]);
  const at = axisOf("GatherElements", axis, x);
  if (x.rank !== indices.rank || !sameShape(x.shape.with(at, 0), indices.shape.with(at, 0))) {
    throw shapeError("GatherElements", `the shapes differ in more than axis ${at}`, [x, indices]);
  }
  return node("GatherElements", [x, indices], { shape: indices.shape, attributes: { axis: { int: at } } });
}

/**
 * Options of {@link scatterND}.
 *
 * @category Graph
 */
export interface ScatterOptions {
  /** int64 `[..., k]`: each row is a coordinate in the first k axes of the data. */
  indices: Tensor;
  /** What is put there: `[..., remaining axes of the data]`. */
  updates: Tensor;
  /**
   * Whether updates replace what is there (then no index may repeat) or are added to it (then they may).
   *
   * @default {"none"}
   */
  reduction?: "none" | "add";
}

const SCATTER_OPTIONS: OptionKinds<ScatterOptions> = { indices: "object", updates: "object", reduction: "string" };

/**
 * A copy of `data` with updates at indices.
 *
 * @category Graph
 */
export function scatterND(data: Tensor, options: ScatterOptions): Tensor {
  checkOptions<ScatterOptions>("scatterND", options, SCATTER_OPTIONS);
  const { indices, updates, reduction = "none" } = options;
  const operands: [Tensor, Tensor, Tensor] = [data, indices, updates];
  if (indices.dtype !== "int64") throw shapeError("ScatterND", "the indices must be int64", operands);
  if (data.dtype !== updates.dtype) throw shapeError("ScatterND", "the types differ", operands);
  const depth = indices.shape.at(-1);
  if (typeof depth !== "number" || depth < 1 || depth > data.rank) {
    throw shapeError("ScatterND", "the last axis of the indices must count axes of the data", operands);
  }
  const wanted = [...indices.shape.slice(0, -1), ...data.shape.slice(depth)];
  if (!sameShape(updates.shape, wanted)) {
    throw shapeError("ScatterND", `the updates must have the shape [${wanted.join(", ")}]`, operands);
  }
  if (reduction === "none") return node("ScatterND", operands, { shape: data.shape });
  // The kernel that adds loses updates where threads meet at one index, so add row by row with one that does not.
  const [front, rest] = [data.shape.slice(0, depth), data.shape.slice(depth)];
  const strides = front.map((_, axis) => product(front.slice(axis + 1)));
  if (!strides.every((stride) => typeof stride === "number")) {
    throw shapeError("ScatterND", "adding wants known sizes of the indexed axes after the first", operands);
  }
  // Indices of later axes that count from the end must not reach into an earlier row; one of the first may stay.
  const ends = data.graph.constant([0, ...front.slice(1)].map(Number), { dtype: "int64" });
  const counted = depth > 1 ? where(less(indices, 0), add(indices, ends), indices) : indices;
  const scaled = mul(counted, data.graph.constant(strides, { dtype: "int64" }));
  const places = reshape(reduceSum(scaled, { axes: [-1] }), [product(indices.shape.slice(0, -1))]);
  const rows = reshape(updates, [places.shape[0], ...rest]);
  return reshape(scatterRows(reshape(data, [product(front), ...rest]), { indices: places, updates: rows }), data.shape);
}

/**
 * Adds rows `[n, ...]` to the rows of `data` that `indices` `[n]` name; the same row may be named many times.
 *
 * @category Graph
 */
export function scatterRows(data: Tensor, options: { indices: Tensor; updates: Tensor }): Tensor {
  checkOptions("scatterRows", options, { indices: "object", updates: "object" });
  const { indices, updates } = options;
  const column = reshape(indices, [indices.shape[0], ...updates.shape.slice(1).map(() => 1)]);
  return scatterElements(data, { indices: expand(column, updates.shape), updates, axis: 0 });
}

/**
 * Adds elements at places that differ from their own in the coordinate on `axis`; places may repeat.
 *
 * @category Graph
 */
export function scatterElements(
  data: Tensor,
  options: { indices: Tensor; updates: Tensor; axis: number },
): Tensor {
  checkOptions("scatterElements", options, { indices: "object", updates: "object", axis: "number" });
  const { indices, updates, axis } = options;
  const operands: [Tensor, Tensor, Tensor] = [data, indices, updates];
  wantType("ScatterElements", INDICES, [indices]);
  if (data.dtype !== updates.dtype) throw shapeError("ScatterElements", "the types differ", operands);
  const at = axisOf("ScatterElements", axis, data);
  if (!sameShape(indices.shape, updates.shape) || !sameShape(data.shape.with(at, 0), indices.shape.with(at, 0))) {
    throw shapeError("ScatterElements", `the shapes differ in more than axis ${at}`, operands);
  }
  const attributes = { axis: { int: at }, reduction: { string: "add" } };
  return node("ScatterElements", operands, { shape: data.shape, attributes });
}

/**
 * The k largest (or smallest) elements along an axis, in order, with their indices (int64).
 *
 * @category Graph
 */
export function topK(
  x: Tensor,
  options: { k: number; axis?: number; largest?: boolean },
): { values: Tensor; indices: Tensor } {
  checkOptions("topK", options, { k: "number", axis: "number", largest: "boolean" });
  const { k, axis = -1, largest = true } = options;
  wantType("TopK", NUMBERS, [x]);
  const at = axisOf("TopK", axis, x);
  const size = x.shape[at];
  if (!Number.isInteger(k) || k < 0 || (typeof size === "number" && k > size)) {
    throw shapeError("TopK", `axis ${at} has no ${k} elements`, [x]);
  }
  const shape = x.shape.with(at, k);
  const [values, indices] = x.graph.append("TopK", [x, x.graph.constant([k], { dtype: "int64" })], {
    attributes: { axis: { int: at }, largest: { int: +largest }, sorted: { int: 1 } },
    outputs: [{ dtype: x.dtype, shape }, { dtype: "int64", shape }],
  });
  return { values, indices };
}

/**
 * Index of the largest element along an axis (int64), the first of equal ones; the axis goes.
 *
 * @category Graph
 */
export function argMax(x: Tensor, options: { axis?: number } = {}): Tensor {
  checkOptions("argMax", options, { axis: "number" });
  const { axis = -1 } = options;
  wantType("ArgMax", NUMBERS, [x]);
  const at = axisOf("ArgMax", axis, x);
  return node("ArgMax", [x], {
    dtype: "int64",
    shape: x.shape.toSpliced(at, 1),
    attributes: { axis: { int: at }, keepdims: { int: 0 } },
  });
}

/**
 * `0, 1, 2 …` up to the size of a dimension: `[dim]`.
 *
 * @category Graph
 */
export function range(
  graph: Graph,
  dim: Dim,
  options: { dtype?: "int32" | "int64" | "float32" } = {},
): Tensor {
  checkOptions("range", options, { dtype: "string" });
  const { dtype = "int64" } = options;
  const limit = cast(dimension(graph, dim), dtype);
  const number = (value: number) => graph.constant(value, { dtype });
  return node("Range", [number(0), limit, number(1)], { dtype, shape: [dim] });
}

/**
 * 1 where the new last axis counts the index, else 0: `[...indices, depth]`.
 *
 * @category Graph
 */
export function oneHot(indices: Tensor, options: { depth: Dim; dtype?: DType }): Tensor {
  checkOptions("oneHot", options, { depth: "any", dtype: "string" });
  const { depth, dtype = "float32" } = options;
  wantType("OneHot", INDICES, [indices]);
  const places = range(indices.graph, depth, { dtype: indices.dtype as "int32" | "int64" });
  return cast(equal(unsqueeze(indices, [-1]), places), dtype);
}
