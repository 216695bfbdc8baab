import { ArgumentError } from "../core/errors.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { type Source, SOURCES } from "../tables/schema.ts";
import { makeChart } from "./chart.ts";
import { checkInterval, checkNames, checkNumber, checkRows } from "./checks.ts";
import { drawForest, type ForestRow } from "./forest_drawing.ts";
import { signed } from "./numbers.ts";
import type { Chart, ChartOptions } from "./types.ts";

/** What {@link forestPlot} reads of a comparison with the baseline; `compareArms` and `compare` give it. */
export interface PairedDifference {
  /** Mean over queries of the arm's value minus the baseline's. */
  readonly difference: number;
  readonly interval: readonly [number, number];
  /** p of the paired test, adjusted over the arms. */
  readonly adjusted?: number;
  /** p of the paired test by itself; drawn where no arm has an adjusted one. */
  readonly p?: number;
  /** Queries on which the arm is better, as good, worse. */
  readonly wins?: number;
  readonly ties?: number;
  readonly losses?: number;
  /** The equivalence test (TOST), if there was one. */
  readonly equivalence?: { readonly margin: number; readonly equivalent?: boolean };
  /** Name of the baseline. */
  readonly against?: string;
}

/** An arm of a {@link forestPlot}. */
export interface ForestArm {
  readonly arm: string;
  /** Where all of its negatives come from: decides its colour. @default the arm's name, if it is a source */
  readonly source?: Source;
  /** Its comparison with the baseline; none for the baseline itself, which is not drawn. */
  readonly baseline?: PairedDifference;
}

/** Options of {@link forestPlot}. */
export interface ForestPlotOptions extends ChartOptions {
  /** What is measured. @default "nDCG@10" */
  measure?: string;
  /** Name of the baseline. @default what the comparisons say */
  baseline?: string;
  /** What the intervals are. @default "95 % interval" */
  interval?: string;
}

const FOREST_PLOT_OPTIONS: OptionKinds<ForestPlotOptions> = {
  title: "string",
  measure: "string",
  baseline: "string",
  interval: "string",
};

/**
 * Paired differences of arms to their baseline, with intervals: the zero line, the band within which two arms count as
 * equal, p adjusted by Holm, and on how many queries an arm is better and worse. What the arms' own intervals hide, because
 * they hold the spread of the queries, is seen here. Takes the result of `compareArms` as it is.
 *
 * @throws {ArgumentError} on an empty list, no arm with a comparison, a number that is not finite, an interval that misses
 * its difference, an arm twice, or comparisons with different baselines or margins.
 * @example
 * ```ts
 * import { compareArms, forestPlot } from "@syneg/kit";
 * const arms = { base: [0.5, 0.6, 0.8, 0.7], bm25: [0.6, 0.8, 0.8, 0.9] };
 * const values = Object.fromEntries(Object.entries(arms).map(([arm, list]) => [arm, Float64Array.from(list)]));
 * console.log(forestPlot(compareArms(values, { margin: 0.01 })).text);
 * ```
 */
export function forestPlot(arms: readonly ForestArm[], options: ForestPlotOptions = {}): Chart {
  checkOptions<ForestPlotOptions>("forestPlot", options, FOREST_PLOT_OPTIONS);
  const { measure = "nDCG@10", interval = "95 % interval" } = options;
  const compared = checkedArms(arms);
  const tests = compared.map(({ baseline }) => baseline);
  const baseline = options.baseline ?? only(tests.map(({ against }) => against), "baselines") ?? "the baseline";
  const margin = only(tests.map(({ equivalence }) => equivalence?.margin), "margins");
  const adjusted = tests.some((test) => test.adjusted !== undefined);
  const rows = compared.map(({ arm, source, baseline: test }): ForestRow => ({
    arm,
    source,
    difference: test.difference,
    low: test.interval[0],
    high: test.interval[1],
    p: shownP(adjusted ? test.adjusted : test.p),
    tally: test.wins === undefined || test.losses === undefined ? undefined : `${test.wins}/${test.losses}`,
  }));
  const pName = adjusted ? "p (Holm)" : "p";
  return makeChart({
    text: [
      `Paired difference of ${measure} to ${baseline} by arm, with ${interval}`,
      ...compared.map((arm, i) => sentence(arm, rows[i].p, adjusted)),
    ],
    note: `paired difference to ${baseline}, ${interval}` +
      (margin === undefined ? "" : `; shaded: ±${margin}`),
    caption: tests.some(({ wins }) => wins !== undefined)
      ? `Right: on how many queries the arm is better and worse than ${baseline}.`
      : undefined,
    build: (layout) => drawForest(rows, { measure, margin, pName }, layout),
  }, options);
}

type Compared = ForestArm & { baseline: PairedDifference };

/** The arms that are compared, their numbers checked. */
function checkedArms(arms: readonly ForestArm[]): Compared[] {
  checkRows("forestPlot", arms, []);
  checkNames("forestPlot", arms);
  const compared = arms.filter((arm): arm is Compared => arm.baseline !== undefined);
  if (compared.length === 0) {
    throw new ArgumentError(
      "Cannot draw forestPlot: no arm is compared with a baseline; wanted rows with `baseline`, as compareArms gives them",
    );
  }
  for (const { arm, source, baseline: { difference, interval, adjusted, p, wins, losses } } of compared) {
    if (source !== undefined && !SOURCES.includes(source)) {
      throw new ArgumentError(
        `Cannot draw forestPlot: arm "${arm}" has source "${source}", wanted ${SOURCES.join(", ")}`,
      );
    }
    checkNumber("forestPlot", difference, `arm "${arm}", field "difference"`);
    checkInterval("forestPlot", `of "${arm}"`, difference, interval?.[0], interval?.[1]);
    for (const [field, value] of Object.entries({ adjusted, p, wins, losses })) {
      if (value !== undefined) checkNumber("forestPlot", value, `arm "${arm}", field "${field}"`);
    }
  }
  return compared;
}

/** The one value that all have which have any. */
function only<T>(values: readonly (T | undefined)[], what: string): T | undefined {
  const found = [...new Set(values.filter((value) => value !== undefined))];
  if (found.length < 2) return found[0];
  throw new ArgumentError(`Cannot draw forestPlot: found comparisons with different ${what}: ${found.join(", ")}`);
}

function shownP(p: number | undefined): string | undefined {
  return p === undefined ? undefined : p < 0.001 ? "< 0.001" : p.toFixed(3);
}

function sentence({ arm, baseline: test }: Compared, p: string | undefined, adjusted: boolean): string {
  const { difference, interval: [low, high], wins, ties, losses, equivalence } = test;
  const parts = [`${signed(difference)} (${signed(low)} to ${signed(high)})`];
  if (p !== undefined) parts.push(`p ${p.startsWith("<") ? p : `= ${p}`}${adjusted ? " after Holm" : ""}`);
  if (wins !== undefined && losses !== undefined) {
    parts.push(`${wins} better, ${ties === undefined ? "" : `${ties} equal, `}${losses} worse`);
  }
  if (equivalence?.equivalent) parts.push(`equal within ±${equivalence.margin}`);
  return `${arm}: ${parts.join(", ")}`;
}
