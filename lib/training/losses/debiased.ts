import * as z from "zod";
import type { OptionShape } from "../../core/parse_options.ts";
import { div } from "../../graph/mod.ts";
import { correctedContrast } from "./corrected_contrast.ts";
import { lossPart, makeLoss } from "./loss_part.ts";
import { negativeLogSum } from "./parts.ts";
import type { Loss, LossPart } from "./types.ts";

/**
 * Options of {@link debiased}.
 *
 * @category Training
 */
export interface DebiasedOptions {
  /**
   * Divides the cosines.
   *
   * @default {0.02}
   */
  temperature?: number;
  /**
   * Assumed share of positives among the negatives, from 0 to below 1.
   *
   * @default {0.1}
   */
  tauPlus?: number;
}

/** Part of {@link debiased}. */
export const DEBIASED: LossPart<"debiased"> = lossPart({
  name: "debiased",
  about: "InfoNCE, corrected for positives among the negatives",
  options: z.strictObject(
    {
      temperature: z.number().positive().default(0.02),
      tauPlus: z.number().min(0).lt(1).default(0.1),
    } satisfies OptionShape<DebiasedOptions>,
  ),
  build(inputs, settings) {
    const logits = div(inputs.scores, settings.temperature);
    return correctedContrast(inputs, { logits, logSum: negativeLogSum(inputs, logits), ...settings });
  },
});

/**
 * Debiased contrastive loss (Chuang et al., NeurIPS 2020): corrects the sum over the N negatives for the positives
 * assumed among them, `max((sum e^{s-/t} - tauPlus N e^{s+/t}) / (1 - tauPlus), N e^{-1/t})`.
 *
 * @throws {ArgumentError} if an option is outside its domain.
 *
 * @example
 * ```ts
 * import { debiased } from "./mod.ts";
 * console.log(debiased({ tauPlus: 0.05 }).name); // debiased(temperature=0.02, tauPlus=0.05)
 * ```
 *
 * @category Training
 */
export function debiased(options: DebiasedOptions = {}): Loss {
  return makeLoss(DEBIASED, options);
}
