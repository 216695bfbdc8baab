import { ArgumentError } from "../../core/errors.ts";
import type { Graph } from "../graph.ts";
import { factorsOf } from "../shapes.ts";
import type { Tensor } from "../graph.ts";
import type { Dim } from "../types.ts";
import { node } from "./node.ts";

/**
 * The size of a dimension when the graph runs, as int64 `[]`.
 *
 * @example
 * ```ts
 * import { add, compile, dimension, Graph } from "@syneg/kit/graph";
 * const graph = new Graph();
 * const x = graph.input("x", { shape: ["batch", 2] });
 * await using session = await compile({ y: add(dimension(graph, "batch"), dimension(graph, 2)) });
 * const { y } = await session.run({ x: { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] } });
 * console.log(y.data); // BigInt64Array(1) [ 5n ]
 * ```
 *
 * @category Graph
 */
export function dimension(graph: Graph, dim: Dim): Tensor {
  return typeof dim === "number" ? graph.constant(dim, { dtype: "int64" }) : scalar(sizeOf(graph, dim));
}

/**
 * A shape as int64 `[rank]`. Names are resolved when the graph runs.
 *
 * @example
 * ```ts
 * import { compile, Graph, shapeTensor } from "@syneg/kit/graph";
 * const graph = new Graph();
 * const x = graph.input("x", { shape: ["batch", 2] });
 * await using session = await compile({ y: shapeTensor(graph, [1, "batch"]) });
 * const { y } = await session.run({ x: { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] } });
 * console.log(y.data); // BigInt64Array(2) [ 1n, 3n ]
 * ```
 *
 * @category Graph
 */
export function shapeTensor(graph: Graph, shape: readonly Dim[]): Tensor {
  const parts: Tensor[] = [];
  let numbers: number[] = [];
  const flush = () => {
    if (numbers.length > 0) parts.push(graph.constant(numbers, { dtype: "int64" }));
    numbers = [];
  };
  for (const dim of shape) {
    if (typeof dim === "number") {
      numbers.push(dim);
      continue;
    }
    flush();
    parts.push(sizeOf(graph, dim));
  }
  flush();
  if (parts.length === 0) return graph.constant([], { dtype: "int64" });
  return parts.length === 1 ? parts[0] : joined(parts);
}

/**
 * The shape of a tensor as int64 `[rank]`.
 *
 * @example
 * ```ts
 * import { compile, Graph, shapeOf } from "@syneg/kit/graph";
 * const graph = new Graph();
 * const x = graph.input("x", { shape: ["batch", 2] });
 * await using session = await compile({ y: shapeOf(x) });
 * const { y } = await session.run({ x: { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] } });
 * console.log(y.data); // BigInt64Array(2) [ 3n, 2n ]
 * ```
 *
 * @category Graph
 */
export function shapeOf(x: Tensor): Tensor {
  return node("Shape", [x], { dtype: "int64", shape: [x.rank] });
}

/** Size of a named dimension as int64 `[1]`. The pseudo-operation Dim is lowered when the fed inputs are known. */
function sizeOf(graph: Graph, name: string): Tensor {
  if (graph.sources(name).length > 0) {
    const attributes = { name: { string: name } };
    return graph.append("Dim", [], { attributes, outputs: [{ dtype: "int64", shape: [1] }] })[0];
  }
  const factors = factorsOf(name);
  if (factors.length < 2) {
    throw new ArgumentError(`Cannot resolve the dimension "${name}": no tensor of the graph has it`);
  }
  return factors
    .map((part) => /^\d+$/.test(part) ? graph.constant([Number(part)], { dtype: "int64" }) : sizeOf(graph, part))
    .reduce((all, part) => node("Mul", [all, part], { shape: [1] }));
}

// Built directly, because the checked operations need shapes themselves.

/** A tensor of shape `[1]` as a scalar. */
function scalar(size: Tensor): Tensor {
  return node("Reshape", [size, size.graph.constant([], { dtype: "int64" })], { shape: [] });
}

/** Concatenated lists of int64. */
function joined(parts: readonly Tensor[]): Tensor {
  const [first, ...others] = parts;
  const length = parts.reduce((sum, { shape }) => sum + Number(shape[0]), 0);
  return node("Concat", [first, ...others], { shape: [length], attributes: { axis: { int: 0 } } });
}
