import * as z from "zod";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import type { Pool } from "../pool.ts";
import type { Decision } from "../rules/decision.ts";
import { type Fingerprint, fingerprint, fingerprints, sameText } from "../text/fingerprint.ts";
import { shingleOverlap } from "../text/shingles.ts";
import { FILTER_SHAPE, type FilterOptions } from "./filter_options.ts";
import type { Filter } from "./types.ts";

/**
 * Options of {@link nearDuplicates}.
 *
 * @category Negatives
 */
export interface NearDuplicatesOptions extends FilterOptions {
  /**
   * Jaccard overlap of three-word shingles from which two negatives are near-duplicates, above 0 and at most 1.
   * @default {0.8}
   */
  nearDuplicateThreshold?: number;
}

const OPTIONS = z.strictObject(
  {
    ...FILTER_SHAPE,
    nearDuplicateThreshold: z.number().positive().max(1).default(0.8),
  } satisfies OptionShape<NearDuplicatesOptions>,
);

/** A row that was kept before. */
interface Earlier {
  readonly row: number;
  readonly id: string | null;
  readonly print: Fingerprint;
}

/**
 * Drops negatives that repeat an earlier kept one of the same query, by text (`equalText`) or shingle overlap. One
 * document found by two sources stays twice: samplers never draw a document twice.
 *
 * @example
 * ```ts
 * import { filters } from "@syneg/kit/negatives";
 * console.log(filters.nearDuplicates({ nearDuplicateThreshold: 0.9 }).name); // near-duplicate
 * ```
 * @category Negatives
 */
export function nearDuplicates(options: NearDuplicatesOptions = {}): Filter {
  const { nearDuplicateThreshold: threshold, sources } = parseOptions("nearDuplicates", OPTIONS, options);
  return {
    name: "near-duplicate",
    rules: ["near-duplicate"],
    sources,
    decide(rows, { pool, passage, document }) {
      const ids = pool.table.column("doc_id");
      const ofDocument = fingerprints(document);
      const earlier = new Map<string, Earlier[]>();
      const decisions = new Map<number, Decision>();
      for (const row of rows) {
        const id = ids.at(row);
        const print = id === null ? fingerprint(passage(row)) : ofDocument(id);
        const kept = earlier.get(pool.query(row)) ?? [];
        earlier.set(pool.query(row), kept);
        const reason = repeats({ row, id, print }, kept, { pool, threshold });
        if (reason) decisions.set(row, { verdict: "dropped", reason });
        else kept.push({ row, id, print });
      }
      return decisions;
    },
  };
}

/** Why a row repeats an earlier one; undefined if it does not. */
function repeats(
  { row, id, print }: Earlier,
  kept: readonly Earlier[],
  { pool, threshold }: { pool: Pool; threshold: number },
): string | undefined {
  for (const other of kept) {
    if (id !== null && other.id === id) {
      if (pool.source(other.row) !== pool.source(row)) continue;
      return `near-duplicate: same document as row ${other.row}`;
    }
    const overlap = sameText(print, other.print) ? 1 : shingleOverlap(print.shingles, other.print.shingles);
    if (overlap >= threshold) {
      return `near-duplicate: overlap ${overlap.toFixed(3)} >= ${threshold} with row ${other.row}`;
    }
  }
  return undefined;
}

/** {@link nearDuplicates} as an entry of the registry. */
export const NEAR_DUPLICATES = {
  name: "near-duplicate",
  about: "drop what repeats an earlier negative of the query",
  options: OPTIONS,
  make: nearDuplicates,
} as const;
