import { checkOptions, type OptionKinds } from "../../core/options.ts";
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
import type { Tensor } from "../../graph/tensor.ts";
import { checkPositive, lossName, related } from "./parts.ts";
import type { Loss } from "../types.ts";

/** Options of {@link wasserstein}. */
export interface WassersteinOptions {
  /** Divides the cosines. @default 0.02 */
  temperature?: number;
}

const WASSERSTEIN_OPTIONS: OptionKinds<WassersteinOptions> = { temperature: "number" };

/** Enough for singular values down to a hundred-thousandth of the largest. */
const ITERATIONS = 36;

/**
 * SyCL's list-wise loss (arXiv 2503.23239) over graded levels: the squared 2-Wasserstein distance between two Gaussians,
 * fitted over the batch's queries to the rows of `softmax(scores / temperature)` and of `softmax(levels)`, a negative
 * having level 0:
 *
 * `|m1 - m2|^2 + tr(C1) + tr(C2) - 2 tr((C1 C2)^{1/2})`
 *
 * The last trace is the sum of the singular values of a `[queries, queries]` matrix (arXiv 2009.14075), found by
 * Newton and Schulz's iteration for its polar factor; its gradient is that factor. Candidates that are ignored have
 * probability 0 on both sides. The spread needs at least two queries; with one, the distance of the means is left.
 */
export function wasserstein(options: WassersteinOptions = {}): Loss {
  checkOptions<WassersteinOptions>("wasserstein", options, WASSERSTEIN_OPTIONS);
  const { temperature = 0.02 } = options;
  checkPositive("temperature", temperature);
  return {
    name: lossName("wasserstein", { temperature }),
    needs: { levels: true },
    build(inputs) {
      const student = related(inputs, div(inputs.scores, temperature));
      const levels = related(inputs, relu(inputs.relations));
      // A query without a single candidate would have a softmax over nothing: the mask clears it.
      const found = mul(softmax(student.logits), student.mask);
      const wanted = mul(softmax(levels.logits), levels.mask);
      const meanFound = reduceMean(found, { axes: [0], keepDims: true });
      const meanWanted = reduceMean(wanted, { axes: [0], keepDims: true });
      const spreadFound = sub(found, meanFound);
      const spreadWanted = sub(wanted, meanWanted);
      const ones = add(mul(reduceSum(student.mask, { axes: [1] }), 0), 1);
      const samples = maximum(sub(reduceSum(ones), 1), 1);
      const means = sub(meanFound, meanWanted);
      const traces = add(reduceSum(mul(spreadFound, spreadFound)), reduceSum(mul(spreadWanted, spreadWanted)));
      const cross = fusedMatMul(spreadFound, spreadWanted, { transB: true });
      const overlap = reduceSum(mul(cross, stopGradient(polarFactor(cross))));
      return add(reduceSum(mul(means, means)), div(sub(traces, mul(overlap, 2)), samples));
    },
  };
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
