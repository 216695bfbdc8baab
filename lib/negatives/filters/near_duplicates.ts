import { FILTER_OPTIONS } from "./filter.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import type { Decision, Filter, FilterOptions } from "./filter.ts";
import { type Fingerprint, fingerprint, fingerprints, sameText } from "../text/fingerprint.ts";
import { shingleOverlap } from "../text/shingles.ts";
import { checkThreshold } from "./positive_guard.ts";

/** Options of {@link nearDuplicates}. */
export interface NearDuplicatesOptions extends FilterOptions {
  /** Jaccard overlap of three-word shingles from which two negatives are near-duplicates. @default 0.8 */
  threshold?: number;
}

const NEAR_DUPLICATES_OPTIONS: OptionKinds<NearDuplicatesOptions> = { ...FILTER_OPTIONS, threshold: "number" };

/**
 * Drops negatives that repeat an earlier kept one of the same query, by text (`equalText`) or shingle overlap. The same
 * document found by two sources is left: samplers never draw one document twice.
 */
export function nearDuplicates(options: NearDuplicatesOptions = {}): Filter {
  checkOptions<NearDuplicatesOptions>("nearDuplicates", options, NEAR_DUPLICATES_OPTIONS);
  const { threshold = 0.8, sources } = options;
  checkThreshold(threshold);
  return {
    name: "near-duplicate",
    rules: ["near-duplicate"],
    sources,
    decide(rows, { pool, passage, document }) {
      const ids = pool.table.column("doc_id");
      const ofDocument = fingerprints(document);
      const earlier = new Map<string, { row: number; id: string | null; print: Fingerprint }[]>();
      const decisions = new Map<number, Decision>();
      for (const row of rows) {
        const id = ids.at(row);
        const print = id === null ? fingerprint(passage(row)) : ofDocument(id);
        const kept = earlier.get(pool.query(row)) ?? [];
        earlier.set(pool.query(row), kept);
        let reason: string | undefined;
        for (const other of kept) {
          if (id !== null && other.id === id) {
            if (pool.source(other.row) !== pool.source(row)) continue;
            reason = `near-duplicate: same document as row ${other.row}`;
            break;
          }
          const overlap = sameText(print, other.print) ? 1 : shingleOverlap(print.shingles, other.print.shingles);
          if (overlap < threshold) continue;
          reason = `near-duplicate: overlap ${overlap.toFixed(3)} >= ${threshold} with row ${other.row}`;
          break;
        }
        if (reason) decisions.set(row, { verdict: "dropped", reason });
        else kept.push({ row, id, print });
      }
      return decisions;
    },
  };
}
