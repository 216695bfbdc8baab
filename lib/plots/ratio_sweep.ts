import { checkOptions, type OptionKinds } from "../core/options.ts";
import { makeChart } from "./chart.ts";
import { checkInterval, checkNumber, checkRows } from "./checks.ts";
import { axisTitle } from "./labels.ts";
import { aroundOne, counted } from "./numbers.ts";
import { hue } from "./theme.ts";
import type { Chart, ChartOptions } from "./types.ts";

/** What was measured at one setting of the swept parameter. */
export interface SweepPoint {
  /** The setting. */
  readonly value: number;
  readonly mean: number;
  readonly low?: number;
  readonly high?: number;
}

/** Options of {@link ratioSweep}. */
export interface RatioSweepOptions extends ChartOptions {
  /** What is swept. @default "ratio R = synthetic / retrieved" */
  parameter?: string;
  /** What is measured. @default "nDCG@10" */
  measure?: string;
  /** What the intervals are. @default "95 % interval" */
  interval?: string;
}

const RATIO_SWEEP_OPTIONS: OptionKinds<RatioSweepOptions> = {
  title: "string",
  parameter: "string",
  measure: "string",
  interval: "string",
};

/**
 * A measure over a swept number: the ratio of synthetic to retrieved negatives, or the temperature, with intervals where
 * they are given. After figures 5 and 6 of SyNeg (Li et al., arXiv 2412.17250).
 *
 * @throws {ArgumentError} on an empty list, a number that is not finite, or an interval that misses its mean.
 */
export function ratioSweep(points: readonly SweepPoint[], options: RatioSweepOptions = {}): Chart {
  checkOptions<RatioSweepOptions>("ratioSweep", options, RATIO_SWEEP_OPTIONS);
  const { parameter = "ratio R = synthetic / retrieved", measure = "nDCG@10", interval = "95 % interval" } = options;
  checkRows("ratioSweep", points, ["value", "mean"]);
  points.forEach(({ value, mean, low, high }, i) => {
    if (low !== undefined || high !== undefined) {
      checkNumber("ratioSweep", low, `row ${i}, field "low"`);
      checkNumber("ratioSweep", high, `row ${i}, field "high"`);
      checkInterval("ratioSweep", `at ${value}`, mean, low, high);
    }
  });
  const values = points.toSorted((a, b) => a.value - b.value);
  const best = values.reduce((a, b) => b.mean > a.mean ? b : a);
  const stretches = intervalsOf(values);
  const bands = stretches.filter((points) => points.length > 1);
  const bars = stretches.filter((points) => points.length === 1);
  const kinds = [bands.length > 0 ? "band" : [], bars.length > 0 ? "bar" : []].flat().join(", ");
  return makeChart({
    text: [
      `${measure} over ${parameter}`,
      ...values.map(({ value, mean, low, high }) =>
        `${value}: ${mean.toFixed(3)}` + (low === undefined ? "" : ` (${low.toFixed(3)} to ${high!.toFixed(3)})`)
      ),
    ],
    note: counted(values.length, "setting") + (kinds ? `; ${kinds}: ${interval}` : "") +
      "; ringed: the best",
    build: (layout) => {
      const { width, unit, ink } = layout;
      const height = Math.round(130 * unit);
      const x = {
        field: "value",
        type: "quantitative",
        title: axisTitle(parameter, width - 60 * unit, layout),
        scale: { ...aroundOne(values.map(({ value }) => value)), nice: false, padding: 12 * unit },
        ...(values.every(({ value }) => value === best.value) ? { axis: { tickCount: 5 } } : {}),
      };
      // Beside a bar, not across it, and to the side that the chart has.
      const side = best === values.at(-1) && values.length > 1 ? -1 : 1;
      const beside = bars.flat().includes(best) ? { align: side < 0 ? "right" : "left", dx: side * 5 * unit } : {};
      const y = (field: string) => ({
        field,
        type: "quantitative",
        title: axisTitle(measure, height + 10 * unit, layout),
        scale: aroundOne(values.flatMap(({ mean, low = mean, high = mean }) => [low, mean, high])),
        axis: { grid: true, tickCount: 5 },
      });
      return {
        width,
        height,
        autosize: { type: "fit-x", contains: "padding" },
        data: { values },
        layer: [
          ...bands.map((points) => ({
            data: { values: points },
            mark: { type: "area", color: hue.main, opacity: 0.15 },
            encoding: { x, y: y("low"), y2: { field: "high" } },
          })),
          ...bars.map((points) => ({
            data: { values: points },
            mark: { type: "rule", color: hue.main },
            encoding: { x, y: y("low"), y2: { field: "high" } },
          })),
          { mark: { type: "line", color: hue.main }, encoding: { x, y: y("mean") } },
          { mark: { type: "point", color: hue.main }, encoding: { x, y: y("mean") } },
          {
            data: { values: [best] },
            mark: { type: "point", filled: false, size: 90 * unit, color: ink.text },
            encoding: { x, y: y("mean") },
          },
          {
            data: { values: [{ ...best, text: best.mean.toFixed(3) }] },
            mark: { type: "text", dy: -11 * unit, ...beside },
            encoding: { x, y: y("mean"), text: { field: "text" } },
          },
        ],
      };
    },
  }, options);
}

/** Stretches of neighbouring points that have intervals: a band across a point without one would be made up. */
function intervalsOf(points: readonly SweepPoint[]): SweepPoint[][] {
  const stretches: SweepPoint[][] = [[]];
  for (const point of points) {
    if (point.low === undefined) stretches.push([]);
    else stretches.at(-1)!.push(point);
  }
  return stretches.filter((stretch) => stretch.length > 0);
}
