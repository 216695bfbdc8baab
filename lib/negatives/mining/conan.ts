import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError } from "../../core/errors.ts";
import type { Collection } from "../../collections/types.ts";
import { withColumns } from "../../tables/with_columns.ts";
import { shown } from "../rules/margins.ts";
import { poolOf } from "../pool.ts";
import type { Refresh } from "./refresh.ts";
import { rescore } from "./rescore.ts";
import { decided } from "../rules/verdicts.ts";

/** Options of {@link conan}. */
export interface ConanOptions {
  /** How many kept rows of a query, from the first by rank, are in use: what the sampler `top` draws. */
  active: number;
  /** Split of the known positives. @default "train" */
  split?: string;
  /** A score fell when factor · s_now < s_then. @default 1.15 */
  factor?: number;
  /** Only scores below this size are replaced. @default 0.8 */
  limit?: number;
}

const CONAN_OPTIONS: OptionKinds<ConanOptions> = {
  active: "number",
  split: "string",
  factor: "number",
  limit: "number",
};

/**
 * Replaces negatives that the encoder has learnt (Conan-embedding, arXiv 2408.15710): of the `active` first rows of every
 * query, one with 1.15 · s_now < s_then and |s_now| < 0.8 is dropped, so that the next by rank moves up. `score` holds
 * s_then: an encoder's score when a row came into use (mined by it, or see `rescore`); a row that moves up gets its score
 * of now. Draw with `top`.
 */
export function conan(
  collection: Collection,
  options: ConanOptions,
): Refresh {
  checkOptions<ConanOptions>("conan", options, CONAN_OPTIONS);
  const { active, split, factor = 1.15, limit = 0.8 } = options;
  if (!(Number.isInteger(active) && active >= 1)) {
    throw new ArgumentError(`Cannot replace among ${active} active negatives: wanted an integer from 1`);
  }
  return async (encoder, { negatives, signal }) => {
    const pool = poolOf(negatives);
    const now = await rescore(negatives, collection, encoder, { split, signal });
    const scores = poolOf(now);
    const scorers = negatives.column("scorer");
    const score = [...negatives.column("score")];
    const positive_score = [...negatives.column("positive_score")];
    const fallen = new Map<number, { verdict: "dropped"; reason: string }>();
    for (const rows of pool.kept.values()) {
      const order = [...rows].sort((a, b) => rankOf(pool.rank(a)) - rankOf(pool.rank(b)) || a - b);
      const used = order.slice(0, active);
      for (const row of used) {
        const [then, current] = [pool.score(row), scores.score(row)];
        if (!Number.isNaN(then) && scorers.at(row) === null) {
          throw new ArgumentError(
            `Cannot replace negatives: row ${row} (${
              pool.source(row)
            }) has a score by no encoder; rescore the table first`,
          );
        }
        if (Number.isNaN(then)) score[row] = current;
        else if (factor * current < then && Math.abs(current) < limit) {
          const reason = `conan: ${factor}·${shown(current)} < ${shown(then)} and below ${limit}`;
          fallen.set(row, { verdict: "dropped", reason });
        }
      }
      const left = order.filter((row) => !fallen.has(row)).slice(0, active);
      for (const row of left) {
        positive_score[row] = scores.positiveScore(row);
        if (!used.includes(row)) score[row] = scores.score(row);
      }
    }
    return decided(withColumns(negatives, { score, positive_score }), fallen, ["conan"]);
  };
}

/** A rank for sorting: rows without one come last. */
function rankOf(rank: number): number {
  return Number.isNaN(rank) ? Number.MAX_SAFE_INTEGER : rank;
}
