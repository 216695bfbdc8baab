import { checkOptions, type OptionKinds } from "../../core/options.ts";
import type { Tensor } from "../graph.ts";
import { axisOf, shapeError } from "../shape_error.ts";
import { product, sameShape } from "../shapes.ts";
import { add, mul } from "./arithmetic.ts";
import { less } from "./comparisons.ts";
import { expand } from "./layout.ts";
import { where } from "./logic.ts";
import { node } from "./node.ts";
import { INDICES, wantType } from "./operands.ts";
import { reduceSum } from "./reduce.ts";
import { reshape } from "./reshape.ts";

/**
 * Options of {@link scatterND}.
 *
 * @category Graph
 */
export interface ScatterOptions {
  /** int64 `[..., k]`: each row is a coordinate in the first k axes of the data. */
  indices: Tensor;
  /** New values: `[..., remaining axes of the data]`. */
  updates: Tensor;
  /**
   * "none" replaces the values at the indices, which must not repeat; "add" adds to them, and indices may repeat.
   *
   * @default {"none"}
   */
  reduction?: "none" | "add";
}

const SCATTER_OPTIONS: OptionKinds<ScatterOptions> = { indices: "object", updates: "object", reduction: "string" };

/**
 * A copy of `data` with updates written or added at indices.
 *
 * @example
 * ```ts
 * import { compile, Graph, scatterND } from "@syneg/kit/graph";
 * const graph = new Graph();
 * const x = graph.constant([10, 20, 30]);
 * const indices = graph.constant([1], { dtype: "int64", shape: [1, 1] });
 * await using session = await compile({ y: scatterND(x, { indices, updates: graph.constant([9]) }) });
 * console.log((await session.run({})).y.data); // Float32Array(3) [ 10, 9, 30 ]
 * ```
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
    throw shapeError(
      "ScatterND",
      "the last axis of the indices must be an integer from 1 to the rank of the data",
      operands,
    );
  }
  const wanted = [...indices.shape.slice(0, -1), ...data.shape.slice(depth)];
  if (!sameShape(updates.shape, wanted)) {
    throw shapeError("ScatterND", `the updates must have the shape [${wanted.join(", ")}]`, operands);
  }
  if (reduction === "none") return node("ScatterND", operands, { shape: data.shape });
  // The kernel's "add" loses updates when threads meet at one index, so rows are added by ScatterElements, which does not.
  const [front, rest] = [data.shape.slice(0, depth), data.shape.slice(depth)];
  const strides = front.map((_, axis) => product(front.slice(axis + 1)));
  if (!strides.every((stride) => typeof stride === "number")) {
    throw shapeError("ScatterND", "to add, the sizes of the indexed axes after the first must be known", operands);
  }
  // Negative indices of later axes must not reach into an earlier row; those of the first axis may stay.
  const ends = data.graph.constant([0, ...front.slice(1)].map(Number), { dtype: "int64" });
  const counted = depth > 1 ? where(less(indices, 0), add(indices, ends), indices) : indices;
  const scaled = mul(counted, data.graph.constant(strides, { dtype: "int64" }));
  const places = reshape(reduceSum(scaled, { axes: [-1] }), [product(indices.shape.slice(0, -1))]);
  const rows = reshape(updates, [places.shape[0], ...rest]);
  return reshape(scatterRows(reshape(data, [product(front), ...rest]), { indices: places, updates: rows }), data.shape);
}

/**
 * Adds rows `[n, ...]` to the rows of `data` at `indices` `[n]`. Indices may repeat.
 *
 * @example
 * ```ts
 * import { compile, Graph, scatterRows } from "@syneg/kit/graph";
 * const graph = new Graph();
 * const x = graph.constant([10, 20, 30]);
 * const indices = graph.constant([1, 1], { dtype: "int64" });
 * await using session = await compile({ y: scatterRows(x, { indices, updates: graph.constant([1, 2]) }) });
 * console.log((await session.run({})).y.data); // Float32Array(3) [ 10, 23, 30 ]
 * ```
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
 * Adds each update to the element at its own position, with the coordinate on `axis` replaced by the index. Indices may
 * repeat.
 *
 * @example
 * ```ts
 * import { compile, Graph, scatterElements } from "@syneg/kit/graph";
 * const graph = new Graph();
 * const x = graph.constant([10, 20, 30]);
 * const indices = graph.constant([2, 0], { dtype: "int64" });
 * await using session = await compile({ y: scatterElements(x, { indices, updates: graph.constant([1, 2]), axis: 0 }) });
 * console.log((await session.run({})).y.data); // Float32Array(3) [ 12, 20, 31 ]
 * ```
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
