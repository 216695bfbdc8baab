import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { add, div, log, maximum, mul, reduceSum, sub } from "../../graph/mod.ts";
import { checkAtLeast, checkPositive, lossName, negativeLogSum, negativeMask } from "./parts.ts";
import type { Loss } from "../types.ts";
import { checkTauPlus, correctedContrast } from "./debiased.ts";

/** Options of {@link hardWeighted}. */
export interface HardWeightedOptions {
  /** Divides the cosines. @default 0.02 */
  temperature?: number;
  /** How much more a hard negative weighs; 0 weighs all alike. @default 0.5 */
  beta?: number;
  /** Presumed share of positives among the negatives, 0 to below 1. @default 0 */
  tauPlus?: number;
}

const HARD_WEIGHTED_OPTIONS: OptionKinds<HardWeightedOptions> = {
  temperature: "number",
  beta: "number",
  tauPlus: "number",
};

/**
 * Hard-negative weighting (Robinson et al., ICLR 2021): with weights `w = e^{beta s-/t}` the sum over the negatives
 * becomes `sum(w e^{s-/t}) / mean(w)`, corrected as in {@link debiased}. Gradients flow through the weights, as in the
 * authors' code.
 */
export function hardWeighted(options: HardWeightedOptions = {}): Loss {
  checkOptions<HardWeightedOptions>("hardWeighted", options, HARD_WEIGHTED_OPTIONS);
  const { temperature = 0.02, beta = 0.5, tauPlus = 0 } = options;
  checkPositive("temperature", temperature);
  checkAtLeast("beta", beta, 0);
  checkTauPlus(tauPlus);
  return {
    name: lossName("hardWeighted", { temperature, beta, tauPlus }),
    needs: {},
    build(inputs) {
      const logits = div(inputs.scores, temperature);
      const count = reduceSum(negativeMask(inputs), { axes: [1], keepDims: true });
      // log(sum(w f) / mean(w)) = log N + logsumexp((1 + beta) l) - logsumexp(beta l)
      const weighted = sub(negativeLogSum(inputs, mul(logits, 1 + beta)), negativeLogSum(inputs, mul(logits, beta)));
      const logSum = add(weighted, log(maximum(count, 1)));
      // A query without negatives has two sums of nothing, which cancel: keep its sum at nothing.
      const none = mul(sub(1, div(count, maximum(count, 1))), -1e30);
      return correctedContrast(inputs, logits, add(logSum, none), { temperature, tauPlus });
    },
  };
}
