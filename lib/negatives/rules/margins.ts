import { ArgumentError } from "../../core/errors.ts";
import { checkOptions } from "../../core/options.ts";
import { rounded } from "./rounded.ts";

/**
 * How far a negative must score below the query's lowest positive.
 *
 * @category Negatives
 */
export interface Margin {
  /** Keep s⁻ < s⁺ - m, in units of the score. Omit for no absolute margin. */
  absolute?: number;
  /** Drop s⁻ > s⁺ - |s⁺|·m. Omit for no relative margin. */
  relative?: number;
}

/**
 * Checks margins.
 *
 * @throws {ArgumentError} unless they are finite, and the relative one is >= 0.
 */
export function checkMargin(margin: Margin): void {
  checkOptions<Margin>("margin", margin, { absolute: "number", relative: "number" });
  const { absolute, relative } = margin;
  if (absolute !== undefined && !Number.isFinite(absolute)) {
    throw new ArgumentError(`margin.absolute must be a finite number, found ${absolute}`, { field: "margin" });
  }
  if (relative !== undefined && !(Number.isFinite(relative) && relative >= 0)) {
    throw new ArgumentError(`margin.relative must be a number >= 0, found ${relative}`, { field: "margin" });
  }
}

/** Why a score breaks an absolute margin; undefined if it holds. */
export function absoluteReason(score: number, positive: number, m: number): string | undefined {
  return score < positive - m ? undefined : `absolute-margin: s- ${rounded(score)} >= s+ ${rounded(positive)} - ${m}`;
}

/** The relative margin's threshold, which is below the positive for negative scores, too. */
export function relativeThreshold(positive: number, m: number): number {
  return positive - Math.abs(positive) * m;
}

/** Why a score breaks a relative margin; undefined if it holds. */
export function relativeReason(score: number, positive: number, m: number): string | undefined {
  const threshold = relativeThreshold(positive, m);
  if (!(score > threshold)) return undefined;
  return `relative-margin: s- ${rounded(score)} > ${rounded(threshold)} = s+ ${rounded(positive)} - |s+|·${m}`;
}
