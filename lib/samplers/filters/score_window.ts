import { ArgumentError } from "../../core/errors.ts";
import { type Filter, type FilterOptions, rowFilter } from "../filter.ts";
import { shown } from "../margins.ts";

/** Options of {@link scoreWindow}. */
export interface ScoreWindowOptions extends FilterOptions {
  /** Lowest score to keep. @default no limit */
  min?: number;
  /** Highest score to keep. @default no limit */
  max?: number;
}

/** Keeps min <= s⁻ <= max. @throws {ArgumentError} when it runs on rows without a score. */
export function scoreWindow({ min = -Infinity, max = Infinity, ...options }: ScoreWindowOptions): Filter {
  if (!(min <= max)) throw new ArgumentError(`Cannot keep scores from ${min} to ${max}: the window is empty`);
  const needs = { what: "score", read: (pool: { score(row: number): number }, row: number) => pool.score(row) };
  return rowFilter("score-window", options, needs, (pool, row) => {
    const score = pool.score(row);
    return score >= min && score <= max ? undefined : `score-window: s- ${shown(score)} outside ${min} to ${max}`;
  });
}
