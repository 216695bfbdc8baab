import { transpose } from "../operations/layout.ts";
import { reshape } from "../operations/reshape.ts";
import { fusedMatMul, gemm } from "../operations/matmul.ts";
import { mul } from "../operations/arithmetic.ts";
import type { Tensor } from "../graph.ts";
import type { Dim } from "../types.ts";
import { recomputed } from "./gelu.ts";
import { float, int, type Rule, sumTo } from "./rule.ts";

/** Gradients of `alpha * op(a) x op(b)` with respect to its matrices: products again. */
function products(
  multiply: (a: Tensor, b: Tensor, options: { transA: boolean; transB: boolean; alpha: number }) => Tensor,
  { a, b, g, transA, transB, alpha }: {
    a: Tensor;
    b: Tensor;
    g: Tensor;
    transA: boolean;
    transB: boolean;
    alpha: number;
  },
): [() => Tensor, () => Tensor] {
  return [
    () =>
      transA
        ? multiply(b, g, { transA: transB, transB: true, alpha })
        : multiply(g, b, { transA: false, transB: !transB, alpha }),
    () => {
      // Of two ways to write a batch of products, transposing the narrower matrices is twice as fast, including the
      // transpose of the result.
      const turned = !transA && (transB ? narrower(a, g) : narrower(g, a));
      if (transB !== turned) {
        const product = multiply(g, a, { transA: true, transB: transA, alpha });
        return turned ? flipped(product) : product;
      }
      const product = multiply(a, g, { transA: !transA, transB: false, alpha });
      return turned ? flipped(product) : product;
    },
  ];
}

/** Whether the matrices of a batch have fewer columns than others, as far as sizes are known. */
function narrower(x: Tensor, than: Tensor): boolean {
  const [columns, others] = [x.shape.at(-1)!, than.shape.at(-1)!];
  return x.rank > 2 && than.rank > 2 && typeof columns === "number" && (typeof others === "string" || columns < others);
}

/** Transposes every matrix of a batch. */
function flipped(x: Tensor): Tensor {
  const axes = Array.from({ length: x.rank }, (_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

/** `[..., k]` as a matrix. */
function flat(x: Tensor): Tensor {
  return reshape(x, [-1, x.shape.at(-1)!] as Dim[]);
}

const matMulRule: Rule = (node, [g], wanted) => {
  const [a, b] = node.inputs as [Tensor, Tensor];
  // Only the fused product has attributes.
  const fused = "alpha" in node.attributes;
  const [transA, transB] = fused ? [int(node, "transA") === 1, int(node, "transB") === 1] : [false, false];
  const alpha = fused ? float(node, "alpha") : 1;
  const [byA, byB] = products(fusedMatMul, { a, b, g: g!, transA, transB, alpha });
  // If a batch shares one matrix, its gradient is one product of all rows.
  if (a.rank > 2 && b.rank === 2 && !transA) {
    const whole = products(gemm, { a: flat(a), b, g: flat(g!), transA, transB, alpha });
    return [wanted[0] ? reshape(whole[0](), a.shape) : undefined, wanted[1] ? whole[1]() : undefined];
  }
  return [wanted[0] ? sumTo(byA(), a.shape) : undefined, wanted[1] ? sumTo(byB(), b.shape) : undefined];
};

const gemmRule: Rule = (node, [g], wanted) => {
  const [a, b, c] = node.inputs as [Tensor, Tensor, Tensor | undefined];
  const [transA, transB] = [int(node, "transA") === 1, int(node, "transB") === 1];
  const operands = { a, b, g: g!, transA, transB, alpha: float(node, "alpha") };
  const byA = wanted[0] ? products(gemm, operands)[0]() : undefined;
  const kept = byA ? recomputed(a, byA) : a;
  return [
    byA,
    wanted[1] ? products(gemm, { ...operands, a: kept })[1]() : undefined,
    c && wanted[2] ? mul(sumTo(g!, c.shape), float(node, "beta")) : undefined,
  ];
};

/** Rules of the matrix products. */
export const MATMUL: Readonly<Record<string, Rule>> = { MatMul: matMulRule, FusedMatMul: matMulRule, Gemm: gemmRule };
