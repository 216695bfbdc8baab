/**
 * Verdicts of people: read them, compare them.
 *
 * @module
 */
export { readReviews } from "./read_reviews.ts";
export { type Disagreement, type VerdictAgreement, verdictAgreement } from "./verdict_agreement.ts";
export type { Judged } from "./pairs.ts";
