import { checkOptions } from "../../core/options.ts";
import { shapeError } from "../shape_error.ts";
import type { Tensor } from "../graph.ts";
import { node } from "./node.ts";
import { FLOATS, unary, wantType } from "./operands.ts";

/**
 * Sine of an angle in radians.
 *
 * @example
 * ```ts
 * import { compile, Graph, sin } from "@syneg/kit/graph";
 * const x = new Graph().constant([0, Math.PI / 2]);
 * await using session = await compile({ y: sin(x) });
 * console.log((await session.run({})).y.data); // Float32Array(2) [ 0, 1 ]
 * ```
 *
 * @category Graph
 */
export function sin(x: Tensor): Tensor {
  return unary("Sin", x);
}

/**
 * Cosine of an angle in radians.
 *
 * @example
 * ```ts
 * import { compile, cos, Graph } from "@syneg/kit/graph";
 * const x = new Graph().constant([0, Math.PI]);
 * await using session = await compile({ y: cos(x) });
 * console.log((await session.run({})).y.data); // Float32Array(2) [ 1, -1 ]
 * ```
 *
 * @category Graph
 */
export function cos(x: Tensor): Tensor {
  return unary("Cos", x);
}

/**
 * Rotary positions (Su et al., arXiv 2104.09864) of vectors `[batch, heads, length, width]`: the numbers i and
 * i + width / 2 of the vector at position p are turned by an angle, whose cosine and sine are in row p of `cos` and
 * `sin`, each `[length, width / 2]`.
 *
 * @example
 * ```ts
 * import { compile, cos, Graph, rotate, sin } from "@syneg/kit/graph";
 * const graph = new Graph();
 * const x = graph.constant([1, 0, 1, 0], { shape: [1, 1, 2, 2] });
 * const angles = graph.constant([0, Math.PI / 2], { shape: [2, 1] });
 * await using session = await compile({ y: rotate(x, { cos: cos(angles), sin: sin(angles) }) });
 * const { y } = await session.run({});
 * console.log(Math.round(Number(y.data[3]))); // 1
 * ```
 *
 * @category Graph
 */
export function rotate(x: Tensor, options: { cos: Tensor; sin: Tensor }): Tensor {
  checkOptions("rotate", options, { cos: "object", sin: "object" });
  const { cos, sin } = options;
  const operands = [x, cos, sin];
  wantType("RotaryEmbedding", FLOATS, operands);
  const [length, width] = x.shape.slice(-2);
  if (x.rank !== 4 || typeof width !== "number" || width % 2 !== 0) {
    throw shapeError("RotaryEmbedding", "x must be [batch, heads, length, width] with an even width", operands);
  }
  for (const each of [cos, sin]) {
    if (each.rank !== 2 || each.shape[0] !== length || each.shape[1] !== width / 2) {
      throw shapeError("RotaryEmbedding", `cosines and sines must be [${length}, ${width / 2}]`, operands);
    }
  }
  const first = x.graph.constant([0], { dtype: "int64" });
  return node("RotaryEmbedding", [x, first, cos, sin], { shape: x.shape, domain: "com.microsoft" });
}
