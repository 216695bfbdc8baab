import { compare, type Comparison, type Random, random } from "../../mod.ts";
import type { CompareOptions } from "../../lib/evaluation/mod.ts";

/** A made-up experiment, of which the true difference is known. */
export interface World {
  queries: number;
  seeds: number;
  /** True mean difference of a and b. */
  difference: number;
  /** Spread of the arms' difference from query to query. */
  spread: number;
  /** Spread of a trained model's mean from seed to seed. */
  training: number;
  /** Spread of a model's score on one query from seed to seed. */
  noise: number;
  /**
   * How the arms' differences are distributed over queries: normal; sparse, where most queries are the same for both and
   * few differ much, as with shallow cutoffs; skewed, where most lose a little and few win much, which breaks the
   * exchangeability that the randomization test rests on.
   * @default "normal"
   */
  shape?: "normal" | "sparse" | "skewed";
}

/** Differences of mean 0, by shape. */
const DRAWS = {
  normal: (stream: Random) => stream.normal(),
  sparse: (stream: Random) =>
    stream.next() < 0.7 ? 0 : 3 * Math.log(1 - stream.next()) * (stream.next() < 0.5 ? -1 : 1),
  skewed: (stream: Random) => (stream.next() < 0.7 ? 0 : -Math.log(1 - stream.next()) / 0.3) - 1,
};

/** Two arms of one experiment, `[seed][query]`. */
export function experiment(world: World, stream: Random): [Float64Array[], Float64Array[]] {
  const { queries, seeds, spread, training, noise, shape = "normal" } = world;
  const difficulty = Float64Array.from({ length: queries }, () => stream.next());
  const effect = Float64Array.from({ length: queries }, () => {
    const draw = DRAWS[shape](stream);
    return world.difference + spread * draw;
  });
  const arm = (shift: (q: number) => number) =>
    Array.from({ length: seeds }, () => {
      const luck = training * stream.normal();
      return Float64Array.from(
        { length: queries },
        (_, q) => difficulty[q] + shift(q) + luck + noise * stream.normal(),
      );
    });
  return [arm((q) => effect[q]), arm(() => 0)];
}

/** `runs` experiments compared. */
export function simulate(world: World, runs: number, options: CompareOptions = {}): Comparison[] {
  const stream = random(JSON.stringify(world));
  return Array.from({ length: runs }, (_, run) => {
    const [a, b] = experiment(world, stream.fork(run));
    return compare(a, b, { rounds: 1000, seed: run, ...options });
  });
}

/** Share of comparisons of which something holds. */
export function share(comparisons: readonly Comparison[], holds: (comparison: Comparison) => boolean): number {
  return comparisons.filter(holds).length / comparisons.length;
}

/** Share of intervals that hold the true difference. */
export function coverage(comparisons: readonly Comparison[], truth: number): number {
  return share(comparisons, ({ interval: [low, high] }) => low <= truth && truth <= high);
}

/** Worlds over which intervals and tests must keep their word, with no difference between the arms. */
export const WORLDS: Record<string, World> = {
  "one seed": { queries: 80, seeds: 1, difference: 0, spread: 0.2, training: 0, noise: 0.05 },
  "three seeds, little noise": { queries: 80, seeds: 3, difference: 0, spread: 0.2, training: 0.005, noise: 0.05 },
  "three seeds, much noise": { queries: 80, seeds: 3, difference: 0, spread: 0.1, training: 0.03, noise: 0.1 },
  "few queries": { queries: 25, seeds: 3, difference: 0, spread: 0.2, training: 0.01, noise: 0.05 },
  "one seed, sparse": { queries: 120, seeds: 1, difference: 0, spread: 0.1, training: 0, noise: 0, shape: "sparse" },
  "one seed, skewed": { queries: 120, seeds: 1, difference: 0, spread: 0.1, training: 0, noise: 0, shape: "skewed" },
};
