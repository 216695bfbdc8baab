import * as z from "zod";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import { withNumbers } from "../pool.ts";
import type { Sampler } from "../types.ts";
import { simpleSampler } from "./sampler.ts";
import { SAMPLER_SHAPE, type SamplerOptions } from "./sampler_options.ts";
import { weightedSample } from "./weighted_sample.ts";

/**
 * Options of {@link rankWeighted}.
 *
 * @category Negatives
 */
export interface RankWeightedOptions extends SamplerOptions {
  /**
   * Exponent: 0 is uniform, larger values prefer the first ranks.
   * @default {1}
   */
  power?: number;
}

const OPTIONS = z.strictObject(
  { ...SAMPLER_SHAPE, power: z.number().min(0).default(1) } satisfies OptionShape<RankWeightedOptions>,
);

/**
 * Draws without replacement, with probability proportional to 1 / rank^power.
 *
 * @throws {ArgumentError} if a row has no rank.
 *
 * @example
 * ```ts
 * import { samplers } from "@syneg/kit/negatives";
 * console.log(samplers.rankWeighted({ count: 4, power: 0.5 }).name); // rank-weighted
 * ```
 * @category Negatives
 */
export function rankWeighted(options: RankWeightedOptions): Sampler {
  const parsed = parseOptions("rankWeighted", OPTIONS, options);
  const { power } = parsed;
  const settings = { ...options, power };
  return simpleSampler({ name: "rank-weighted", settings, options: parsed }, ({ rows, pool }, count, stream) => {
    withNumbers(pool, rows, (row) => pool.rank(row), { work: "sample by rank", what: "rank" });
    return weightedSample(rows, count, (row) => -power * Math.log(pool.rank(row)), stream);
  });
}

/** {@link rankWeighted} as an entry of the registry. */
export const RANK_WEIGHTED = {
  name: "rank-weighted",
  about: "with probability proportional to 1 / rank^power",
  options: OPTIONS,
  make: rankWeighted,
} as const;
