import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { add, div, exp, log, maximum, mul, reduceSum, stopGradient, sub } from "../../graph/mod.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { ArgumentError } from "../../core/errors.ts";
import {
  checkPositive,
  lossName,
  meanByQuery,
  negativeLogSum,
  negativeMask,
  ofPositives,
  positiveMask,
} from "./parts.ts";
import type { Loss, LossInputs } from "../types.ts";

/** Options of {@link debiased}. */
export interface DebiasedOptions {
  /** Divides the cosines. @default 0.02 */
  temperature?: number;
  /** Presumed share of positives among the negatives, 0 to below 1. @default 0.1 */
  tauPlus?: number;
}

const DEBIASED_OPTIONS: OptionKinds<DebiasedOptions> = { temperature: "number", tauPlus: "number" };

/**
 * Debiased contrastive loss (Chuang et al., NeurIPS 2020): the sum over the N negatives is corrected for the positives
 * presumed among them, `max((sum e^{s-/t} - tauPlus N e^{s+/t}) / (1 - tauPlus), N e^{-1/t})`.
 */
export function debiased(options: DebiasedOptions = {}): Loss {
  checkOptions<DebiasedOptions>("debiased", options, DEBIASED_OPTIONS);
  const { temperature = 0.02, tauPlus = 0.1 } = options;
  checkPositive("temperature", temperature);
  checkTauPlus(tauPlus);
  return {
    name: lossName("debiased", { temperature, tauPlus }),
    needs: {},
    build(inputs) {
      const logits = div(inputs.scores, temperature);
      return correctedContrast(inputs, logits, negativeLogSum(inputs, logits), { temperature, tauPlus });
    },
  };
}

/** @throws {ArgumentError} unless `tauPlus` is from 0 to below 1. */
export function checkTauPlus(tauPlus: number): void {
  if (!(tauPlus >= 0 && tauPlus < 1)) {
    throw new ArgumentError(`Found tauPlus ${tauPlus}, wanted 0 to below 1`, { field: "tauPlus" });
  }
}

/**
 * The contrastive loss against a corrected sum over the negatives. `logSum` `[queries, 1]` is the log of that sum before
 * the correction. Everything is shifted by the larger of positive and sum, so that nothing overflows and no logarithm
 * meets 0.
 */
export function correctedContrast(
  inputs: LossInputs,
  logits: Tensor,
  logSum: Tensor,
  { temperature, tauPlus }: { temperature: number; tauPlus: number },
): Tensor {
  const positives = ofPositives(inputs, logits);
  const shift = stopGradient(maximum(positives, logSum));
  const positive = exp(sub(positives, shift));
  const count = reduceSum(negativeMask(inputs), { axes: [1], keepDims: true });
  const estimate = div(sub(exp(sub(logSum, shift)), mul(mul(count, tauPlus), positive)), 1 - tauPlus);
  const floor = mul(count, exp(sub(-1 / temperature, shift)));
  const losses = sub(log(add(positive, maximum(estimate, floor))), sub(positives, shift));
  return meanByQuery(losses, positiveMask(inputs));
}
