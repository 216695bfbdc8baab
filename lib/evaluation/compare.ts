import { checkOptions, type OptionKinds } from "../core/options.ts";
import { showing } from "../core/display.ts";
import { comparisonText } from "./comparison_text.ts";
import { ArgumentError } from "../core/errors.ts";
import { type Random, random } from "../core/random.ts";
import { studentCdf, studentQuantile } from "./distributions.ts";
import { bootstrapMeans, exactSignTest, percentileInterval, signFlips } from "./resample.ts";
import { aligned, moments, overSeeds, type Sample } from "./sample.ts";
import { addNoise, NO_NOISE, type Noise, seedNoise, welch } from "./seed_noise.ts";
import { checked, type Settings, SIGNIFICANCE_OPTIONS, type SignificanceOptions } from "./significance_options.ts";

/**
 * Options of {@link compare}.
 *
 * @category Evaluation
 */
export interface CompareOptions extends SignificanceOptions {
  /**
   * Systems whose difference is smaller than this are equivalent (TOST).
   *
   * @default {undefined} no such test
   */
  margin?: number;
  /**
   * Power for which to report the smallest detectable difference.
   *
   * @default {0.8}
   */
  power?: number;
}

/** Kinds of {@link CompareOptions}. */
export const COMPARE_OPTIONS: OptionKinds<CompareOptions> = {
  ...SIGNIFICANCE_OPTIONS,
  margin: "number",
  power: "number",
};

/**
 * What {@link compare} finds; differences are a - b.
 *
 * @category Evaluation
 */
export interface Comparison {
  /** Mean of a - b over the queries. */
  readonly difference: number;
  /** Confidence interval of the difference. */
  readonly interval: readonly [number, number];
  /** Standard error of the difference. */
  readonly error: number;
  /** p of the paired two-sided randomization test. */
  readonly p: number;
  /** Whether all sign patterns were enumerated. */
  readonly exact: boolean;
  /** Equivalence test: both one-sided tests reject a difference of `margin` or more. */
  readonly equivalence?: { readonly margin: number; readonly p: number; readonly equivalent: boolean };
  /**
   * Smallest true difference that the test would have found with the given power; among several arms at the level that
   * Holm's first step leaves each of them.
   */
  readonly detectable: number;
  /** Queries on which a is better (mean over seeds). */
  readonly wins: number;
  /** Queries on which both are equally good. */
  readonly ties: number;
  /** Queries on which b is better. */
  readonly losses: number;
  /** Queries that both have scores for. */
  readonly queries: number;
  /** Seeds of a and of b. */
  readonly seeds: readonly [number, number];
}

/** Up to this many queries that differ, all 2^n sign patterns are tried. */
const EXACT = 16;

/**
 * Compares two systems over the same queries, with one or several training seeds each.
 *
 * The test is Fisher's paired randomization test: the sign of every query's difference (mean over seeds) is flipped at
 * random; with several seeds the error of the seeds' means (Student's t, Welch's degrees of freedom) is added to every
 * flipped mean, so that the noise of training is not taken for a difference. With one seed it is the classical test, exact
 * where at most 16 queries differ. The interval is a hierarchical bootstrap as in {@link summarize}; equivalence is
 * Schuirmann's two one-sided tests.
 *
 * Simulated: the test keeps its level of 0.05 and the interval covers 0.95 or more where differences are symmetric; with
 * few seeds both are conservative (level 0.01 to 0.04). Strong skew (most queries lose a little, few win much) breaks
 * the exchangeability that the test rests on: level 0.075 at 120 queries.
 *
 * @throws {ArgumentError} if the samples are not over the same queries or an option is out of its domain.
 *
 * @example
 * ```ts
 * import { compare } from "@syneg/kit";
 * const a = Float64Array.of(0.9, 0.7, 0.8, 1, 0.6, 0.9);
 * const b = Float64Array.of(0.5, 0.6, 0.8, 0.7, 0.5, 0.4);
 * const { difference, p, wins, ties, losses } = compare(a, b);
 * console.log(difference.toFixed(3), p, wins, ties, losses); // 0.233 0.0625 5 1 0
 * ```
 * @category Evaluation
 */
