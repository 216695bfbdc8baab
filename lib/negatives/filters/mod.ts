/**
 * Filters, as the namespace `filters`: `filters.relativeMargin(0.05)`.
 *
 * @module
 */
export { positiveGuard, type PositiveGuardOptions } from "./positive_guard.ts";
export { nearDuplicates, type NearDuplicatesOptions } from "./near_duplicates.ts";
export { rankWindow, type RankWindowOptions } from "./rank_window.ts";
export { scoreWindow, type ScoreWindowOptions } from "./score_window.ts";
export { absoluteMargin } from "./absolute_margin.ts";
export { relativeMargin } from "./relative_margin.ts";
export { softMargin, type SoftMarginOptions } from "./soft_margin.ts";
export { vectorGuard } from "./vector_guard.ts";
export { crossEncoder, type CrossEncoderOptions } from "./cross_encoder.ts";
export { judged, type JudgedOptions } from "./judged.ts";
export { verdicts } from "./verdicts.ts";
export type { FilterOptions } from "./filter_options.ts";
