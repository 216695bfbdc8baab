import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError } from "../../core/errors.ts";
import { withNumbers } from "../pool.ts";
import { simpleSampler, weightedSample } from "./sampler.ts";
import { SAMPLER_OPTIONS } from "../types.ts";
import type { Sampler, SamplerOptions } from "../types.ts";

/** Options of {@link simans}. */
export interface SimansOptions extends SamplerOptions {
  /** Sharpness a, in 1/score²; 100 is a standard deviation of 0.07 in cosine. @default 100 */
  a?: number;
  /** Wanted difference b of the negative's score from the positive's. @default 0 */
  b?: number;
}

const SIMANS_OPTIONS: OptionKinds<SimansOptions> = {
  ...SAMPLER_OPTIONS,
  a: "number",
  b: "number",
};

/** Whether a score is no cosine, rounding apart. */
function beyond(score: number): boolean {
  return Math.abs(score) > 1.001;
}

/**
 * Draws ambiguous negatives: neither too hard (likely false) nor too easy. Probability proportional to
 * exp(-a (s⁻ - s⁺ - b)²), without repetition (SimANS, Zhou et al., arXiv 2210.11773).
 *
 * @throws {ArgumentError} if a row has no score or no positive_score, or they are no cosines and `a` is not given.
 */
export function simans(options: SimansOptions): Sampler {
  checkOptions<SimansOptions>("simans", options, SIMANS_OPTIONS);
  const { a: given, b = 0, ...rest } = options;
  const a = given ?? 100;
  if (!(Number.isFinite(a) && a >= 0)) throw new ArgumentError(`Cannot sample with a = ${a}: wanted a number from 0`);
  if (!Number.isFinite(b)) throw new ArgumentError(`Cannot sample with b = ${b}: wanted a finite number`);
  return simpleSampler("simans", { ...rest, ...{ a, b } }, ({ rows, pool }, count, stream) => {
    const difference = (row: number) => pool.score(row) - pool.positiveScore(row);
    withNumbers(pool, rows, difference, { work: "sample by SimANS", what: "score and positive_score" });
    const far = given === undefined
      ? rows.find((row) => beyond(pool.score(row)) || beyond(pool.positiveScore(row)))
      : undefined;
    if (far !== undefined) {
      throw new ArgumentError(
        `Cannot sample for query "${pool.query(far)}" by SimANS with a = 100, which is for cosines: found the scores ` +
          `${pool.score(far).toFixed(2)} and ${pool.positiveScore(far).toFixed(2)}; rescore with an encoder, or give a`,
      );
    }
    return weightedSample(rows, count, (row) => -a * (difference(row) - b) ** 2, stream);
  });
}
