import { checkOptions, type OptionKinds } from "../../core/options.ts";
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

const SCORE_WINDOW_OPTIONS: OptionKinds<ScoreWindowOptions> = { sources: "array", min: "number", max: "number" };

/** Keeps min <= s⁻ <= max. @throws {ArgumentError} when it runs on rows without a score. */
export function scoreWindow(options: ScoreWindowOptions): Filter {
  checkOptions<ScoreWindowOptions>("scoreWindow", options, SCORE_WINDOW_OPTIONS);
  const { min = -Infinity, max = Infinity } = options;
  if (!(min <= max)) throw new ArgumentError(`Cannot keep scores from ${min} to ${max}: the window is empty`);
  const needs = { what: "score", read: (pool: { score(row: number): number }, row: number) => pool.score(row) };
  return rowFilter("score-window", options, needs, (pool, row) => {
    const score = pool.score(row);
    return score >= min && score <= max ? undefined : `score-window: s- ${shown(score)} outside ${min} to ${max}`;
  });
}
