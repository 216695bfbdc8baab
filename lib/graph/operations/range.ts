import { checkOptions } from "../../core/options.ts";
import type { Graph, Tensor } from "../graph.ts";
import type { Dim, DType } from "../types.ts";
import { cast } from "./cast.ts";
import { equal } from "./comparisons.ts";
import { dimension } from "./dimension.ts";
import { node } from "./node.ts";
import { INDICES, wantType } from "./operands.ts";
import { unsqueeze } from "./reshape.ts";

/**
 * `0, 1, 2 …` up to the size of a dimension, as `[dim]`.
 *
 * @example
 * ```ts
 * import { compile, Graph, range } from "@syneg/kit/graph";
 * const graph = new Graph();
 * const x = graph.input("x", { shape: ["batch", 2] });
 * await using session = await compile({ y: range(graph, "batch") });
 * const { y } = await session.run({ x: { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] } });
 * console.log(y.data); // BigInt64Array(3) [ 0n, 1n, 2n ]
 * ```
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
 * 1 where the position on the new last axis equals the index, else 0: `[...indices, depth]`.
 *
 * @example
 * ```ts
 * import { compile, Graph, oneHot } from "@syneg/kit/graph";
 * const indices = new Graph().constant([2, 0], { dtype: "int64" });
 * await using session = await compile({ y: oneHot(indices, { depth: 3 }) });
 * console.log((await session.run({})).y.data); // Float32Array(6) [ 0, 0, 1, 1, 0, 0 ]
 * ```
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
