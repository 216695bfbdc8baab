import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { add, mul, relu, sub, unsqueeze } from "../../graph/mod.ts";
import { checkAtLeast, lossName, meanByQuery, negativeMask, ofPositives, positiveMask } from "./parts.ts";
import type { Loss } from "../types.ts";

/** Options of {@link triplet}. */
export interface TripletOptions {
  /** By how much a positive's cosine should exceed a negative's. @default 0.1 */
  margin?: number;
}

const TRIPLET_OPTIONS: OptionKinds<TripletOptions> = { margin: "number" };

/** Triplet margin loss over all pairs of a query's positives and negatives: `max(0, margin + s- - s+)`. */
export function triplet(options: TripletOptions = {}): Loss {
  checkOptions<TripletOptions>("triplet", options, TRIPLET_OPTIONS);
  const { margin = 0.1 } = options;
  checkAtLeast("margin", margin, 0);
  return {
    name: lossName("triplet", { margin }),
    needs: {},
    build(inputs) {
      const positives = unsqueeze(ofPositives(inputs, inputs.scores), [2]);
      const negatives = unsqueeze(inputs.scores, [1]);
      const pairs = mul(unsqueeze(positiveMask(inputs), [2]), unsqueeze(negativeMask(inputs), [1]));
      return meanByQuery(relu(add(sub(negatives, positives), margin)), pairs);
    },
  };
}
