import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { shapeError } from "../shape_error.ts";
import { broadcast } from "../shapes.ts";
import type { Tensor } from "../graph.ts";
import type { Dim } from "../types.ts";
import { FLOATS, scalarValue, wantType } from "./operands.ts";
import { node, producer } from "./node.ts";

/**
 * Options of {@link fusedMatMul}.
 *
 * @category Graph
 */
export interface MatMulOptions {
  /**
   * Whether to transpose the last two axes of `a`.
   *
   * @default {false}
   */
  transA?: boolean;
  /**
   * Whether to transpose the last two axes of `b`.
   *
   * @default {false}
   */
  transB?: boolean;
  /**
   * Factor of the product.
   *
   * @default {1}
   */
  alpha?: number;
}

const MAT_MUL_OPTIONS: OptionKinds<MatMulOptions> = { transA: "boolean", transB: "boolean", alpha: "number" };

/**
 * Matrix product `[..., m, k] x [..., k, n]` -> `[..., m, n]`. The leading axes broadcast.
 *
 * @example
 * ```ts
 * import { compile, Graph, matMul } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 2, 3, 4], { shape: [2, 2] });
 * await using session = await compile({ y: matMul(x, x) });
 * console.log((await session.run({})).y.data); // Float32Array(4) [ 7, 10, 15, 22 ]
 * ```
 *
 * @category Graph
 */
export function matMul(a: Tensor, b: Tensor): Tensor {
  return fusedMatMul(a, b);
}

/**
 * `alpha * op(a) x op(b)`, batched over the leading axes, which broadcast. Transposes and the factor are free.
 *
 * @example
 * ```ts
 * import { compile, fusedMatMul, Graph } from "@syneg/kit/graph";
 * const x = new Graph().constant([1, 2, 3, 4], { shape: [2, 2] });
 * await using session = await compile({ y: fusedMatMul(x, x, { transB: true, alpha: 0.5 }) });
 * console.log((await session.run({})).y.data); // Float32Array(4) [ 2.5, 5.5, 5.5, 12.5 ]
 * ```
 *
 * @category Graph
 */
export function fusedMatMul(a: Tensor, b: Tensor, options: MatMulOptions = {}): Tensor {
  checkOptions<MatMulOptions>("fusedMatMul", options, MAT_MUL_OPTIONS);
  const { transA = false, transB = false, alpha = 1 } = options;
  const plain = !transA && !transB && alpha === 1;
  const op = plain ? "MatMul" : "FusedMatMul";
  wantType(op, FLOATS, [a, b]);
  if (a.dtype !== b.dtype) throw shapeError(op, "the types differ", [a, b]);
  if (a.rank < 2 || b.rank < 2) throw shapeError(op, "each operand needs at least two axes", [a, b]);
  const [left, right] = [unscaled(a), unscaled(b)];
  if (left.factor * right.factor !== 1) {
    const product = fusedMatMul(left.x, right.x, { transA, transB, alpha: alpha * left.factor * right.factor });
    return foldPast(product, [[a, left.x], [b, right.x]]);
  }
  const [m, k] = ends(a, transA);
  const [inner, n] = ends(b, transB);
  if (k !== inner) throw shapeError(op, `the inner sizes ${k} and ${inner} differ${swapped(options)}`, [a, b]);
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (!batch) throw shapeError(op, "the leading axes do not broadcast", [a, b]);
  const shape = [...batch, m, n];
  if (plain) return node(op, [a, b], { shape });
  const attributes = { transA: { int: +transA }, transB: { int: +transB }, alpha: { float: alpha } };
  return node(op, [a, b], { shape, attributes, domain: "com.microsoft" });
}

/**
 * Options of {@link gemm}.
 *
 * @category Graph
 */
export interface GemmOptions extends MatMulOptions {
  /** Added to the product: `[n]`, `[1, n]`, `[m, 1]` or `[m, n]`. */
  c?: Tensor;
  /**
   * Factor of `c`.
   *
   * @default {1}
   */
  beta?: number;
}

const GEMM_OPTIONS: OptionKinds<GemmOptions> = {
  transA: "boolean",
  transB: "boolean",
  alpha: "number",
  c: "object",
  beta: "number",
};

/**
 * `alpha * op(a) x op(b) + beta * c` of two matrices, as one kernel. PyTorch's `Linear` is
 * `gemm(x, weight, { c: bias, transB: true })`.
 *
 * @example
 * ```ts
 * import { gemm, Graph } from "@syneg/kit/graph";
 * const graph = new Graph();
 * const x = graph.input("x", { shape: ["tokens", 4] });
 * const [weight, bias] = [graph.parameter("weight", [8, 4]), graph.parameter("bias", [8])];
 * console.log(gemm(x, weight, { c: bias, transB: true }).shape); // [ "tokens", 8 ]
 * ```
 *
 * @category Graph
 */
export function gemm(a: Tensor, b: Tensor, options: GemmOptions = {}): Tensor {
  checkOptions<GemmOptions>("gemm", options, GEMM_OPTIONS);
  const { c, transA = false, transB = false, beta = 1 } = options;
  const [left, right] = [unscaled(a), unscaled(b)];
  const scaled: [Tensor, Tensor][] = [[a, left.x], [b, right.x]];
  [a, b] = [left.x, right.x];
  const alpha = (options.alpha ?? 1) * left.factor * right.factor;
  const operands = c ? [a, b, c] : [a, b];
  wantType("Gemm", FLOATS, operands);
  if (a.rank !== 2 || b.rank !== 2) throw shapeError("Gemm", "both operands must be matrices", operands);
  const [m, k] = ends(a, transA);
  const [inner, n] = ends(b, transB);
  if (k !== inner) throw shapeError("Gemm", `the inner sizes ${k} and ${inner} differ${swapped(options)}`, operands);
  const whole = broadcast([m, n], c?.shape ?? []);
  if (!whole || whole.length !== 2 || whole[0] !== m || whole[1] !== n) {
    throw shapeError("Gemm", `the third operand does not broadcast to [${m}, ${n}]`, operands);
  }
  const attributes = {
    transA: { int: +transA },
    transB: { int: +transB },
    alpha: { float: alpha },
    beta: { float: beta },
  };
  return foldPast(node("Gemm", c ? [a, b, c] : [a, b], { shape: [m, n], attributes }), scaled);
}

/** An operand without the number that multiplies it: the product applies factors for free. */
function unscaled(x: Tensor): { x: Tensor; factor: number } {
  const [a, b] = producer(x, "Mul")?.inputs ?? [];
  const factor = b && scalarValue(b);
  return a && factor !== undefined ? { x: a, factor } : { x, factor: 1 };
}

/** Records that a product bypasses the scaled operands. */
function foldPast(product: Tensor, operands: readonly (readonly [operand: Tensor, used: Tensor])[]): Tensor {
  for (const [operand, used] of operands) if (operand !== used) product.graph.fold(operand, product);
  return product;
}

/** Sizes of the last two axes, swapped on request. */
function ends(x: Tensor, swap: boolean): [Dim, Dim] {
  const [rows, columns] = x.shape.slice(-2);
  return swap ? [columns, rows] : [rows, columns];
}

function swapped({ transA, transB }: MatMulOptions): string {
  return transA || transB ? ` (with ${[transA && "transA", transB && "transB"].filter(Boolean).join(" and ")})` : "";
}
