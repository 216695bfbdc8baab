import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { mul, sub, unsqueeze } from "../../graph/mod.ts";
import { checkPositive, lossName, meanByQuery, negativeMask, ofPositives, positiveMask } from "./parts.ts";
import type { Loss } from "../types.ts";

/** Options of {@link marginMSE}. */
export interface MarginMSEOptions {
  /** Multiplies the cosines, to bring them to the size of the teacher's scores. @default 1 */
  scale?: number;
}

const MARGIN_MSE_OPTIONS: OptionKinds<MarginMSEOptions> = { scale: "number" };

/**
 * MarginMSE (Hofstätter et al. 2020; GPL): the squared difference between the student's margin `s+ - s-` and the
 * teacher's, over all pairs of a query's positives and negatives.
 */
export function marginMSE(options: MarginMSEOptions = {}): Loss {
  checkOptions<MarginMSEOptions>("marginMSE", options, MARGIN_MSE_OPTIONS);
  const { scale = 1 } = options;
  checkPositive("scale", scale);
  return {
    name: lossName("marginMSE", { scale }),
    needs: { teacher: true },
    build(inputs) {
      const teacher = inputs.teacher!;
      const scores = mul(inputs.scores, scale);
      const error = sub(scores, teacher);
      const errors = sub(unsqueeze(ofPositives(inputs, error), [2]), unsqueeze(error, [1]));
      const pairs = mul(unsqueeze(positiveMask(inputs), [2]), unsqueeze(negativeMask(inputs), [1]));
      return meanByQuery(mul(errors, errors), pairs);
    },
  };
}
