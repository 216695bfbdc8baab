import type * as z from "zod";
import { ArgumentError } from "../core/errors.ts";
import { count } from "../core/format_numbers.ts";
import { parseOptions } from "../core/parse_options.ts";
import { EVENTS } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { CHART_OPTIONS, type ChartPart } from "./drawing/chart_part.ts";
import { checkTable } from "./drawing/checks.ts";
import { makeChart } from "./drawing/make_chart.ts";
import { rounded } from "./drawing/numbers.ts";
import { hue } from "./drawing/theme.ts";
import type { Chart, ChartOptions, Layout, Spec } from "./types.ts";

/** Bins of the histograms. */
const BINS = 30;

/**
 * Histogram of each arm's gradient norms over its steps, before clipping, as a band: the darker, the more steps. Beside
 * each arm the variance of its norms. SyNeg (arXiv 2412.17250) shows that mixing sources in every instance has a lower
 * variance than mixing them over the set.
 *
 * @param arms The events of each arm's trainings, of all seeds together.
 *
 * @category Plots
 *
 * @throws {ArgumentError} without arms, for tables without the columns of EVENTS, or an arm without gradient norms.
 *
 * @example
 * ```ts
 * import { EVENTS, tableOf } from "@syneg/kit";
 * import { gradientNorms } from "./mod.ts";
 * const norm = (step: number, value: number) => ({ step, epoch: 0, name: "gradient_norm", value, wall_ms: 0 });
 * console.log(gradientNorms({ hybrid: tableOf(EVENTS, [norm(1, 2), norm(2, 3)]) }).text);
 * ```
 */
export function gradientNorms(arms: Readonly<Record<string, Table<typeof EVENTS>>>, options: ChartOptions = {}): Chart {
  return draw(parseOptions("gradientNorms", CHART_OPTIONS, options), arms);
}

/** The entry of {@link gradientNorms} in the registry. */
export const gradientNormsChart: ChartPart<
  typeof CHART_OPTIONS,
  [Readonly<Record<string, Table<typeof EVENTS>>>]
> = {
  name: "gradientNorms",
  about: "histograms of gradient norms by arm, with their variances",
  options: CHART_OPTIONS,
  make: draw,
};

/** An arm's norms. */
interface Norms {
  readonly arm: string;
  readonly values: readonly number[];
  readonly variance: number;
}

function draw(
  options: z.output<typeof CHART_OPTIONS>,
  arms: Readonly<Record<string, Table<typeof EVENTS>>>,
): Chart {
  const norms = Object.entries(arms).map(([arm, events]) => normsOf(arm, events));
  if (norms.length === 0) throw new ArgumentError("Cannot draw gradientNorms: it needs an arm, found none");
  return makeChart({
    text: [
      "Gradient norms by arm, before clipping",
      ...norms.map(({ arm, values, variance }) =>
        `${arm}: ${count(values.length)} steps, mean ${short(mean(values))}, variance ${short(variance)}`
      ),
    ],
    note: "share of steps by gradient norm; in parentheses: variance of the norms",
    build: (layout) => specOf(norms, layout),
  }, options);
}

function normsOf(arm: string, events: Table<typeof EVENTS>): Norms {
  checkTable("gradientNorms", events, EVENTS, ["name", "value"]);
  const values = [...events.rows()].filter(({ name }) => name === "gradient_norm").map(({ value }) => value);
  if (values.length === 0) throw new ArgumentError(`Cannot draw gradientNorms: arm "${arm}" has no gradient norm`);
  const center = mean(values);
  return { arm, values, variance: mean(values.map((value) => (value - center) ** 2)) };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function specOf(norms: readonly Norms[], { width, unit, ink }: Layout): Spec {
  const all = norms.flatMap(({ values }) => values);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const size = (high - low || 1) / BINS;
  const label = ({ arm, variance }: Norms) => `${arm} (${short(variance)})`;
  const cells = norms.flatMap((each) => {
    const counts = new Array<number>(BINS).fill(0);
    for (const value of each.values) counts[Math.min(BINS - 1, Math.floor((value - low) / size))]++;
    return counts.flatMap((found, bin) =>
      found === 0 ? [] : [{
        ...{ arm: label(each), from: rounded(low + bin * size), to: rounded(low + (bin + 1) * size) },
        share: rounded(found / each.values.length),
      }]
    );
  });
  const largest = Math.max(...cells.map(({ share }) => share));
  return {
    width,
    height: Math.round(24 * unit * norms.length),
    autosize: { type: "fit-x", contains: "padding" },
    data: { values: cells },
    mark: { type: "rect", color: hue.main, stroke: ink.ground, strokeWidth: 0.5 * unit },
    encoding: {
      y: { field: "arm", type: "nominal", sort: norms.map(label), title: null, axis: { domain: false, ticks: false } },
      x: {
        field: "from",
        type: "quantitative",
        title: "gradient norm",
        scale: { zero: false, nice: false },
        axis: { domain: false, tickCount: 6 },
      },
      x2: { field: "to" },
      fillOpacity: {
        field: "share",
        type: "quantitative",
        legend: null,
        scale: { domain: [0, largest], range: [0.06, 1] },
      },
    },
  };
}
