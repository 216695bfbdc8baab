import type { Verdict } from "../../tables/schema.ts";

/**
 * A rule's verdict on one row. Rows without a decision stay kept, with the weight they have.
 *
 * @category Negatives
 */
export interface Decision {
  /** What becomes of the row. Only a filter that overrules keeps what an earlier one dropped. */
  readonly verdict: Verdict;
  /** Multiplies the weight of a kept row in the loss, a number >= 0. Omit for 1. */
  readonly weight?: number;
  /** "rule: numbers"; the rule is one that the filter names. */
  readonly reason: string;
}
