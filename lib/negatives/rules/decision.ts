import type { Verdict } from "../../tables/schema.ts";

/**
 * A rule's verdict on one row. Rows without a decision stay kept.
 *
 * @category Negatives
 */
export interface Decision {
  /** What becomes of the row. Only a filter that overrules keeps. */
  readonly verdict: Verdict;
  /** "rule: numbers"; the rule is one that the filter names. */
  readonly reason: string;
}
