import { checkOptions } from "../../core/options.ts";
import { add, div, less, mul, stopGradient, sub, where } from "../../graph/mod.ts";
import {
  checkAtLeast,
  checkPositive,
  lossName,
  meanByQuery,
  negativeLogSum,
  ofPositives,
  positiveMask,
  softplus,
} from "./parts.ts";
import type { Loss } from "../types.ts";

/** Options of {@link infoNCE}. */
export interface InfoNCEOptions {
  /** Divides the cosines. @default 0.02 */
  temperature?: number;
  /** Raises a negative's logit by so much times its cosine, without gradient: hard ones weigh more. @default 0 */
  hardness?: number;
}

/**
 * InfoNCE, SyNeg's loss (arXiv 2412.17250): `-log(f(q,d+) / (f(q,d+) + sum f(q,d-)))` with `f = exp(cos / temperature)`,
 * over the negatives that the relations name: a query's own, or those of the batch too. Every positive stands alone
 * against the negatives, never against another positive.
 */
export function infoNCE(options: InfoNCEOptions = {}): Loss {
  checkOptions<InfoNCEOptions>("infoNCE", options, { temperature: "number", hardness: "number" });
  const { temperature = 0.02, hardness = 0 } = options;
  checkPositive("temperature", temperature);
  checkAtLeast("hardness", hardness, 0);
  return {
    name: lossName("infoNCE", { temperature, hardness }),
    needs: {},
    build(inputs) {
      const logits = div(inputs.scores, temperature);
      const weighted = hardness === 0
        ? logits
        : where(less(inputs.relations, 0), add(logits, mul(stopGradient(inputs.scores), hardness)), logits);
      const losses = softplus(sub(negativeLogSum(inputs, weighted), ofPositives(inputs, logits)));
      return meanByQuery(losses, positiveMask(inputs));
    },
  };
}
