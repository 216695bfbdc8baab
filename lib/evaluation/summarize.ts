import { SIGNIFICANCE_OPTIONS } from "./significance_options.ts";
import { checkOptions } from "../core/options.ts";
import { type Random, random } from "../core/random.ts";
import { bootstrapMeans, percentileInterval } from "./resample.ts";
import { aligned, moments, overSeeds, type Sample } from "./sample.ts";
import { addNoise, NO_NOISE, seedNoise } from "./seed_noise.ts";
import { checked, type Settings, type SignificanceOptions } from "./significance_options.ts";

/**
 * A system's mean and its interval.
 *
 * @category Evaluation
 */
export interface Summary {
  /** Mean over queries and seeds. */
  readonly mean: number;
  /** Confidence interval of the mean. */
  readonly interval: readonly [number, number];
  /** Standard error: queries and, with several seeds, seeds. */
  readonly error: number;
  /** Queries that have scores. */
  readonly queries: number;
  /** Seeds that have scores. */
  readonly seeds: number;
}

/**
 * Mean over queries and seeds with a hierarchical bootstrap interval: queries are resampled
 * (expanded percentiles); the error of the mean over seeds is drawn from Student's t, because a handful of seeds is too
 * few to resample.
 *
 * @example
 * ```ts
 * import { summarize } from "@syneg/kit";
 * const { mean, interval } = summarize(Float64Array.of(0.2, 0.4, 0.9, 0.5), { seed: 1 });
 * console.log(mean, interval);
 * ```
 * @category Evaluation
 */
export function summarize(sample: Sample, options: SignificanceOptions = {}): Summary {
  checkOptions<SignificanceOptions>("summarize", options, SIGNIFICANCE_OPTIONS);
  const settings = checked(options);
  const [seeds] = aligned([sample], options.measure);
  const stream = random(settings.seed).fork("summary");
  const [replicates] = bootstrapMeans([overSeeds(seeds)], settings.rounds, stream.fork("queries"));
  return summaryOf(seeds, replicates, stream, settings);
}

/** {@link summarize} with given bootstrap means, which it modifies. */
export function summaryOf(
  seeds: readonly Float64Array[],
  replicates: Float64Array,
  stream: Random,
  settings: Settings,
): Summary {
  const perQuery = overSeeds(seeds);
  const { mean, variance } = moments(perQuery);
  const noise = settings.seeds === "random" ? seedNoise([seeds]) : NO_NOISE;
  addNoise(replicates, noise, stream.fork("seeds"));
  return {
    mean,
    interval: percentileInterval(replicates, perQuery.length, settings.alpha),
    error: Math.sqrt(variance / perQuery.length + noise.variance),
    queries: perQuery.length,
    seeds: seeds.length,
  };
}
