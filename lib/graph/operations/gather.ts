import { checkOptions, type OptionKinds } from "../../core/options.ts";
import type { Tensor } from "../graph.ts";
import { axisOf, shapeError } from "../shape_error.ts";
import { sameShape } from "../shapes.ts";
import { node } from "./node.ts";
import { INDICES, wantType } from "./operands.ts";

/**
 * Options of {@link gather}.
 *
 * @category Graph
 */
export interface GatherOptions {
  /**
   * Axis to index.
   *
   * @default {0}
   */
  axis?: number;
  /**
   * Position of each row of `x` in the result, int32 `[rows]`. Needs axis 0 and one-dimensional indices that contain
   * every row once; further ones are padding. It turns the gradient into a gather, which drops the padding.
   */
  inverse?: Tensor;
}

const GATHER_OPTIONS: OptionKinds<GatherOptions> = { axis: "number", inverse: "object" };

/**
 * Entries of `x` along an axis by index: the axes of `indices` (int32 or int64) replace the axis.
 *
 * @example
 * ```ts
 * import { compile, gather, Graph } from "@syneg/kit/graph";
 * const graph = new Graph();
 * const x = graph.constant([10, 20, 30]);
 * await using session = await compile({ y: gather(x, graph.constant([2, 0], { dtype: "int64" })) });
 * console.log((await session.run({})).y.data); // Float32Array(2) [ 30, 10 ]
 * ```
 *
 * @category Graph
 */
export function gather(x: Tensor, indices: Tensor, options: GatherOptions = {}): Tensor {
  checkOptions<GatherOptions>("gather", options, GATHER_OPTIONS);
  const { axis = 0, inverse } = options;
  wantType("Gather", INDICES, inverse ? [indices, inverse] : [indices]);
  const at = axisOf("Gather", axis, x);
  if (inverse && (at !== 0 || indices.rank !== 1 || inverse.rank !== 1 || inverse.shape[0] !== x.shape[0])) {
    throw shapeError("Gather", "an inverse needs axis 0, one-dimensional indices, and one position for each row", [
      x,
      indices,
      inverse,
    ]);
  }
  const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
  // The inverse is an operand only for the gradient; the serializer omits it.
  const operands: [Tensor, ...Tensor[]] = inverse ? [x, indices, inverse] : [x, indices];
  return node("Gather", operands, { shape, attributes: { axis: { int: at } } });
}

/**
 * For each position of `indices`, the element of `x` at that position, with the coordinate on `axis` replaced by the
 * index.
 *
 * @example
 * ```ts
 * import { compile, gatherElements, Graph } from "@syneg/kit/graph";
 * const graph = new Graph();
 * const x = graph.constant([1, 2, 3, 4], { shape: [2, 2] });
 * const indices = graph.constant([1, 0], { dtype: "int64", shape: [2, 1] });
 * await using session = await compile({ y: gatherElements(x, indices, { axis: 1 }) });
 * console.log((await session.run({})).y.data); // Float32Array(2) [ 2, 3 ]
 * ```
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
