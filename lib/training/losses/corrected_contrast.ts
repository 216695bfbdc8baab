import { add, div, exp, log, maximum, mul, reduceSum, stopGradient, sub } from "../../graph/mod.ts";
import type { Tensor } from "../../graph/graph.ts";
import { meanByQuery, negativeMask, ofPositives, positiveMask } from "./parts.ts";
import type { LossInputs } from "./types.ts";

/** What {@link correctedContrast} needs besides the inputs. */
export interface Contrast {
  /** Cosines over the temperature, `[queries, candidates]`. */
  readonly logits: Tensor;
  /** Logarithm of the sum over the negatives before the correction, `[queries, 1]`. */
  readonly logSum: Tensor;
  readonly temperature: number;
  /** Assumed share of positives among the negatives. */
  readonly tauPlus: number;
}

/**
 * The contrastive loss against a corrected sum over the negatives. Positive and sum are shifted by the larger of the
 * two, so that nothing overflows and no logarithm is taken of 0.
 */
export function correctedContrast(inputs: LossInputs, { logits, logSum, temperature, tauPlus }: Contrast): Tensor {
  const positives = ofPositives(inputs, logits);
  const shift = stopGradient(maximum(positives, logSum));
  const positive = exp(sub(positives, shift));
  const count = reduceSum(negativeMask(inputs), { axes: [1], keepDims: true });
  const estimate = div(sub(exp(sub(logSum, shift)), mul(mul(count, tauPlus), positive)), 1 - tauPlus);
  const floor = mul(count, exp(sub(-1 / temperature, shift)));
  const losses = sub(log(add(positive, maximum(estimate, floor))), sub(positives, shift));
  return meanByQuery(inputs, losses, positiveMask(inputs));
}
