import { FILTER_OPTIONS } from "./filter.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError } from "../../core/errors.ts";
import type { Decision, Filter, FilterOptions } from "./filter.ts";
import { type Fingerprint, fingerprint, fingerprints, sameText } from "../text/fingerprint.ts";
import { overlaps, shingleOverlap } from "../text/shingles.ts";

/** Options of {@link positiveGuard}. */
export interface PositiveGuardOptions extends FilterOptions {
  /**
   * Jaccard overlap of three-word shingles from which a passage is a near-duplicate of a positive; `false` compares ids
   * and whole texts only, as is always done for rows of source `edit`, which are near the positive by design. @default 0.8
   */
  threshold?: number | false;
}

const POSITIVE_GUARD_OPTIONS: OptionKinds<PositiveGuardOptions> = { ...FILTER_OPTIONS, threshold: "number|boolean" };

/** What a {@link positiveGuard} may find, in the order in which it looks. */
export const POSITIVE_RULES = ["positive-id", "positive-text", "near-positive"] as const;

/**
 * Drops known positives of the query, and of queries that ask the same under another id: by id, by text (`equalText`,
 * with or without title), or as a near-duplicate by shingle overlap.
 */
export function positiveGuard(options: PositiveGuardOptions = {}): Filter {
  checkOptions<PositiveGuardOptions>("positiveGuard", options, POSITIVE_GUARD_OPTIONS);
  const { threshold = 0.8, sources } = options;
  checkThreshold(threshold);
  return {
    name: "positive-guard",
    rules: threshold === false ? POSITIVE_RULES.slice(0, 2) : POSITIVE_RULES,
    sources,
    decide(rows, { pool, known, passage, document }) {
      const ids = pool.table.column("doc_id");
      const ofDocument = fingerprints(document);
      const decisions = new Map<number, Decision>();
      for (const row of rows) {
        const id = ids.at(row);
        const reason = positiveReason(
          { id, print: () => id === null ? fingerprint(passage(row)) : ofDocument(id) },
          known.get(pool.query(row)) ?? [],
          { threshold: pool.source(row) === "edit" ? false : threshold, ofDocument },
        );
        if (reason) decisions.set(row, { verdict: "dropped", reason });
      }
      return decisions;
    },
  };
}

/** Why a candidate is no negative beside these positives; undefined when it may be one. */
export function positiveReason(
  candidate: { id: string | null; print: () => Fingerprint },
  positives: readonly string[],
  { threshold, ofDocument }: { threshold: number | false; ofDocument: (id: string) => Fingerprint },
): string | undefined {
  if (candidate.id !== null && positives.includes(candidate.id)) return `positive-id: ${candidate.id}`;
  const print = candidate.print();
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

/** @throws {ArgumentError} unless `threshold` is above 0 and at most 1, or false. */
export function checkThreshold(threshold: number | false): void {
  if (threshold !== false && !(threshold > 0 && threshold <= 1)) {
    throw new ArgumentError(`Cannot call an overlap of ${threshold} a near-duplicate: wanted above 0 and at most 1`);
  }
}
