import * as z from "zod";
import { ArgumentError } from "../core/errors.ts";
import { signed } from "../core/format_numbers.ts";
import { type OptionShape, parseOptions } from "../core/parse_options.ts";
import { type Source, SOURCES } from "../tables/sources.ts";
import { type ChartPart, INTERVAL_SHAPE, type IntervalOptions } from "./drawing/chart_part.ts";
import { checkInterval, checkNames, checkNumber, checkRows } from "./drawing/checks.ts";
import { type ForestRow, forestSpec } from "./drawing/forest_spec.ts";
import { makeChart } from "./drawing/make_chart.ts";
import type { Chart } from "./types.ts";

/**
 * What {@link forest} reads of a comparison with the baseline; `compareArms` and `compare` return it.
 *
 * @category Plots
 */
export interface PairedDifference {
  /** Mean over queries of the arm's value minus the baseline's. */
  readonly difference: number;
  /** Interval of the difference. */
  readonly interval: readonly [number, number];
  /** p of the paired test, adjusted over the arms. */
  readonly adjusted?: number;
  /** Unadjusted p of the paired test, drawn if no arm has an adjusted one. */
  readonly p?: number;
  /** Queries on which the arm is better. */
  readonly wins?: number;
  /** Queries on which both are equal. */
  readonly ties?: number;
  /** Queries on which the arm is worse. */
  readonly losses?: number;
  /** Result of the equivalence test (TOST). */
  readonly equivalence?: { readonly margin: number; readonly equivalent?: boolean };
  /** Name of the baseline. */
  readonly against?: string;
}

/**
 * An arm of {@link forest}.
 *
 * @category Plots
 */
export interface ForestArm {
  /** Name of the arm. */
  readonly arm: string;
  /** The source of all its negatives, which decides its color. Omit to use the arm's name, if that is a source. */
  readonly source?: Source;
  /** Its comparison with the baseline. The baseline itself has none and is not drawn. */
  readonly baseline?: PairedDifference;
}

/**
 * Options of {@link forest}.
 *
 * @category Plots
 */
export interface ForestOptions extends IntervalOptions {
  /** Name of the baseline. Omit to take it from the comparisons. */
  baseline?: string;
}

const OPTIONS = z.strictObject(
  { ...INTERVAL_SHAPE, baseline: z.string().optional() } satisfies OptionShape<ForestOptions>,
);

/**
 * Forest plot: paired differences of arms to their baseline with intervals, the zero line, the band in which two arms
 * count as equal, p adjusted by Holm, and the number of queries on which an arm is better and worse. It shows what the
 * arms' own intervals hide, because those include the spread of the queries. Takes the result of `compareArms` as it is.
 *
 * @category Plots
 *
 * @throws {ArgumentError} for an empty list, no arm with a comparison, a number that is not finite, an interval that
 * misses its difference, two arms of one name, or comparisons with different baselines or margins.
 *
 * @example
 * ```ts
 * import { forest } from "./mod.ts";
 * const baseline = { difference: 0.02, interval: [0.01, 0.03], adjusted: 0.004, against: "random" } as const;
 * console.log(forest([{ arm: "bm25", baseline }]).text);
 * ```
 */
export function forest(arms: readonly ForestArm[], options: ForestOptions = {}): Chart {
  return draw(parseOptions("forest", OPTIONS, options), arms);
}

/** The entry of {@link forest} in the registry. */
export const forestChart: ChartPart<typeof OPTIONS, [readonly ForestArm[]]> = {
  name: "forest",
  about: "paired differences of arms to their baseline",
  options: OPTIONS,
  make: draw,
};

function draw(options: z.output<typeof OPTIONS>, arms: readonly ForestArm[]): Chart {
  const { measure, interval } = options;
  const compared = checkedArms(arms);
  const tests = compared.map(({ baseline }) => baseline);
  const baseline = options.baseline ?? only(tests.map(({ against }) => against), "baselines") ?? "the baseline";
  const margin = only(tests.map(({ equivalence }) => equivalence?.margin), "margins");
  const adjusted = tests.some((test) => test.adjusted !== undefined);
  const rows = compared.map((arm) => rowOf(arm, adjusted));
  const pName = adjusted ? "p (Holm)" : "p";
  return makeChart({
    text: [
      `Paired difference of ${measure} to ${baseline} by arm, with ${interval}`,
      ...compared.map((arm, i) => sentence(arm, rows[i].p, adjusted)),
    ],
    note: `paired difference to ${baseline}, ${interval}` +
      (margin === undefined ? "" : `; shaded: ±${margin}`),
    caption: tests.some(({ wins }) => wins !== undefined)
      ? `Right: number of queries on which the arm is better and worse than ${baseline}.`
      : undefined,
    build: (layout) => forestSpec(rows, { measure, margin, pName }, layout),
  }, options);
}

type Compared = ForestArm & { baseline: PairedDifference };

/** The arms that have a comparison, their numbers checked. */
function checkedArms(arms: readonly ForestArm[]): Compared[] {
  checkRows("forest", arms, []);
  checkNames("forest", arms);
  const compared = arms.filter((arm): arm is Compared => arm.baseline !== undefined);
  if (compared.length === 0) {
    throw new ArgumentError(
      "Cannot draw forest: it needs rows with `baseline`, as compareArms returns them; found no arm with a comparison",
    );
  }
  for (const { arm, source, baseline: { difference, interval, adjusted, p, wins, losses } } of compared) {
    if (source !== undefined && !SOURCES.includes(source)) {
      throw new ArgumentError(
        `Cannot draw forest: the source of arm "${arm}" must be one of ${SOURCES.join(", ")}, found "${source}"`,
      );
    }
    checkNumber("forest", difference, `arm "${arm}", field "difference"`);
    checkInterval("forest", `of "${arm}"`, { mean: difference, low: interval?.[0], high: interval?.[1] });
    for (const [field, value] of Object.entries({ adjusted, p, wins, losses })) {
      if (value !== undefined) checkNumber("forest", value, `arm "${arm}", field "${field}"`);
    }
  }
  return compared;
}

function rowOf({ arm, source, baseline: test }: Compared, adjusted: boolean): ForestRow {
  return {
    arm,
    source,
    difference: test.difference,
    low: test.interval[0],
    high: test.interval[1],
    p: shownP(adjusted ? test.adjusted : test.p),
    tally: test.wins === undefined || test.losses === undefined ? undefined : `${test.wins}/${test.losses}`,
  };
}

/** The one value that all defined values share; undefined if none is defined. */
function only<T>(values: readonly (T | undefined)[], what: string): T | undefined {
  const found = [...new Set(values.filter((value) => value !== undefined))];
  if (found.length < 2) return found[0];
  throw new ArgumentError(`Cannot draw forest: the comparisons have different ${what}: ${found.join(", ")}`);
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
