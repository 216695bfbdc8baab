import { ArgumentError } from "../../core/errors.ts";
import { checkOptions } from "../../core/options.ts";
import { random } from "../../core/random.ts";
import type { SCORES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { compare, type Comparison } from "../compare.ts";
import { holm } from "../holm.ts";
import { bootstrapMeans, percentileInterval } from "../resample.ts";
import { aligned } from "../sample.ts";
import { checked, SIGNIFICANCE_OPTIONS, type SignificanceOptions } from "../significance_options.ts";
import type { SuiteResult } from "./evaluate_suite.ts";

/**
 * Two encoders on one collection of a suite; differences are a - b.
 *
 * @category Evaluation
 */
export interface SuiteComparison extends Comparison {
  /** The collection's name. */
  readonly name: string;
  /** p after Holm's adjustment over the collections. */
  readonly adjusted: number;
}

/**
 * Two encoders on a suite; differences are a - b.
 *
 * @category Evaluation
 */
export interface SuitesComparison {
  /** One by one, in the order of a. */
  readonly collections: readonly SuiteComparison[];
  /** Mean over the collections, each with the same weight. */
  readonly overall: {
    /** Mean of the collections' differences. */
    readonly difference: number;
    /** Its interval; queries are resampled within their collection, the collections are taken as they are. */
    readonly interval: readonly [number, number];
    /** p of the paired randomization test of that mean. */
    readonly p: number;
    /** Queries of all collections. */
    readonly queries: number;
  };
  /** Collections that one of the two has no scores for. */
  readonly left: readonly string[];
}

/**
 * Compares two encoders on the collections that both were measured on: by collection, with Holm's adjustment, and over
 * all. The overall test flips the signs of queries, each with the weight that it has in the mean over collections, so a
 * collection with many queries counts as much as one with few.
 *
 * @throws {ArgumentError} if no collection has scores of both.
 *
 * @example
 * ```ts
 * import { compareSuites, evaluateSuite } from "@syneg/kit/evaluation";
 * import { loadEncoder } from "@syneg/kit";
 * const suite = { name: "own", collections: [{ name: "facets", collection: "facets", split: "dev" }] };
 * const a = await Array.fromAsync(evaluateSuite(await loadEncoder("built-in"), suite));
 * const b = await Array.fromAsync(evaluateSuite("bm25", suite));
 * console.log(compareSuites(a, b).overall.difference > 0); // true
 * ```
 *
 * @category Evaluation
 */
export function compareSuites(
  a: readonly SuiteResult[],
  b: readonly SuiteResult[],
  options: SignificanceOptions = {},
): SuitesComparison {
  checkOptions<SignificanceOptions>("compareSuites", options, SIGNIFICANCE_OPTIONS);
  const scoresOf = (results: readonly SuiteResult[]) => new Map(results.map(({ name, scores }) => [name, scores]));
  const [ofA, ofB] = [scoresOf(a), scoresOf(b)];
  const names = [...new Set([...ofA.keys(), ...ofB.keys()])];
  const shared = names.filter((name) => ofA.get(name) && ofB.get(name));
  if (shared.length === 0) throw new ArgumentError("Cannot compare: no collection has scores of both encoders");
  const pairs = shared.map((name) => [ofA.get(name)!, ofB.get(name)!] as const);
  const found = pairs.map(([x, y]) => compare(x, y, options));
  const adjusted = holm(found.map(({ p }) => p));
  return {
    collections: found.map((one, i) => ({ ...one, name: shared[i], adjusted: adjusted[i] })),
    overall: overallOf(pairs, options),
    left: names.filter((name) => !shared.includes(name)),
  };
}

function overallOf(
  pairs: readonly (readonly [Table<typeof SCORES>, Table<typeof SCORES>])[],
  options: SignificanceOptions,
): SuitesComparison["overall"] {
  const { rounds, alpha, seed } = checked(options);
  const stream = random(seed).fork("suite");
  const samples = pairs.map((pair) => aligned(pair, options.measure).map(([values]) => values));
  const queries = samples.reduce((sum, [values]) => sum + values.length, 0);
  // A query's value, times its share of the mean over collections, so that the mean of all is the mean over collections.
  const weighted = [0, 1].map((side) =>
    Float64Array.from(samples.flatMap((sample) => {
      const weight = queries / (samples.length * sample[side].length);
      return Array.from(sample[side], (value) => value * weight);
    }))
  );
  const replicates = new Float64Array(rounds);
  samples.forEach(([x, y], i) => {
    const [means] = bootstrapMeans([x.map((value, q) => value - y[q])], rounds, stream.fork(String(i)));
    means.forEach((value, round) => replicates[round] += value / samples.length);
  });
  const { difference, p } = compare(weighted[0], weighted[1], { rounds, alpha, seed });
  return { difference, interval: percentileInterval(replicates, queries, alpha), p, queries };
}
