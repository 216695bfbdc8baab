/**
 * Evaluation: trec_eval's measures, tests and intervals, suites of collections.
 *
 * @example
 * ```ts
 * import { compareSuites, evaluateSuite } from "@syneg/kit/evaluation";
 * import { loadEncoder } from "@syneg/kit";
 * const suite = { name: "own", collections: [{ name: "facets", collection: "facets", split: "dev" }] };
 * const dense = await Array.fromAsync(evaluateSuite(await loadEncoder("built-in"), suite));
 * const bm25 = await Array.fromAsync(evaluateSuite("bm25", suite));
 * console.log(compareSuites(dense, bm25).overall.difference.toFixed(2)); // 0.04
 * ```
 *
 * @module
 */
export { compare, type CompareOptions, type Comparison } from "./compare.ts";
export * from "./compare_arms.ts";
export {
  type ContrastiveInformation,
  contrastiveInformation,
  type ContrastiveInformationOptions,
} from "./contrastive_information.ts";
export { effectiveRank } from "./effective_rank.ts";
export { separability } from "./separability.ts";
export * from "./evaluate.ts";
export * from "./evaluate_encoder.ts";
export * from "./evaluate_collections.ts";
export * from "./geometry.ts";
export * from "./holm.ts";
export { latex } from "./latex.ts";
export * from "./measure.ts";
export { type JudgedRanking, type MeasurePart, MEASURES, type QueryMeasure } from "./measures/mod.ts";
export type { Sample, Series } from "./sample.ts";
export type { SignificanceOptions } from "./significance_options.ts";
export {
  type BiggestChanges,
  biggestChanges,
  type BiggestChangesOptions,
  type Change,
  type GroupScore,
  mean,
  scoresBy,
  type ScoresByOptions,
} from "./scores/mod.ts";
export { rankCorrelation } from "./rank_correlation.ts";
export * from "./similarities.ts";
export * from "./suite/mod.ts";
export { summarize, type Summary } from "./summarize.ts";
export * from "./trec_report.ts";
