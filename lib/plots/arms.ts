import * as z from "zod";
import { ArgumentError } from "../core/errors.ts";
import { counted } from "../core/format_numbers.ts";
import { suggestion } from "../core/nearest.ts";
import { type OptionShape, parseOptions } from "../core/parse_options.ts";
import { type ChartPart, INTERVAL_SHAPE, type IntervalOptions } from "./drawing/chart_part.ts";
import { checkInterval, checkNames, checkRows } from "./drawing/checks.ts";
import { axisTitle, labelWidth, shortened } from "./drawing/labels.ts";
import { makeChart } from "./drawing/make_chart.ts";
import { aroundOne } from "./drawing/numbers.ts";
import { hue } from "./drawing/theme.ts";
import type { Chart, Layout, Spec } from "./types.ts";

/**
 * Mean and interval of one arm of an experiment.
 *
 * @category Plots
 */
export interface ArmInterval {
  /** Name of the arm. */
  readonly arm: string;
  /** Mean of the measure. */
  readonly mean: number;
  /** Lower end of the interval. */
  readonly low: number;
  /** Upper end of the interval. */
  readonly high: number;
  /** Number of seeds behind the mean. */
  readonly seeds?: number;
}

/**
 * What {@link arms} draws of an arm: {@link ArmInterval}, a result of `compareArms`, or a group of `scoresBy`.
 *
 * @category Plots
 */
export type DrawnArm =
  | ArmInterval
  | {
    /** Name of the arm. */
    readonly arm: string;
    /** Mean of the measure. */
    readonly mean: number;
    /** Both ends of the interval. */
    readonly interval: readonly [low: number, high: number];
    /** Number of seeds behind the mean. */
    readonly seeds?: number;
  }
  | {
    /** Name of the group. */
    readonly group: string;
    /** Mean of the measure. */
    readonly mean: number;
    /** Both ends of the interval. */
    readonly interval: readonly [low: number, high: number];
  };

/**
 * Options of {@link arms}.
 *
 * @category Plots
 */
export interface ArmsOptions extends IntervalOptions {
  /** The arm whose mean is drawn as a dashed line. Omit for no line. */
  baseline?: string;
}

const OPTIONS = z.strictObject(
  { ...INTERVAL_SHAPE, baseline: z.string().optional() } satisfies OptionShape<ArmsOptions>,
);
type Options = z.output<typeof OPTIONS>;

/**
 * Means of an experiment's arms with their intervals, in the given order. Overlapping intervals do not mean that two
 * arms are equal: arms share their queries, so use `compare` for the paired test.
 *
 * @category Plots
 *
 * @throws {ArgumentError} for an empty list, a number that is not finite, an interval that misses its mean, two arms of
 * one name, or an unknown baseline.
 *
 * @example
 * ```ts
 * import { arms } from "./mod.ts";
 * const chart = arms([{ arm: "bm25", mean: 0.71, low: 0.68, high: 0.74 }]);
 * console.log(chart.text);
 * ```
 */
export function arms(rows: readonly DrawnArm[], options: ArmsOptions = {}): Chart {
  return draw(parseOptions("arms", OPTIONS, options), rows);
}

/** The entry of {@link arms} in the registry. */
export const armsChart: ChartPart<typeof OPTIONS, [readonly DrawnArm[]]> = {
  name: "arms",
  about: "means of an experiment's arms with their intervals",
  options: OPTIONS,
  make: draw,
};

interface Row {
  arm: string;
  mean: number;
  low: number;
  high: number;
  text: string;
}

/** An arm by its name and the ends of its interval. */
function intervalOf(drawn: DrawnArm): ArmInterval {
  // A wrong row is told apart by the checks that follow.
  if (drawn === null || typeof drawn !== "object" || !("interval" in drawn)) return drawn;
  const { mean, interval: [low, high] } = drawn;
  if ("group" in drawn) return { arm: drawn.group, mean, low, high };
  return { arm: drawn.arm, mean, low, high, seeds: drawn.seeds };
}

function draw(options: Options, drawn: readonly DrawnArm[]): Chart {
  const arms = Array.isArray(drawn) ? drawn.map(intervalOf) : drawn as readonly ArmInterval[];
  const { measure, baseline, interval } = options;
  const base = checkArms(arms, baseline);
  const rows = arms.map(({ arm, mean, low, high }): Row => ({ arm, mean, low, high, text: mean.toFixed(3) }));
  const seeds = [...new Set(arms.map((arm) => arm.seeds).filter((value) => value !== undefined))];
  return makeChart({
    text: [
      `${measure} by arm, with ${interval}`,
      ...rows.map(({ arm, text, low, high }) => `${arm}: ${text} (${low.toFixed(3)} to ${high.toFixed(3)})`),
    ],
    note: `mean and ${interval}` + (seeds.length === 1 ? `, ${counted(seeds[0], "seed")}` : "") +
      (base ? `; dashed: ${baseline}` : ""),
    build: (layout) => specOf(rows, { measure, base: base?.mean }, layout),
  }, options);
}

/** Checks the arms, and returns the baseline among them. */
function checkArms(arms: readonly ArmInterval[], baseline: string | undefined): ArmInterval | undefined {
  checkRows("arms", arms, ["mean", "low", "high"]);
  checkNames("arms", arms);
  for (const arm of arms) checkInterval("arms", `of "${arm.arm}"`, arm);
  const base = arms.find(({ arm }) => arm === baseline);
  if (baseline === undefined || base) return base;
  throw new ArgumentError(
    `Cannot draw arms: no arm "${baseline}", ${suggestion(baseline, arms.map(({ arm }) => arm))}`,
  );
}

function specOf(rows: Row[], { measure, base }: { measure: string; base?: number }, layout: Layout): Spec {
  const { width, unit, ink } = layout;
  const labels = shortened(rows.map(({ arm }) => arm), Math.min(146 * unit, 0.45 * width), layout);
  const widest = (texts: string[]) => Math.max(...texts.map((text) => labelWidth(text, layout)));
  const right = Math.max(30 * unit, widest(rows.map(({ text }) => text)) + 4 * unit);
  const left = widest(labels) + 3 * unit;
  const plot = width - 8 * unit - left - right;
  // Centered below the plot, the title may extend into the margin on both sides.
  const title = axisTitle(measure, plot + 2 * Math.min(left, right), layout);
  const y = { field: "arm", type: "nominal", sort: labels, title: null, axis: { domain: false, ticks: false } };
  const scale = aroundOne(rows.flatMap(({ low, high }) => [low, high]));
  const x = (field: string) => ({
    field,
    type: "quantitative",
    title,
    scale,
    axis: { grid: true, tickCount: 5 },
  });
  const guide = {
    data: { values: [{ mean: base }] },
    mark: { type: "rule", color: ink.guide, strokeDash: [3 * unit, 2 * unit] },
    encoding: { x: x("mean") },
  };
  return {
    width,
    height: Math.round(18 * unit * rows.length),
    autosize: { type: "fit-x", contains: "padding" },
    data: { values: rows.map((row, i) => ({ ...row, arm: labels[i] })) },
    layer: [
      ...(base === undefined ? [] : [guide]),
      {
        mark: { type: "rule", color: hue.main, strokeWidth: 1.4 * unit },
        encoding: { y, x: x("low"), x2: { field: "high" } },
      },
      { mark: { type: "point", color: hue.main, size: 34 * unit * unit }, encoding: { y, x: x("mean") } },
      {
        mark: { type: "text", align: "right", dx: right },
        encoding: { y, x: { value: "width" }, text: { field: "text" } },
      },
    ],
  };
}
