import * as z from "zod";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import type { Decision } from "../rules/decision.ts";
import { POSITIVE_RULES, positiveReason } from "../rules/positive_rules.ts";
import { fingerprint, fingerprints } from "../text/fingerprint.ts";
import { FILTER_SHAPE, type FilterOptions } from "./filter_options.ts";
import type { Filter } from "./types.ts";

/**
 * Options of {@link positiveGuard}.
 *
 * @category Negatives
 */
export interface PositiveGuardOptions extends FilterOptions {
  /**
   * Jaccard overlap of three-word shingles from which a passage is a near-duplicate of a positive; `false` compares ids
   * and whole texts only. Rows of source `edit`, near the positive by design, are always compared that way.
   * @default {0.8}
   */
  nearDuplicateThreshold?: number | false;
}

const OPTIONS = z.strictObject(
  {
    ...FILTER_SHAPE,
    nearDuplicateThreshold: z.union([z.number().positive().max(1), z.literal(false)]).default(0.8)
      .describe("a number > 0 and <= 1, or false"),
  } satisfies OptionShape<PositiveGuardOptions>,
);

/**
 * Drops known positives of the query, and of queries that ask the same under another id: by id, by text (`equalText`,
 * with or without title), or as a near-duplicate by shingle overlap.
 *
 * @example
 * ```ts
 * import { filters } from "@syneg/kit/negatives";
 * console.log(filters.positiveGuard({ nearDuplicateThreshold: false }).rules); // [ "positive-id", "positive-text" ]
 * ```
 * @category Negatives
 */
export function positiveGuard(options: PositiveGuardOptions = {}): Filter {
  const { nearDuplicateThreshold: threshold, sources } = parseOptions("positiveGuard", OPTIONS, options);
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
          { id, fingerprint: () => id === null ? fingerprint(passage(row)) : ofDocument(id) },
          known.get(pool.query(row)) ?? [],
          { threshold: pool.source(row) === "edit" ? false : threshold, ofDocument },
        );
        if (reason) decisions.set(row, { verdict: "dropped", reason });
      }
      return decisions;
    },
  };
}

/** {@link positiveGuard} as an entry of the registry. */
export const POSITIVE_GUARD = {
  name: "positive-guard",
  about: "drop known positives, by id, text or near-duplicate",
  options: OPTIONS,
  make: positiveGuard,
} as const;
