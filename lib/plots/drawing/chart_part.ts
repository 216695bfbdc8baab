import * as z from "zod";
import type { OptionShape } from "../../core/parse_options.ts";
import type { OptionSchema, Part } from "../../core/registry.ts";
import type { Chart, ChartOptions } from "../types.ts";

/**
 * A chart in the registry: `make` draws it from checked options and its data.
 *
 * @category Plots
 */
// deno-lint-ignore no-explicit-any -- charts differ in their data
export type ChartPart<Options extends OptionSchema = OptionSchema, Data extends readonly unknown[] = any> = Part<
  string,
  Options,
  Data,
  Chart
>;

/** Schemas of the options of every chart. */
export const CHART_SHAPE = { title: z.string().optional() } satisfies OptionShape<ChartOptions>;

/** Schema of the options of a chart that has no others. */
export const CHART_OPTIONS = z.strictObject(CHART_SHAPE);

/** Measure and intervals of a chart of means, for {@link IntervalOptions}. */
export const INTERVAL_SHAPE = {
  ...CHART_SHAPE,
  measure: z.string().default("nDCG@10"),
  interval: z.string().default("95 % interval"),
} satisfies OptionShape<IntervalOptions>;

/**
 * Options of a chart of means with intervals.
 *
 * @category Plots
 */
export interface IntervalOptions extends ChartOptions {
  /**
   * What is measured.
   * @default {"nDCG@10"}
   */
  measure?: string;
  /**
   * What the intervals are.
   * @default {"95 % interval"}
   */
  interval?: string;
}
