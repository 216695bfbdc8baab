import { ArgumentError } from "../../core/errors.ts";
import { type Fingerprint, sameText } from "../text/fingerprint.ts";
import { overlaps, shingleOverlap } from "../text/shingles.ts";

/** Rules that distinguish a negative from the known positives, in the order in which they apply. */
export const POSITIVE_RULES = ["positive-id", "positive-text", "near-positive"] as const;

/** A passage that may be a negative. */
export interface CandidatePassage {
  /** Its document; null if it was written. */
  readonly id: string | null;
  /** Its fingerprint, computed when it is needed. */
  readonly fingerprint: () => Fingerprint;
}

/** What {@link positiveReason} compares with. */
export interface PositiveRuleOptions {
  /** Shingle overlap from which a passage is a near-duplicate; false compares ids and whole texts only. */
  readonly threshold: number | false;
  /** Fingerprint of a document of the corpus. */
  readonly ofDocument: (id: string) => Fingerprint;
}

/** Why a candidate cannot be a negative beside these positives; undefined if it can. */
export function positiveReason(
  candidate: CandidatePassage,
  positives: readonly string[],
  { threshold, ofDocument }: PositiveRuleOptions,
): string | undefined {
  if (candidate.id !== null && positives.includes(candidate.id)) return `positive-id: ${candidate.id}`;
  const print = candidate.fingerprint();
  const same = positives.find((id) => sameText(print, ofDocument(id)));
  if (same !== undefined) return `positive-text: same text as ${same}`;
  if (threshold === false) return undefined;
  for (const id of positives) {
    const { shingles } = ofDocument(id);
    if (!overlaps(print.shingles, shingles, threshold)) continue;
    const overlap = shingleOverlap(print.shingles, shingles);
    return `near-positive: overlap ${overlap.toFixed(3)} >= ${threshold} with ${id}`;
  }
  return undefined;
}

/**
 * Checks the overlap from which two passages are near-duplicates.
 *
 * @throws {ArgumentError} unless it is above 0 and at most 1, or false.
 *
 * @example
 * ```ts
 * import { checkThreshold } from "@syneg/kit/negatives";
 * checkThreshold(0.8); // throws for 1.5
 * ```
 *
 * @category Negatives
 */
export function checkThreshold(threshold: number | false): void {
  if (threshold === false || (threshold > 0 && threshold <= 1)) return;
  throw new ArgumentError(`nearDuplicateThreshold must be a number > 0 and <= 1, or false, found ${threshold}`, {
    field: "nearDuplicateThreshold",
  });
}
