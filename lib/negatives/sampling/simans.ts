import * as z from "zod";
import { ArgumentError } from "../../core/errors.ts";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import { withNumbers } from "../pool.ts";
import type { Candidates, Sampler } from "../types.ts";
import { simpleSampler } from "./sampler.ts";
import { SAMPLER_SHAPE, type SamplerOptions } from "./sampler_options.ts";
import { weightedSample } from "./weighted_sample.ts";

/**
 * Options of {@link simans}.
 *
 * @category Negatives
 */
export interface SimansOptions extends SamplerOptions {
  /**
   * Sharpness a, in 1/score². The default is a standard deviation of 0.07 in cosine; scores other than cosines need
   * their own.
   * @default {100}
   */
  a?: number;
  /**
   * Preferred difference b of the negative's score from the positive's.
   * @default {0}
   */
  b?: number;
}

const OPTIONS = z.strictObject(
  {
    ...SAMPLER_SHAPE,
    a: z.number().min(0).optional(),
    b: z.number().default(0),
  } satisfies OptionShape<SimansOptions>,
);

/**
 * Draws ambiguous negatives, neither too hard (likely false) nor too easy: without replacement, with probability
 * proportional to exp(-a (s⁻ - s⁺ - b)²) (SimANS, Zhou et al., arXiv 2210.11773).
 *
 * @throws {ArgumentError} if a row has no score or no positive_score, or if the scores are not cosines and `a` is missing.
 *
 * @example
 * ```ts
 * import { samplers } from "@syneg/kit/negatives";
 * console.log(samplers.simans({ count: 4, a: 50 }).name); // simans
 * ```
 * @category Negatives
 */
export function simans(options: SimansOptions): Sampler {
  const parsed = parseOptions("simans", OPTIONS, options);
  const { a = 100, b } = parsed;
  const settings = { ...options, a, b };
  return simpleSampler({ name: "simans", settings, options: parsed }, ({ rows, pool }, count, stream) => {
    const difference = (row: number) => pool.score(row) - pool.positiveScore(row);
    withNumbers(pool, rows, difference, { work: "sample by SimANS", what: "score and positive_score" });
    if (parsed.a === undefined) checkCosines(rows, pool);
    return weightedSample(rows, count, (row) => -a * (difference(row) - b) ** 2, stream);
  });
}

/** @throws {ArgumentError} if a score is beyond 1, apart from rounding. */
function checkCosines(rows: readonly number[], pool: Candidates["pool"]): void {
  const beyond = (score: number) => Math.abs(score) > 1.001;
  const row = rows.find((row) => beyond(pool.score(row)) || beyond(pool.positiveScore(row)));
  if (row === undefined) return;
  throw new ArgumentError(
    `Cannot sample for query "${pool.query(row)}" by SimANS with a = 100, which is for cosines: found scores ` +
      `${pool.score(row).toFixed(2)} and ${pool.positiveScore(row).toFixed(2)}; rescore with an encoder, or set a`,
  );
}

/** {@link simans} as an entry of the registry. */
export const SIMANS = {
  name: "simans",
  about: "ambiguous negatives: exp(-a (s- - s+ - b)²) (SimANS, arXiv 2210.11773)",
  options: OPTIONS,
  make: simans,
} as const;
