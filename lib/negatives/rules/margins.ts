import { checkOptions } from "../../core/options.ts";
import { ArgumentError } from "../../core/errors.ts";

/** How far a negative must score below the query's lowest positive. */
export interface Margin {
  /** Keep s⁻ < s⁺ - m, in units of the score. */
  absolute?: number;
  /** Drop s⁻ > s⁺ - |s⁺|·m. */
  relative?: number;
}

/** @throws {ArgumentError} unless the margins are finite, the relative one from 0. */
export function checkMargin(margin: Margin): void {
  checkOptions<Margin>("margin", margin, { absolute: "number", relative: "number" });
  const { absolute, relative } = margin;
  if (absolute !== undefined && !Number.isFinite(absolute)) {
    throw new ArgumentError(`Cannot filter by a margin of ${absolute}: wanted a finite number`);
  }
  if (relative !== undefined && !(Number.isFinite(relative) && relative >= 0)) {
    throw new ArgumentError(`Cannot filter by a relative margin of ${relative}: wanted a number from 0`);
  }
}

/** Why a score breaks an absolute margin; undefined when it holds. */
export function absoluteReason(score: number, positive: number, m: number): string | undefined {
  return score < positive - m ? undefined : `absolute-margin: s- ${shown(score)} >= s+ ${shown(positive)} - ${m}`;
}

/** The relative margin's threshold, the right way for negative scores, too. */
export function relativeThreshold(positive: number, m: number): number {
  return positive - Math.abs(positive) * m;
}

/** Why a score breaks a relative margin; undefined when it holds. */
export function relativeReason(score: number, positive: number, m: number): string | undefined {
  const threshold = relativeThreshold(positive, m);
  if (!(score > threshold)) return undefined;
  return `relative-margin: s- ${shown(score)} > ${shown(threshold)} = s+ ${shown(positive)} - |s+|·${m}`;
}

/** A number as reasons show it: four significant digits. */
export function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}