export function compare(a: Sample, b: Sample, options: CompareOptions = {}): Comparison {
  checkOptions<CompareOptions>("compare", options, COMPARE_OPTIONS);
  const settings = checkedComparison(options);
  const [ofA, ofB] = aligned([a, b], options.measure);
  const stream = random(settings.seed).fork("comparison");
  const [replicates] = bootstrapMeans([differencesOf(ofA, ofB)], settings.rounds, stream.fork("queries"));
  const found = comparisonOf([ofA, ofB], replicates, { ...settings, stream });
  return showing(found, { text: () => comparisonText(found, settings.alpha) });
}

/** The options of a comparison with their defaults. */
export type CompareSettings = Settings & { margin: number | undefined; power: number; comparisons?: number };

/** Fills in defaults. @throws {ArgumentError} if an option is outside its domain. */
export function checkedComparison(options: CompareOptions): CompareSettings {
  const { margin, power = 0.8 } = options;
  if (margin !== undefined && !(margin > 0)) throw new ArgumentError(`Cannot use margin ${margin}: it must be above 0`);
  if (!(power > 0 && power < 1)) throw new ArgumentError(`Cannot use power ${power}: it must be between 0 and 1`);
  return { ...checked(options), margin, power };
}

/** Differences by query of the means over seeds. Rounding in them must not turn a tie into a win. */
function differencesOf(a: readonly Float64Array[], b: readonly Float64Array[]): Float64Array {
  const means = overSeeds(b);
  return overSeeds(a).map((value, q) => Math.abs(value - means[q]) < 1e-12 ? 0 : value - means[q]);
}

/** {@link compare} with given bootstrap differences, which it modifies. */
export function comparisonOf(
  [a, b]: readonly [a: readonly Float64Array[], b: readonly Float64Array[]],
  replicates: Float64Array,
  settings: CompareSettings & { stream: Random },
): Comparison {
  const { rounds, alpha, margin, power, stream, comparisons = 1 } = settings;
  const differences = differencesOf(a, b);
  const { mean: difference, variance } = moments(differences);
  const queries = differences.length;
  const noise = settings.seeds === "random" ? seedNoise([a, b]) : NO_NOISE;
  addNoise(replicates, noise, stream.fork("seeds"));

  const exact = noise.variance === 0 && differences.filter((value) => value !== 0).length <= EXACT;
  const error = Math.sqrt(variance / queries + noise.variance);
  const df = welch([[variance / queries, queries - 1], [noise.variance, noise.df]]);
  return {
    difference,
    interval: percentileInterval(replicates, queries, alpha),
    error,
    p: exact ? exactSignTest(differences) : randomization(differences, noise, { rounds, stream }),
    exact,
    equivalence: margin === undefined ? undefined : equivalence({ difference, error, df }, margin, alpha),
    detectable: (studentQuantile(1 - alpha / 2 / comparisons, df) + studentQuantile(power, df)) * error,
    wins: differences.filter((value) => value > 0).length,
    ties: differences.filter((value) => value === 0).length,
    losses: differences.filter((value) => value < 0).length,
    queries,
    seeds: [a.length, b.length],
  };
}

/** p of Fisher's paired randomization test. */
function randomization(
  differences: Float64Array,
  noise: Noise,
  { rounds, stream }: { rounds: number; stream: Random },
): number {
  const flipped = signFlips(differences, rounds, stream.fork("signs"));
  addNoise(flipped, noise, stream.fork("signs of seeds"));
  const limit = Math.abs(moments(differences).mean) * (1 - 1e-12);
  let extreme = 0;
  for (const value of flipped) if (Math.abs(value) >= limit) extreme++;
  return (extreme + 1) / (rounds + 1);
}

/** Schuirmann's two one-sided tests. */
function equivalence(
  { difference, error, df }: { difference: number; error: number; df: number },
  margin: number,
  alpha: number,
) {
  const p = error === 0
    ? Math.abs(difference) < margin ? 0 : 1
    : 1 - studentCdf((margin - Math.abs(difference)) / error, df);
  return { margin, p, equivalent: p <= alpha };
}
