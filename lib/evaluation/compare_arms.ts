import { checkOptions, type OptionKinds } from "../core/options.ts";
import { armsShown } from "./arms_shown.ts";
import { showRows } from "../core/show_rows.ts";
import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { random } from "../core/random.ts";
import { bootstrapMeans } from "./resample.ts";
import { aligned, overSeeds, type Sample } from "./sample.ts";
import { checkedComparison, COMPARE_OPTIONS, type CompareOptions, type Comparison, comparisonOf } from "./compare.ts";
import { holm } from "./holm.ts";
import { type Summary, summaryOf } from "./summarize.ts";

/**
 * Options of {@link compareArms}.
 *
 * @category Evaluation
 */
export interface CompareArmsOptions extends CompareOptions {
  /**
   * The arm that all others are compared with.
   *
   * @default {undefined} the first
   */
  baseline?: string;
}

const COMPARE_ARMS_OPTIONS: OptionKinds<CompareArmsOptions> = {
  ...COMPARE_OPTIONS,
  baseline: "string",
};

/**
 * One arm beside the others.
 *
 * @category Evaluation
 */
export interface ArmResult extends Summary {
  /** The arm's name. */
  readonly arm: string;
  /** Against the baseline; undefined for the baseline itself. */
  readonly baseline?: ArmComparison;
  /** Against the arm with the highest mean; undefined for that arm itself. */
  readonly best?: ArmComparison;
}

/**
 * A comparison in a family of comparisons.
 *
 * @category Evaluation
 */
export interface ArmComparison extends Comparison {
  /** p after Holm's adjustment over all arms against the baseline, or over all pairs of arms if the other is the best. */
  readonly adjusted: number;
  /** The other arm. */
  readonly against: string;
}

/**
 * All arms of an experiment: mean and interval of each, its comparison with the baseline and with the best arm, p-values
 * adjusted by Holm. Which arm is the best is known only from the same numbers, so that its comparisons are adjusted among
 * all pairs of arms, unless it is the baseline.
 *
 * @throws {ArgumentError} if the baseline is not an arm, or the arms have different queries.
 *
 * @example
 * ```ts
 * import { compareArms } from "@syneg/kit";
 * const [, bm25] = compareArms({
 *   random: Float64Array.of(0.2, 0.5, 0.4, 0.6),
 *   bm25: Float64Array.of(0.4, 0.6, 0.5, 0.9),
 * }, { baseline: "random" });
 * console.log(bm25.baseline!.difference.toFixed(3), bm25.baseline!.adjusted); // 0.175 0.125
 * ```
 *
 * @category Evaluation
 */
export function compareArms(
  arms: Readonly<Record<string, Sample>>,
  options: CompareArmsOptions = {},
): ArmResult[] {
  checkOptions<CompareArmsOptions>("compareArms", options, COMPARE_ARMS_OPTIONS);
  const names = Object.keys(arms);
  const { baseline = names[0] } = options;
  if (!names.includes(baseline)) throw new ArgumentError(`Unknown arm "${baseline}": ${suggestion(baseline, names)}`);
  const settings = checkedComparison(options);
  const stream = random(settings.seed).fork("arms");
  const values = aligned(names.map((arm) => arms[arm]), options.measure);
  // One set of draws serves all arms and all of their differences.
  const replicates = bootstrapMeans(values.map(overSeeds), settings.rounds, stream.fork("queries"));
  const summaries = values.map((seeds, i) => summaryOf(seeds, replicates[i].slice(), stream.fork(names[i]), settings));
  const best = names[summaries.reduce((top, { mean }, i) => mean > summaries[top].mean ? i : top, 0)];
  const test = (arm: string, against: string, comparisons: number) => {
    const [own, other] = [names.indexOf(arm), names.indexOf(against)];
    const differences = replicates[own].map((value, round) => value - replicates[other][round]);
    const pair = stream.fork(arm).fork(against);
    return comparisonOf([values[own], values[other]], differences, { ...settings, stream: pair, comparisons });
  };
  const family = (against: string, others: readonly (readonly [string, string])[]) => {
    const pairs = [...names.filter((arm) => arm !== against).map((arm) => [arm, against] as const), ...others];
    const found = pairs.map(([arm, other]) => test(arm, other, pairs.length));
    const adjusted = holm(found.map(({ p }) => p));
    return new Map(
      pairs.slice(0, names.length - 1).map(([arm], i) => [arm, { ...found[i], adjusted: adjusted[i], against }]),
    );
  };
  const withBaseline = family(baseline, []);
  const rest = names.filter((arm) => arm !== best);
  const withBest = best === baseline
    ? withBaseline
    : family(best, rest.flatMap((arm, i) => rest.slice(i + 1).map((other) => [arm, other] as const)));
  const results = names.map((arm, i): ArmResult => ({
    arm,
    ...summaries[i],
    baseline: withBaseline.get(arm),
    best: withBest.get(arm),
  }));
  return showRows(results, () => armsShown(results));
}
