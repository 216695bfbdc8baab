import * as z from "zod";
import type { OptionShape } from "../../core/parse_options.ts";
import {
  add,
  div,
  fusedMatMul,
  maximum,
  mul,
  reduceMean,
  reduceSum,
  relu,
  softmax,
  sqrt,
  stopGradient,
  sub,
} from "../../graph/mod.ts";
import type { Tensor } from "../../graph/graph.ts";
import { lossPart, makeLoss } from "./loss_part.ts";
import { related } from "./parts.ts";
import type { Loss, LossPart } from "./types.ts";

/**
 * Options of {@link wasserstein}.
 *
 * @category Training
 */
export interface WassersteinOptions {
  /**
   * Divides the cosines.
   *
   * @default {0.02}
   */
  temperature?: number;
}

/** Enough for singular values down to a hundred-thousandth of the largest. */
const ITERATIONS = 36;

/** Part of {@link wasserstein}. */
export const WASSERSTEIN: LossPart<"wasserstein"> = lossPart({
  name: "wasserstein",
  about: "SyCL's list-wise loss over graded levels",
  options: z.strictObject(
    { temperature: z.number().positive().default(0.02) } satisfies OptionShape<WassersteinOptions>,
  ),
  needs: { levels: true },
  build(inputs, { temperature }) {
    const student = related(inputs, div(inputs.scores, temperature));
    const levels = related(inputs, relu(inputs.relations));
    // The softmax of a query without candidates is over nothing: the mask clears it.
    const found = mul(softmax(student.logits), student.mask);
    const target = mul(softmax(levels.logits), levels.mask);
    const foundMean = reduceMean(found, { axes: [0], keepDims: true });
    const targetMean = reduceMean(target, { axes: [0], keepDims: true });
    const foundSpread = sub(found, foundMean);
    const targetSpread = sub(target, targetMean);
    const ones = add(mul(reduceSum(student.mask, { axes: [1] }), 0), 1);
    const samples = maximum(sub(reduceSum(ones), 1), 1);
    const means = sub(foundMean, targetMean);
    const traces = add(reduceSum(mul(foundSpread, foundSpread)), reduceSum(mul(targetSpread, targetSpread)));
    const cross = fusedMatMul(foundSpread, targetSpread, { transB: true });
    const overlap = reduceSum(mul(cross, stopGradient(polarFactor(cross))));
    return add(reduceSum(mul(means, means)), div(sub(traces, mul(overlap, 2)), samples));
  },
});

/**
 * SyCL's list-wise loss (arXiv 2503.23239) over graded levels: the squared 2-Wasserstein distance between two Gaussians,
 * fitted over the batch's queries to the rows of `softmax(scores / temperature)` and of `softmax(levels)`, where
 * negatives have level 0:
 *
 * `|m1 - m2|^2 + tr(C1) + tr(C2) - 2 tr((C1 C2)^{1/2})`
 *
 * The last trace is the sum of the singular values of a `[queries, queries]` matrix (arXiv 2009.14075), computed by the
 * Newton-Schulz iteration for its polar factor; its gradient is that factor. Ignored candidates have probability 0 on
 * both sides. The spread needs at least two queries; with one, only the distance of the means remains.
 *
 * @throws {ArgumentError} if an option is outside its domain.
 *
 * @example
 * ```ts
 * import { wasserstein } from "./mod.ts";
 * console.log(wasserstein().needs); // { levels: true }
 * ```
 *
 * @category Training
 */
export function wasserstein(options: WassersteinOptions = {}): Loss {
  return makeLoss(WASSERSTEIN, options);
}

/** The orthogonal factor U of M = U P, by X <- 1.5 X - 0.5 X X^T X from M over its Frobenius norm. */
function polarFactor(matrix: Tensor): Tensor {
  let x = div(matrix, maximum(sqrt(reduceSum(mul(matrix, matrix))), 1e-30));
  for (let i = 0; i < ITERATIONS; i++) {
    const square = fusedMatMul(x, x, { transB: true });
    x = sub(mul(x, 1.5), fusedMatMul(square, x, { alpha: 0.5 }));
  }
  return x;
}
