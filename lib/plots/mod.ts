/**
 * Charts of negatives, trainings and results: shown in a notebook, saved as SVG, PNG or PDF.
 *
 * @example
 * ```ts
 * import { arms } from "./mod.ts";
 * const chart = arms([{ arm: "random", mean: 0.7, low: 0.67, high: 0.73 }, { arm: "bm25", mean: 0.71, low: 0.68, high: 0.74 }]);
 * console.log(chart.text);
 * // await chart.save("arms.pdf", { width: "page" });
 * ```
 *
 * @module
 */
export { similarities, type SimilaritiesOptions } from "./similarities.ts";
export { hardness, type HardnessOptions } from "./hardness.ts";
export { waterfall } from "./waterfall.ts";
export { sourceOverlap } from "./source_overlap.ts";
export { trainingCurves, type TrainingCurvesOptions } from "./training_curves.ts";
export { type CurveEvent, type LiveCurves, liveCurves, type LiveCurvesOptions } from "./live_curves.ts";
export { gradientNorms } from "./gradient_norms.ts";
export { type ArmInterval, arms, type ArmsOptions, type DrawnArm } from "./arms.ts";
export { forecast, type ForecastOptions, type ForecastPoint } from "./forecast.ts";
export { forest, type ForestArm, type ForestOptions, type PairedDifference } from "./forest.ts";
export { perQueryDifference, type PerQueryDifferenceOptions } from "./per_query_difference.ts";
export { sweep, type SweepOptions, type SweepPoint } from "./sweep.ts";
export { transfer, type TransferCell, type TransferOptions } from "./transfer.ts";
export {
  browse,
  type BrowseOptions,
  changedQueries,
  type ChangedQueriesOptions,
  type DiffPiece,
  diffText,
  type Explorer,
  type QueryView,
  showQuery,
  type ShowQueryOptions,
  type TextDiff,
} from "./explorer/mod.ts";
export { CHARTS } from "./charts.ts";
export { colors, cssVariables } from "./drawing/theme.ts";
export type { ChartPart, IntervalOptions } from "./drawing/chart_part.ts";
export type { Chart, ChartOptions, ChartSaveOptions, ChartSvgOptions, Palette, Spec, Width } from "./types.ts";
