import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { random } from "../core/random.ts";
import { bootstrapMeans } from "./resample.ts";
import { aligned, overSeeds, type Sample } from "./sample.ts";
import { checkedComparison, type CompareOptions, type Comparison, comparisonOf } from "./compare.ts";
import { holm } from "./holm.ts";
import { type Summary, summaryOf } from "./summarise.ts";

/** Options of {@link compareArms}. */
export interface CompareArmsOptions extends CompareOptions {
  /** The arm that all others are compared with. @default the first */
  baseline?: string;
}

/** One arm beside the others. */
export interface ArmResult extends Summary {
  readonly arm: string;
  /** Against the baseline; undefined for the baseline itself. */
  readonly baseline?: ArmComparison;
  /** Against the arm with the greatest mean; undefined for that arm itself. */
  readonly best?: ArmComparison;
}

/** A comparison in a family of comparisons. */
export interface ArmComparison extends Comparison {
  /** p after Holm's adjustment over all arms, or after Bonferroni's over all pairs of arms where the other is the best. */
  readonly adjusted: number;
  /** The other arm. */
  readonly against: string;
}

/**
 * All arms of an experiment: mean and interval of each, its comparison with the baseline and with the best arm, p-values
 * adjusted by Holm within the family of the baseline. The best arm is known only from the same numbers, so that its
 * comparisons are adjusted for all pairs of arms (Bonferroni), unless it is the baseline.
 *
 * @throws {ArgumentError} if the baseline is no arm or the arms are not over the same queries.
 */
export function compareArms(
  arms: Readonly<Record<string, Sample>>,
  options: CompareArmsOptions = {},
): ArmResult[] {
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
  const family = (against: string, pairs?: number) => {
    const other = names.indexOf(against);
    const others = names.filter((arm) => arm !== against);
    const found = others.map((arm) => {
      const own = names.indexOf(arm);
      const differences = replicates[own].map((value, round) => value - replicates[other][round]);
      const pair = stream.fork(arm).fork(against);
      return comparisonOf(values[own], values[other], differences, pair, {
        ...settings,
        comparisons: pairs ?? others.length,
      });
    });
    const adjusted = adjust(found.map(({ p }) => p), pairs);
    return new Map(others.map((arm, i) => [arm, { ...found[i], adjusted: adjusted[i], against }]));
  };
  const withBaseline = family(baseline);
  const withBest = best === baseline ? withBaseline : family(best, names.length * (names.length - 1) / 2);
  return names.map((arm, i) => ({
    arm,
    ...summaries[i],
    baseline: withBaseline.get(arm),
    best: withBest.get(arm),
  }));
}

/** Holm's adjustment; for p-values that were picked from `pairs` of them Bonferroni's, as the others are not known. */
function adjust(values: readonly number[], pairs?: number): number[] {
  return pairs === undefined ? holm(values) : values.map((p) => Math.min(1, pairs * p));
}
