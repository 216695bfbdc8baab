import type { Encoder } from "../../encoders/types.ts";
import type { Judge } from "../../generators/judgment.ts";
import type { PairScorer } from "./pair_scorer.ts";

/**
 * What filters of a configuration need beside their options. Each throws if there is none.
 *
 * @category Negatives
 */
export interface FilterNeeds {
  /** The encoder that is trained. */
  encoder(): Encoder;
  /** Scores pairs of query and passage. */
  scorer(): PairScorer;
  /** Judges candidates. */
  judge(): Judge;
}
