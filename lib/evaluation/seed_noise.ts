import type { Random } from "../core/random.ts";
import { drawStudent } from "./distributions.ts";
import { moments } from "./sample.ts";

/** Variance of a statistic that comes from the seeds, and its degrees of freedom. */
export interface Noise {
  variance: number;
  df: number;
}
/** No noise: the models are fixed. */
export const NO_NOISE: Noise = { variance: 0, df: 1 };

/** The error of the seeds' means, summed over samples; one seed gives no estimate. */
export function seedNoise(samples: readonly (readonly Float64Array[])[]): Noise {
  const parts = samples.filter((seeds) => seeds.length > 1).map((seeds): [number, number] => {
    const { variance } = moments(seeds.map((values) => moments(values).mean));
    // If all seeds agree, the rounding error is not variance.
    return [variance < 1e-24 ? 0 : variance / seeds.length, seeds.length - 1];
  });
  return { variance: parts.reduce((sum, [variance]) => sum + variance, 0), df: welch(parts) };
}

/** Degrees of freedom of a sum of independent variances (Welch and Satterthwaite). */
export function welch(parts: readonly (readonly [variance: number, df: number])[]): number {
  const sum = parts.reduce((all, [variance]) => all + variance, 0);
  return sum === 0 ? 1 : sum ** 2 / parts.reduce((all, [variance, df]) => all + variance ** 2 / df, 0);
}

/** Adds draws of the noise to every value. */
export function addNoise(values: Float64Array, { variance, df }: Noise, stream: Random): void {
  if (variance === 0) return;
  const error = Math.sqrt(variance);
  for (let i = 0; i < values.length; i++) values[i] += error * drawStudent(stream, df);
}
