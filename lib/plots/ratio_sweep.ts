import { makeChart } from "./chart.ts";
import { checkNumber, checkRows } from "./checks.ts";
import { counted } from "./numbers.ts";
import { ink } from "./theme.ts";
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

/**
 * A measure over a swept number: the ratio of synthetic to retrieved negatives, or the temperature, with intervals where
 * they are given. After figures 5 and 6 of SyNeg (Li et al., arXiv 2412.17250).
 *
 * @throws {ArgumentError} on an empty list or a number that is not finite.
 */
export function ratioSweep(points: readonly SweepPoint[], options: RatioSweepOptions = {}): Chart {
  const { parameter = "ratio R = synthetic / retrieved", measure = "nDCG@10", interval = "95 % interval" } = options;
  checkRows("ratioSweep", points, ["value", "mean"]);
  points.forEach(({ low, high }, i) => {
    if (low !== undefined || high !== undefined) {
      checkNumber("ratioSweep", low, `row ${i}, field "low"`);
      checkNumber("ratioSweep", high, `row ${i}, field "high"`);
    }
  });
  const values = points.toSorted((a, b) => a.value - b.value);
  const best = values.reduce((a, b) => b.mean > a.mean ? b : a);
  const intervals = values.filter((point) => point.low !== undefined);
  return makeChart({
    text: [
      `${measure} over ${parameter}`,
      ...values.map(({ value, mean, low, high }) =>
        `${value}: ${mean.toFixed(3)}` + (low === undefined ? "" : ` (${low.toFixed(3)} to ${high!.toFixed(3)})`)
      ),
    ],
    note: counted(values.length, "setting") + (intervals.length > 0 ? `; band: ${interval}` : "") +
      "; ringed: the best",
    build: ({ width, unit }) => {
      const x = {
        field: "value",
        type: "quantitative",
        title: parameter,
        scale: { zero: false, nice: false, padding: 12 * unit },
      };
      const y = (field: string) => ({
        field,
        type: "quantitative",
        title: measure,
        scale: { zero: false },
        axis: { grid: true, tickCount: 5 },
      });
      return {
        width,
        height: Math.round(130 * unit),
        autosize: { type: "fit-x", contains: "padding" },
        data: { values },
        layer: [
          ...(intervals.length === 0 ? [] : [{
            data: { values: intervals },
            mark: { type: "area", color: ink.main, opacity: 0.15 },
            encoding: { x, y: y("low"), y2: { field: "high" } },
          }]),
          { mark: { type: "line", color: ink.main }, encoding: { x, y: y("mean") } },
          { mark: { type: "point", color: ink.main }, encoding: { x, y: y("mean") } },
          {
            data: { values: [best] },
            mark: { type: "point", filled: false, size: 90 * unit, color: ink.text },
            encoding: { x, y: y("mean") },
          },
          {
            data: { values: [{ ...best, text: best.mean.toFixed(3) }] },
            mark: { type: "text", dy: -11 * unit },
            encoding: { x, y: y("mean"), text: { field: "text" } },
          },
        ],
      };
    },
  }, options);
}
