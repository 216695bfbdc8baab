import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { random } from "../core/random.ts";
import type { Sample } from "./sample.ts";
import { compare, type CompareOptions, type Comparison } from "./compare.ts";
import { holm } from "./holm.ts";
import { summarise, type Summary } from "./summarise.ts";

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
  /** p after Holm's adjustment over all arms that are compared with the same one. */
  readonly adjusted: number;
  /** The other arm. */
  readonly against: string;
}

/**
 * All arms of an experiment: mean and interval of each, its comparison with the baseline and with the best arm, p-values
 * adjusted by Holm within each of the two families.
 *
 * @throws {ArgumentError} if the baseline is no arm or the arms are not over the same queries.
 */
export function compareArms(
  arms: Readonly<Record<string, Sample>>,
  options: CompareArmsOptions = {},
): ArmResult[] {
  const names = Object.keys(arms);
  const { baseline = names[0], seed = 0, ...rest } = options;
  if (!names.includes(baseline)) throw new ArgumentError(`Unknown arm "${baseline}": ${suggestion(baseline, names)}`);
  const stream = (label: string) => random(seed).fork(label).state().key;
  const summaries = names.map((arm) => summarise(arms[arm], { ...rest, seed: stream(arm) }));
  const best = names[summaries.reduce((top, { mean }, i) => mean > summaries[top].mean ? i : top, 0)];
  const family = (against: string) => {
    const others = names.filter((arm) => arm !== against);
    const found = others.map((arm) =>
      compare(arms[arm], arms[against], { ...rest, seed: stream(`${arm} against ${against}`) })
    );
    const adjusted = holm(found.map(({ p }) => p));
    return new Map(others.map((arm, i) => [arm, { ...found[i], adjusted: adjusted[i], against }]));
  };
  const withBaseline = family(baseline);
  const withBest = best === baseline ? withBaseline : family(best);
  return names.map((arm, i) => ({
    arm,
    ...summaries[i],
    baseline: withBaseline.get(arm),
    best: withBest.get(arm),
  }));
}
