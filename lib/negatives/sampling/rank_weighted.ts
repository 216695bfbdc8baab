import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError } from "../../core/errors.ts";
import { withNumbers } from "../pool.ts";
import { simpleSampler, weightedSample } from "./sampler.ts";
import { SAMPLER_OPTIONS } from "../types.ts";
import type { Sampler, SamplerOptions } from "../types.ts";

/** Options of {@link rankWeighted}. */
export interface RankWeightedOptions extends SamplerOptions {
  /** Exponent; 0 is uniform, larger prefers the first ranks. @default 1 */
  power?: number;
}

const RANK_WEIGHTED_OPTIONS: OptionKinds<RankWeightedOptions> = {
  ...SAMPLER_OPTIONS,
  power: "number",
};

/**
 * Draws with probability proportional to 1 / rank^power, without repetition.
 *
 * @throws {ArgumentError} if a row has no rank.
 */
export function rankWeighted(options: RankWeightedOptions): Sampler {
  checkOptions<RankWeightedOptions>("rankWeighted", options, RANK_WEIGHTED_OPTIONS);
  const { power = 1, ...rest } = options;
  if (!(Number.isFinite(power) && power >= 0)) {
    throw new ArgumentError(`Cannot weight ranks by power ${power}: wanted a number from 0`);
  }
  return simpleSampler("rank-weighted", { ...rest, ...{ power } }, ({ rows, pool }, count, stream) => {
    withNumbers(pool, rows, (row) => pool.rank(row), { work: "sample by rank", what: "rank" });
    return weightedSample(rows, count, (row) => -power * Math.log(pool.rank(row)), stream);
  });
}
