import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { makeChart } from "./chart.ts";
import { checkInterval, checkNames, checkRows } from "./checks.ts";
import { axisTitle, labelWidth, shortened } from "./labels.ts";
import { aroundOne, counted } from "./numbers.ts";
import { hue } from "./theme.ts";
import type { Chart, ChartOptions } from "./types.ts";

/** Mean and interval of one arm of an experiment. */
export interface ArmInterval {
  readonly arm: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Seeds behind it. */
  readonly seeds?: number;
}

/** Options of {@link armComparison}. */
export interface ArmComparisonOptions extends ChartOptions {
  /** What is measured. @default "nDCG@10" */
  measure?: string;
  /** The arm whose mean is drawn through as a dashed line. @default none */
  baseline?: string;
  /** What the intervals are. @default "95 % interval" */
  interval?: string;
}

const ARM_COMPARISON_OPTIONS: OptionKinds<ArmComparisonOptions> = {
  title: "string",
  measure: "string",
  baseline: "string",
  interval: "string",
};

/**
 * Arms of an experiment with their intervals, in the given order. Overlapping intervals do not mean that two arms are
 * equal: arms are compared on the same queries, so ask `compare` for the paired test.
 *
 * @throws {ArgumentError} on an empty list, a number that is not finite, an interval that misses its mean, an arm twice,
 * or a baseline that is not among the arms.
 */
export function armComparison(arms: readonly ArmInterval[], options: ArmComparisonOptions = {}): Chart {
  checkOptions<ArmComparisonOptions>("armComparison", options, ARM_COMPARISON_OPTIONS);
  const { measure = "nDCG@10", baseline, interval = "95 % interval" } = options;
  checkRows("armComparison", arms, ["mean", "low", "high"]);
  const names = arms.map(({ arm }) => arm);
  checkNames("armComparison", arms);
  for (const { arm, mean, low, high } of arms) checkInterval("armComparison", `of "${arm}"`, mean, low, high);
  const base = arms.find(({ arm }) => arm === baseline);
  if (baseline !== undefined && !base) {
    throw new ArgumentError(`Cannot draw armComparison: no arm "${baseline}", ${suggestion(baseline, names)}`);
  }
  const values = arms.map(({ arm, mean, low, high }) => ({ arm, mean, low, high, text: mean.toFixed(3) }));
  const seeds = [...new Set(arms.map((arm) => arm.seeds).filter((value) => value !== undefined))];
  return makeChart({
    text: [
      `${measure} by arm, with ${interval}`,
      ...values.map(({ arm, text, low, high }) => `${arm}: ${text} (${low.toFixed(3)} to ${high.toFixed(3)})`),
    ],
    note: `mean and ${interval}` + (seeds.length === 1 ? `, ${counted(seeds[0], "seed")}` : "") +
      (base ? `; dashed: ${baseline}` : ""),
    build: (layout) => {
      const { width, unit, ink } = layout;
      const labels = shortened(names, Math.min(146 * unit, 0.45 * width), layout);
      const widest = (texts: string[]) => Math.max(...texts.map((text) => labelWidth(text, layout)));
      const right = Math.max(30 * unit, widest(values.map(({ text }) => text)) + 4 * unit);
      const left = widest(labels) + 3 * unit;
      const plot = width - 8 * unit - left - right;
      // It is centred below the plot, and may reach as far beyond it as there is room on both sides.
      const title = axisTitle(measure, plot + 2 * Math.min(left, right), layout);
      const y = { field: "arm", type: "nominal", sort: labels, title: null, axis: { domain: false, ticks: false } };
      const x = (field: string) => ({
        field,
        type: "quantitative",
        title,
        scale: aroundOne(values.flatMap(({ low, high }) => [low, high])),
        axis: { grid: true, tickCount: 5 },
      });
      const guide = {
        data: { values: [{ mean: base?.mean }] },
        mark: { type: "rule", color: ink.guide, strokeDash: [3 * unit, 2 * unit] },
        encoding: { x: x("mean") },
      };
      return {
        width,
        height: Math.round(18 * unit * arms.length),
        autosize: { type: "fit-x", contains: "padding" },
        data: { values: values.map((value, i) => ({ ...value, arm: labels[i] })) },
        layer: [
          ...(base ? [guide] : []),
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
    },
  }, options);
}
