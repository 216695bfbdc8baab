import * as z from "zod";
import type { OptionShape } from "../../core/parse_options.ts";
import { add, div, greater, log, mul, reduceSum, sub, where } from "../../graph/mod.ts";
import { correctedContrast } from "./corrected_contrast.ts";
import { lossPart, makeLoss } from "./loss_part.ts";
import { negativeLogSum, negativeMask } from "./parts.ts";
import type { Loss, LossPart } from "./types.ts";

/**
 * Options of {@link hardWeighted}.
 *
 * @category Training
 */
export interface HardWeightedOptions {
  /**
   * Divides the cosines.
   *
   * @default {0.02}
   */
  temperature?: number;
  /**
   * How much more a hard negative weighs; 0 weighs all alike.
   *
   * @default {0.5}
   */
  beta?: number;
  /**
   * Assumed share of positives among the negatives, from 0 to below 1.
   *
   * @default {0}
   */
  tauPlus?: number;
}

/** Part of {@link hardWeighted}. */
export const HARD_WEIGHTED: LossPart<"hardWeighted"> = lossPart({
  name: "hardWeighted",
  about: "contrastive loss that weighs hard negatives more",
  options: z.strictObject(
    {
      temperature: z.number().positive().default(0.02),
      beta: z.number().min(0).default(0.5),
      tauPlus: z.number().min(0).lt(1).default(0),
    } satisfies OptionShape<HardWeightedOptions>,
  ),
  build(inputs, { temperature, beta, tauPlus }) {
    const logits = div(inputs.scores, temperature);
    const count = reduceSum(negativeMask(inputs), { axes: [1], keepDims: true });
    // log(sum(w f) / mean(w)) = log N + logsumexp((1 + beta) l) - logsumexp(beta l)
    const weighted = sub(negativeLogSum(inputs, mul(logits, 1 + beta)), negativeLogSum(inputs, mul(logits, beta)));
    const any = greater(count, 0);
    // Without negatives both sums are empty and cancel: keep the result at "minus infinity".
    const logSum = where(any, add(weighted, log(where(any, count, 1))), -1e30);
    return correctedContrast(inputs, { logits, logSum, temperature, tauPlus });
  },
});

/**
 * Hard-negative weighting (Robinson et al., ICLR 2021): with weights `w = e^{beta s-/t}` the sum over the negatives
 * becomes `sum(w e^{s-/t}) / mean(w)`, corrected as in {@link debiased}. Gradients flow through the weights, as in the
 * authors' code.
 *
 * @throws {ArgumentError} if an option is outside its domain.
 *
 * @example
 * ```ts
 * import { hardWeighted } from "./mod.ts";
 * console.log(hardWeighted({ beta: 1 }).name); // hardWeighted(temperature=0.02, beta=1, tauPlus=0)
 * ```
 *
 * @category Training
 */
export function hardWeighted(options: HardWeightedOptions = {}): Loss {
  return makeLoss(HARD_WEIGHTED, options);
}
