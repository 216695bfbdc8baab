import type { Tensor } from "../graph.ts";
import { axisOf, shapeError } from "../shape_error.ts";
import { differInSize, product, quotient, sameShape } from "../shapes.ts";
import type { Dim } from "../types.ts";
import { shapeTensor } from "./dimension.ts";
import { node, producer } from "./node.ts";

/**
 * The same elements in another shape. The shape may hold names, which are resolved when the graph runs, and one -1 for
 * the remaining elements. A name that no tensor of the graph has yet takes the remaining size.
 *
 * @example
 * ```ts
 * import { Graph, reshape } from "@syneg/kit/graph";
 * const x = new Graph().input("x", { shape: ["batch", 6] });
 * console.log(reshape(x, ["batch", 2, 3]).shape); // [ "batch", 2, 3 ]
 * ```
 *
 * @category Graph
 */
export function reshape(x: Tensor, shape: readonly Dim[]): Tensor {
  const open = shape.indexOf(-1);
  if (
    shape.some((dim) => typeof dim === "number" && (!Number.isInteger(dim) || dim < -1)) ||
    open !== shape.lastIndexOf(-1)
  ) {
    throw shapeError("Reshape", `[${shape.join(", ")}] is not a shape`, [x]);
  }
  const target = [...shape];
  if (open >= 0) {
    const rest = quotient(x.shape, shape.toSpliced(open, 1));
    if (rest === undefined) throw shapeError("Reshape", `cannot infer the size of -1 in [${shape.join(", ")}]`, [x]);
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
  const source = producer(x, "Reshape")?.inputs[0] ?? x;
  if (sameShape(target, source.shape)) return x.graph.fold(x, source);
  // ONNX infers one size: preferably a name that only this reshape introduces.
  const names = target.flatMap((dim, axis) => typeof dim === "string" ? [axis] : []);
  const inferred = names.find((axis) => x.graph.sources(target[axis] as string).length === 0) ?? names.at(-1);
  const list = shapeTensor(x.graph, inferred === undefined ? target : target.with(inferred, -1));
  const result = node("Reshape", [source, list], { shape: target });
  return source === x ? result : x.graph.fold(x, result);
}

/**
 * Removes axes of size 1.
 *
 * @example
 * ```ts
 * import { Graph, squeeze } from "@syneg/kit/graph";
 * const x = new Graph().input("x", { shape: ["batch", 1, 4] });
 * console.log(squeeze(x, [1]).shape); // [ "batch", 4 ]
 * ```
 *
 * @category Graph
 */
export function squeeze(x: Tensor, axes: readonly number[]): Tensor {
  const gone = new Set(axes.map((axis) => axisOf("Squeeze", axis, x)));
  for (const axis of gone) if (x.shape[axis] !== 1) throw shapeError("Squeeze", `axis ${axis} is not of size 1`, [x]);
  return reshape(x, x.shape.filter((_, axis) => !gone.has(axis)));
}

/**
 * Inserts axes of size 1 at these positions of the result.
 *
 * @example
 * ```ts
 * import { Graph, unsqueeze } from "@syneg/kit/graph";
 * const x = new Graph().input("x", { shape: ["batch", 6] });
 * console.log(unsqueeze(x, [1]).shape); // [ "batch", 1, 6 ]
 * ```
 *
 * @category Graph
 */
export function unsqueeze(x: Tensor, axes: readonly number[]): Tensor {
  const rank = x.rank + axes.length;
  const places = new Set(axes.map((axis) => axis < 0 ? axis + rank : axis));
  if (places.size !== axes.length || [...places].some((axis) => axis < 0 || axis >= rank)) {
    throw shapeError("Unsqueeze", `[${axes.join(", ")}] are not distinct axes of the result`, [x]);
  }
  const shape: Dim[] = [];
  for (let axis = 0, next = 0; axis < rank; axis++) shape.push(places.has(axis) ? 1 : x.shape[next++]);
  return reshape(x, shape);
}
