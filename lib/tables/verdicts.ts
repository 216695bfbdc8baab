/**
 * Decisions on a candidate.
 *
 * @category Tables
 */
export const VERDICTS: readonly ["kept", "dropped", "relabeled"] = ["kept", "dropped", "relabeled"];
/**
 * One of {@link VERDICTS}.
 *
 * @category Tables
 */
export type Verdict = typeof VERDICTS[number];
