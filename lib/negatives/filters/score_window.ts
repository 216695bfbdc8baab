import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError } from "../../core/errors.ts";
import { type Filter, FILTER_OPTIONS, type FilterOptions, rowFilter } from "./filter.ts";
import { shown } from "../rules/margins.ts";

/** Scores to keep, both ends included. */
export interface ScoreRange {
  /** Lowest score to keep. @default no limit */
  min?: number;
  /** Highest score to keep. @default no limit */
  max?: number;
}

/** Options of {@link scoreWindow}. */
export interface ScoreWindowOptions extends FilterOptions, ScoreRange {}

const SCORE_WINDOW_OPTIONS: OptionKinds<ScoreWindowOptions> = { ...FILTER_OPTIONS, min: "number", max: "number" };

/** Keeps min <= s⁻ <= max. @throws {ArgumentError} when it runs on rows without a score. */
export function scoreWindow(options: ScoreWindowOptions): Filter {
  checkOptions<ScoreWindowOptions>("scoreWindow", options, SCORE_WINDOW_OPTIONS);
  const { min, max } = options;
  checkScores({ min, max });
  const needs = { what: "score", read: (pool: { score(row: number): number }, row: number) => pool.score(row) };
  return rowFilter("score-window", options, needs, (pool, row) => scoreReason(pool.score(row), { min, max }));
}

/** Why a score is outside a range; undefined when it is inside. */
export function scoreReason(score: number, { min = -Infinity, max = Infinity }: ScoreRange): string | undefined {
  return score >= min && score <= max ? undefined : `score-window: s- ${shown(score)} outside ${min} to ${max}`;
}

/** @throws {ArgumentError} if a range of scores holds none. */
export function checkScores({ min = -Infinity, max = Infinity }: ScoreRange): void {
  if (!(min <= max)) throw new ArgumentError(`Cannot keep scores from ${min} to ${max}: the window is empty`);
}
