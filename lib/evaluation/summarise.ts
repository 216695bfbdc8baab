import { random } from "../core/random.ts";
import { bcaInterval, bootstrapMeans } from "./resample.ts";
import { aligned, moments, overSeeds, type Sample } from "./sample.ts";
import { addNoise, NO_NOISE, seedNoise } from "./seed_noise.ts";
import { checked, type SignificanceOptions } from "./significance_options.ts";

/** A system's mean and its interval. */
export interface Summary {
  readonly mean: number;
  readonly interval: readonly [number, number];
  /** Standard error: queries and, where there are several seeds, seeds. */
  readonly error: number;
  readonly queries: number;
  readonly seeds: number;
}

/**
 * Mean over queries and seeds with a hierarchical bootstrap interval: queries are resampled (BCa); the few seeds are not
 * resampled, because three values know no tails, but their mean's error is drawn from Student's t.
 *
 * @example
 * ```ts
 * import { summarise } from "@syneg/kit";
 * const { mean, interval } = summarise(Float64Array.of(0.2, 0.4, 0.9, 0.5), { seed: 1 });
 * console.log(mean, interval);
 * ```
 */
export function summarise(sample: Sample, options: SignificanceOptions = {}): Summary {
  const { seed, rounds, alpha, seeds: kind } = checked(options);
  const [values] = aligned([sample], options.measure);
  const perQuery = overSeeds(values);
  const { mean, variance } = moments(perQuery);
  const noise = kind === "random" ? seedNoise([values]) : NO_NOISE;
  const stream = random(seed).fork("summary");
  const replicates = bootstrapMeans(perQuery, rounds, stream.fork("queries"));
  addNoise(replicates, noise, stream.fork("seeds"));
  return {
    mean,
    interval: bcaInterval(replicates, perQuery, mean, alpha),
    error: Math.sqrt(variance / perQuery.length + noise.variance),
    queries: perQuery.length,
    seeds: values.length,
  };
}
