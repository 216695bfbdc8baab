import * as z from "zod";
import type { Collection } from "../../collections/types.ts";
import { ArgumentError } from "../../core/errors.ts";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import { withColumns } from "../../tables/with_columns.ts";
import { type Pool, poolOf } from "../pool.ts";
import { rounded } from "../rules/rounded.ts";
import { decided } from "../rules/verdicts.ts";
import type { Refresh } from "./refresh.ts";
import { rescore } from "./rescore.ts";

/**
 * Options of {@link conan}.
 *
 * @category Negatives
 */
export interface ConanOptions {
  /** Kept rows of a query in use, from the first by rank: those that the sampler `top` draws. */
  active: number;
  /**
   * Split of the known positives.
   * @default {"train"}
   */
  split?: string;
  /**
   * A score fell if factor · s_now < s_then.
   * @default {1.15}
   */
  factor?: number;
  /**
   * Only scores below this size are replaced.
   * @default {0.8}
   */
  limit?: number;
}

const OPTIONS = z.strictObject(
  {
    active: z.int().min(1),
    split: z.string().optional(),
    factor: z.number().default(1.15),
    limit: z.number().default(0.8),
  } satisfies OptionShape<ConanOptions>,
);

/**
 * Replaces negatives that the encoder has learned (Conan-embedding, arXiv 2408.15710): of the first `active` rows of
 * every query, those with 1.15 · s_now < s_then and |s_now| < 0.8 are dropped, so that the next ones by rank move up.
 * `score` holds s_then, an encoder's score from when the row came into use (mined by it, or see `rescore`); a row that
 * moves up gets its current score. Draw with `top`.
 *
 * @throws {ArgumentError} if a row in use has a score by no encoder.
 *
 * @example
 * ```ts
 * import { conan, loadCollection } from "@syneg/kit";
 * const mine = conan(await loadCollection("facets"), { active: 4 });
 * const options = { refresh: { every: 100, mine } }; // for train(encoder, …)
 * console.log(options.refresh.every);
 * ```
 * @category Negatives
 */
export function conan(collection: Collection, options: ConanOptions): Refresh {
  const { active, split, factor, limit } = parseOptions("conan", OPTIONS, options);
  return async (encoder, { negatives, signal }) => {
    const pool = poolOf(negatives);
    const now = poolOf(await rescore(negatives, collection, encoder, { split, signal }));
    const score = [...negatives.column("score")];
    const positive_score = [...negatives.column("positive_score")];
    const fallen = new Map<number, { verdict: "dropped"; reason: string }>();
    for (const rows of pool.kept.values()) {
      const order = [...rows].sort((a, b) => rankOf(pool.rank(a)) - rankOf(pool.rank(b)) || a - b);
      const used = order.slice(0, active);
      for (const row of used) {
        const [then, current] = [scoreThen(pool, row), now.score(row)];
        if (Number.isNaN(then)) score[row] = current;
        else if (factor * current < then && Math.abs(current) < limit) {
          const reason = `conan: ${factor}·${rounded(current)} < ${rounded(then)} and below ${limit}`;
          fallen.set(row, { verdict: "dropped", reason });
        }
      }
      for (const row of order.filter((row) => !fallen.has(row)).slice(0, active)) {
        positive_score[row] = now.positiveScore(row);
        if (!used.includes(row)) score[row] = now.score(row);
      }
    }
    return decided(withColumns(negatives, { score, positive_score }), fallen, ["conan"]);
  };
}

/** The score that a row in use had; NaN if it had none. */
function scoreThen(pool: Pool, row: number): number {
  const then = pool.score(row);
  if (!Number.isNaN(then) && pool.table.column("scorer").at(row) === null) {
    throw new ArgumentError(
      `Cannot replace negatives: row ${row} (${pool.source(row)}) has a score by no encoder; rescore the table first`,
    );
  }
  return then;
}

/** Ranks from 1; rows without one come last. */
function rankOf(rank: number): number {
  return Number.isNaN(rank) ? Number.MAX_SAFE_INTEGER : rank;
}
