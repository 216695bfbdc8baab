import * as z from "zod";
import { signed } from "../core/format_numbers.ts";
import { type OptionShape, parseOptions } from "../core/parse_options.ts";
import type { Source } from "../tables/sources.ts";
import { CHART_SHAPE, type ChartPart } from "./drawing/chart_part.ts";
import { checkNames, checkRows } from "./drawing/checks.ts";
import { makeChart } from "./drawing/make_chart.ts";
import { colors } from "./drawing/theme.ts";
import type { Chart, ChartOptions, Layout, Spec } from "./types.ts";

/**
 * An arm of {@link forecast}.
 *
 * @category Plots
 */
export interface ForecastPoint {
  /** Name of the arm. */
  readonly arm: string;
  /** What was foreseen before training. */
  readonly predicted: number;
  /** What training brought. */
  readonly gain: number;
  /** The only source that it draws from, which colors it. Omit if it draws from several. */
  readonly source?: Source;
}

/**
 * Options of {@link forecast}.
 *
 * @category Plots
 */
export interface ForecastOptions extends ChartOptions {
  /**
   * What was foreseen.
   * @default {"contrastive information (nats)"}
   */
  predicted?: string;
  /**
   * What was gained.
   * @default {"gain in nDCG@10"}
   */
  gain?: string;
}

const OPTIONS = z.strictObject(
  {
    ...CHART_SHAPE,
    predicted: z.string().default("contrastive information (nats)"),
    gain: z.string().default("gain in nDCG@10"),
  } satisfies OptionShape<ForecastOptions>,
);

/**
 * What was foreseen of each arm before training against what training brought.
 *
 * @category Plots
 *
 * @throws {ArgumentError} for an empty list, a number that is not finite, or two arms of one name.
 *
 * @example
 * ```ts
 * import { forecast } from "./mod.ts";
 * console.log(forecast([{ arm: "dense", predicted: 12, gain: 0.02 }, { arm: "random", predicted: 3, gain: 0.01 }]).text);
 * ```
 */
export function forecast(points: readonly ForecastPoint[], options: ForecastOptions = {}): Chart {
  return draw(parseOptions("forecast", OPTIONS, options), points);
}

/** The entry of {@link forecast} in the registry. */
export const forecastChart: ChartPart<typeof OPTIONS, [readonly ForecastPoint[]]> = {
  name: "forecast",
  about: "what was foreseen of each arm against what training brought",
  options: OPTIONS,
  make: draw,
};

function draw(
  { predicted, gain, ...options }: z.output<typeof OPTIONS>,
  points: readonly ForecastPoint[],
): Chart {
  checkRows("forecast", points, ["predicted", "gain"]);
  checkNames("forecast", points);
  return makeChart({
    text: [
      `${gain} against ${predicted}, by arm`,
      ...points.map((point) => `${point.arm}: foreseen ${point.predicted.toFixed(2)}, gain ${signed(point.gain)}`),
    ],
    note: `${gain} against ${predicted}; rings: mixed sources`,
    build: (layout) => specOf(points, { predicted, gain }, layout),
  }, options);
}

function specOf(
  points: readonly ForecastPoint[],
  { predicted, gain }: { predicted: string; gain: string },
  { width, unit, ink }: Layout,
): Spec {
  const values = points.map((point) => ({ ...point, color: point.source ? colors[point.source] : null }));
  const axis = (field: string, title: string) => ({
    field,
    type: "quantitative",
    title,
    scale: { zero: false, nice: false, padding: 30 * unit },
    axis: { grid: true, tickCount: 5, domain: false, ticks: false, labelBound: true },
  });
  const mixed = (value: unknown) => ({ condition: { test: "datum.color === null", value } });
  const color = { ...mixed(ink.text), field: "color", type: "nominal", scale: null };
  return {
    width,
    height: Math.round(150 * unit),
    autosize: { type: "fit-x", contains: "padding" },
    data: { values },
    encoding: { x: axis("predicted", predicted), y: axis("gain", gain) },
    layer: [
      {
        mark: { type: "point", size: 60 * unit, opacity: 1, strokeWidth: 1.5 * unit },
        // Mixed arms have no source's color.
        encoding: { fill: color, stroke: color, fillOpacity: { ...mixed(0), value: 1 } },
      },
      {
        mark: { type: "text", dy: -9 * unit },
        encoding: { text: { field: "arm" }, color: { value: ink.text } },
      },
    ],
  };
}
