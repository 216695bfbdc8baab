import * as z from "zod";
import { counted } from "../core/format_numbers.ts";
import { type OptionShape, parseOptions } from "../core/parse_options.ts";
import { type ChartPart, INTERVAL_SHAPE, type IntervalOptions } from "./drawing/chart_part.ts";
import { checkInterval, checkNumber, checkRows } from "./drawing/checks.ts";
import { axisTitle } from "./drawing/labels.ts";
import { makeChart } from "./drawing/make_chart.ts";
import { aroundOne } from "./drawing/numbers.ts";
import { hue } from "./drawing/theme.ts";
import type { Chart, Layout, Spec } from "./types.ts";

/**
 * Result at one setting of a swept parameter.
 *
 * @category Plots
 */
export interface SweepPoint {
  /** The setting. */
  readonly value: number;
  /** Mean of the measure. */
  readonly mean: number;
  /** Lower end of the interval. Omit both ends if there is none. */
  readonly low?: number;
  /** Upper end of the interval. */
  readonly high?: number;
}

/**
 * Options of {@link sweep}.
 *
 * @category Plots
 */
export interface SweepOptions extends IntervalOptions {
  /**
   * What is swept.
   * @default {"ratio R = synthetic / retrieved"}
   */
  parameter?: string;
}

const OPTIONS = z.strictObject(
  {
    ...INTERVAL_SHAPE,
    parameter: z.string().default("ratio R = synthetic / retrieved"),
  } satisfies OptionShape<SweepOptions>,
);
type Options = z.output<typeof OPTIONS>;

/**
 * A measure over a swept number, such as the ratio of synthetic to retrieved negatives or the temperature, with
 * intervals if given. After figures 5 and 6 of SyNeg (Li et al., arXiv 2412.17250).
 *
 * @category Plots
 *
 * @throws {ArgumentError} for an empty list, a number that is not finite, or an interval that misses its mean.
 *
 * @example
 * ```ts
 * import { sweep } from "./mod.ts";
 * const points = [{ value: 0.5, mean: 0.44 }, { value: 1, mean: 0.46 }];
 * console.log(sweep(points, { parameter: "temperature" }).text);
 * ```
 */
export function sweep(points: readonly SweepPoint[], options: SweepOptions = {}): Chart {
  return draw(parseOptions("sweep", OPTIONS, options), points);
}

/** The entry of {@link sweep} in the registry. */
export const sweepChart: ChartPart<typeof OPTIONS, [readonly SweepPoint[]]> = {
  name: "sweep",
  about: "a measure over the values of one setting",
  options: OPTIONS,
  make: draw,
};

function draw(options: Options, points: readonly SweepPoint[]): Chart {
  const { parameter, measure, interval } = options;
  checkPoints(points);
  const values = points.toSorted((a, b) => a.value - b.value);
  const { bands, bars } = intervalsOf(values);
  const kinds = [bands.length > 0 ? "band" : [], bars.length > 0 ? "bar" : []].flat().join(", ");
  return makeChart({
    text: [
      `${measure} over ${parameter}`,
      ...values.map(({ value, mean, low, high }) =>
        `${value}: ${mean.toFixed(3)}` + (low === undefined ? "" : ` (${low.toFixed(3)} to ${high!.toFixed(3)})`)
      ),
    ],
    note: counted(values.length, "setting") + (kinds ? `; ${kinds}: ${interval}` : "") + "; ringed: the best",
    build: (layout) => specOf(values, options, layout),
  }, options);
}

function checkPoints(points: readonly SweepPoint[]): void {
  checkRows("sweep", points, ["value", "mean"]);
  points.forEach(({ value, mean, low, high }, i) => {
    if (low === undefined && high === undefined) return;
    checkNumber("sweep", low, `row ${i}, field "low"`);
    checkNumber("sweep", high, `row ${i}, field "high"`);
    checkInterval("sweep", `at ${value}`, { mean, low, high });
  });
}

/** Stretches of neighboring points with intervals: bands, or bars if a point has no such neighbor. */
function intervalsOf(points: readonly SweepPoint[]): { bands: SweepPoint[][]; bars: SweepPoint[][] } {
  const stretches: SweepPoint[][] = [[]];
  for (const point of points) {
    // A band across a point without an interval would be made up.
    if (point.low === undefined) stretches.push([]);
    else stretches.at(-1)!.push(point);
  }
  return {
    bands: stretches.filter((stretch) => stretch.length > 1),
    bars: stretches.filter((stretch) => stretch.length === 1),
  };
}

function specOf(values: readonly SweepPoint[], { parameter, measure }: Options, layout: Layout): Spec {
  const { width, unit } = layout;
  const height = Math.round(130 * unit);
  const single = values.every(({ value }) => value === values[0].value);
  const x = {
    field: "value",
    type: "quantitative",
    title: axisTitle(parameter, width - 60 * unit, layout),
    scale: { ...aroundOne(values.map(({ value }) => value)), nice: false, padding: 12 * unit },
    ...(single ? { axis: { tickCount: 5 } } : {}),
  };
  const y = (field: string) => ({
    field,
    type: "quantitative",
    title: axisTitle(measure, height + 10 * unit, layout),
    scale: aroundOne(values.flatMap(({ mean, low = mean, high = mean }) => [low, mean, high])),
    axis: { grid: true, tickCount: 5 },
  });
  const { bands, bars } = intervalsOf(values);
  const interval = (mark: Spec) => (points: SweepPoint[]) => ({
    data: { values: points },
    mark: { ...mark, color: hue.main },
    encoding: { x, y: y("low"), y2: { field: "high" } },
  });
  return {
    width,
    height,
    autosize: { type: "fit-x", contains: "padding" },
    data: { values },
    layer: [
      ...bands.map(interval({ type: "area", opacity: 0.15 })),
      ...bars.map(interval({ type: "rule" })),
      { mark: { type: "line", color: hue.main }, encoding: { x, y: y("mean") } },
      { mark: { type: "point", color: hue.main }, encoding: { x, y: y("mean") } },
      ...bestLayers(values, bars.flat(), { x, y: y("mean") }, layout),
    ],
  };
}

/** A ring around the best point, with its mean. */
function bestLayers(
  values: readonly SweepPoint[],
  bars: readonly SweepPoint[],
  encoding: Spec,
  { unit, ink }: Layout,
): Spec[] {
  const best = values.reduce((a, b) => b.mean > a.mean ? b : a);
  // Beside a bar, not across it, and on the side where the chart has room.
  const side = best === values.at(-1) && values.length > 1 ? -1 : 1;
  const beside = bars.includes(best) ? { align: side < 0 ? "right" : "left", dx: side * 5 * unit } : {};
  return [
    {
      data: { values: [best] },
      mark: { type: "point", filled: false, size: 90 * unit, color: ink.text },
      encoding,
    },
    {
      data: { values: [{ ...best, text: best.mean.toFixed(3) }] },
      mark: { type: "text", dy: -11 * unit, ...beside },
      encoding: { ...encoding, text: { field: "text" } },
    },
  ];
}
