/**
 * A rule's verdict on one row. Rows without a decision stay kept.
 *
 * @category Negatives
 */
export interface Decision {
  /** What becomes of the row. */
  readonly verdict: "dropped" | "relabeled";
  /** "rule: numbers"; the rule is one that the filter names. */
  readonly reason: string;
}
