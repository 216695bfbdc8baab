import * as z from "zod";
import type { OptionShape } from "../../core/parse_options.ts";
import { add, div, exp, less, log, mul, neg, relu, stopGradient, sub, where } from "../../graph/mod.ts";
import type { Tensor } from "../../graph/graph.ts";
import { lossPart, makeLoss } from "./loss_part.ts";
import { meanByQuery, negativeLogSum, ofPositives, positiveMask } from "./parts.ts";
import type { Loss, LossPart } from "./types.ts";

/**
 * Options of {@link infoNCE}.
 *
 * @category Training
 */
export interface InfoNCEOptions {
  /**
   * Divides the cosines.
   *
   * @default {0.02}
   */
  temperature?: number;
  /**
   * Adds this many times a negative's cosine to its logit, without gradient, so that hard negatives weigh more.
   *
   * @default {0}
   */
  hardness?: number;
}

/** Part of {@link infoNCE}. */
export const INFO_NCE: LossPart<"infoNCE"> = lossPart({
  name: "infoNCE",
  about: "softmax over one positive and the negatives: SyNeg's loss",
  options: z.strictObject(
    {
      temperature: z.number().positive().default(0.02),
      hardness: z.number().min(0).default(0),
    } satisfies OptionShape<InfoNCEOptions>,
  ),
  build(inputs, { temperature, hardness }) {
    const logits = div(inputs.scores, temperature);
    const weighted = hardness === 0
      ? logits
      : where(less(inputs.relations, 0), add(logits, mul(stopGradient(inputs.scores), hardness)), logits);
    const losses = softplus(sub(negativeLogSum(inputs, weighted), ofPositives(inputs, logits)));
    return meanByQuery(inputs, losses, positiveMask(inputs));
  },
});

/**
 * InfoNCE, SyNeg's loss (arXiv 2412.17250): `-log(f(q,d+) / (f(q,d+) + sum f(q,d-)))` with `f = exp(cos / temperature)`.
 * The negatives are those of the relations: a query's own, with `inBatch` those of the batch too. Each positive is
 * compared with the negatives only, never with another positive.
 *
 * @throws {ArgumentError} if an option is outside its domain.
 *
 * @example
 * ```ts
 * import { infoNCE } from "./mod.ts";
 * console.log(infoNCE({ temperature: 0.05 }).name); // infoNCE(temperature=0.05, hardness=0)
 * ```
 *
 * @category Training
 */
export function infoNCE(options: InfoNCEOptions = {}): Loss {
  return makeLoss(INFO_NCE, options);
}

/** log(1 + e^x) without overflow; its gradient is the logistic function everywhere. */
function softplus(x: Tensor): Tensor {
  const shift = stopGradient(relu(x));
  return add(shift, log(add(exp(sub(x, shift)), exp(neg(shift)))));
}
