import type { Pool } from "../pool.ts";

/** What margin filters need of every row: both scores. NaN where one is missing. */
export const margin = {
  what: "score and positive_score",
  read: (pool: Pool, row: number): number =>
    Number.isFinite(pool.positiveScore(row)) ? pool.score(row) : pool.positiveScore(row),
};
