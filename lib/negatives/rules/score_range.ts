import { ArgumentError } from "../../core/errors.ts";
import { checkOptions } from "../../core/options.ts";
import { rounded } from "./rounded.ts";

/**
 * Scores to keep, both ends included.
 *
 * @category Negatives
 */
export interface ScoreRange {
  /** Lowest score to keep. Omit for no limit. */
  min?: number;
  /** Highest score to keep. Omit for no limit. */
  max?: number;
}

/** Why a score is outside a range; undefined if it is inside. */
export function scoreReason(score: number, { min = -Infinity, max = Infinity }: ScoreRange): string | undefined {
  return score >= min && score <= max ? undefined : `score-window: s- ${rounded(score)} outside ${min} to ${max}`;
}

/**
 * Checks a range of scores.
 *
 * @throws {ArgumentError} if it holds no score.
 */
export function checkScoreRange(range: ScoreRange): void {
  checkOptions<ScoreRange>("scoreWindow", range, { min: "number", max: "number" });
  const { min = -Infinity, max = Infinity } = range;
  if (min <= max) return;
  throw new ArgumentError(`scoreWindow must have min <= max, found ${min} to ${max}`, { field: "scoreWindow" });
}
