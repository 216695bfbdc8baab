import * as z from "zod";
import type { OptionShape } from "../../core/parse_options.ts";
import { mul, sub, unsqueeze } from "../../graph/mod.ts";
import { lossPart, makeLoss } from "./loss_part.ts";
import { meanByQuery, ofPositives, pairMask } from "./parts.ts";
import type { Loss, LossPart } from "./types.ts";

/**
 * Options of {@link marginMSE}.
 *
 * @category Training
 */
export interface MarginMSEOptions {
  /**
   * Multiplies the cosines, to bring them to the size of the teacher's scores.
   *
   * @default {1}
   */
  scale?: number;
}

/** Part of {@link marginMSE}. */
export const MARGIN_MSE: LossPart<"marginMSE"> = lossPart({
  name: "marginMSE",
  about: "distills the teacher's margins",
  options: z.strictObject({ scale: z.number().positive().default(1) } satisfies OptionShape<MarginMSEOptions>),
  needs: { teacher: true },
  build(inputs, { scale }) {
    const error = sub(mul(inputs.scores, scale), inputs.teacher!);
    const errors = sub(unsqueeze(ofPositives(inputs, error), [2]), unsqueeze(error, [1]));
    return meanByQuery(inputs, mul(errors, errors), pairMask(inputs));
  },
});

/**
 * MarginMSE (Hofstätter et al. 2020; GPL): the squared difference between the student's margin `s+ - s-` and the
 * teacher's, over all pairs of a query's positives and negatives. Needs a teacher.
 *
 * @throws {ArgumentError} if an option is outside its domain.
 *
 * @example
 * ```ts
 * import { marginMSE } from "./mod.ts";
 * console.log(marginMSE({ scale: 20 }).needs); // { teacher: true }
 * ```
 *
 * @category Training
 */
export function marginMSE(options: MarginMSEOptions = {}): Loss {
  return makeLoss(MARGIN_MSE, options);
}
