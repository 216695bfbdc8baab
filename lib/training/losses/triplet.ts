import * as z from "zod";
import type { OptionShape } from "../../core/parse_options.ts";
import { add, relu, sub, unsqueeze } from "../../graph/mod.ts";
import { lossPart, makeLoss } from "./loss_part.ts";
import { meanByQuery, ofPositives, pairMask } from "./parts.ts";
import type { Loss, LossPart } from "./types.ts";

/**
 * Options of {@link triplet}.
 *
 * @category Training
 */
export interface TripletOptions {
  /**
   * By how much a positive's cosine should exceed a negative's.
   *
   * @default {0.1}
   */
  margin?: number;
}

/** Part of {@link triplet}. */
export const TRIPLET: LossPart<"triplet"> = lossPart({
  name: "triplet",
  about: "margin between each positive and each negative",
  options: z.strictObject({ margin: z.number().min(0).default(0.1) } satisfies OptionShape<TripletOptions>),
  build(inputs, { margin }) {
    const positives = unsqueeze(ofPositives(inputs, inputs.scores), [2]);
    const negatives = unsqueeze(inputs.scores, [1]);
    return meanByQuery(inputs, relu(add(sub(negatives, positives), margin)), pairMask(inputs));
  },
});

/**
 * Triplet margin loss over all pairs of a query's positives and negatives: `max(0, margin + s- - s+)`.
 *
 * @throws {ArgumentError} if an option is outside its domain.
 *
 * @example
 * ```ts
 * import { triplet } from "./mod.ts";
 * console.log(triplet().name); // triplet(margin=0.1)
 * ```
 *
 * @category Training
 */
export function triplet(options: TripletOptions = {}): Loss {
  return makeLoss(TRIPLET, options);
}
