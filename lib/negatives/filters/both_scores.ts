import type { Pool } from "../pool.ts";

/** What margin filters need of every row: both scores. NaN if one is missing. */
export const bothScores: { readonly what: string; readonly read: (pool: Pool, row: number) => number } = {
  what: "score and positive_score",
  read: (pool, row) => Number.isFinite(pool.positiveScore(row)) ? pool.score(row) : pool.positiveScore(row),
};
