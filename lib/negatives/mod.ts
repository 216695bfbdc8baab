/**
 * Negatives: mine, filter, sample, audit, exchange with other libraries.
 *
 * @example
 * ```ts
 * import { loadCollection } from "@syneg/kit";
 * import { audit, filterNegatives, filters, mine } from "@syneg/kit/negatives";
 * const facets = await loadCollection("facets");
 * const mined = await mine(facets, { source: "bm25", depth: 10 });
 * const negatives = await filterNegatives(mined, facets, [filters.relativeMargin(0.05)]);
 * console.log((await audit(negatives, facets)).ok);
 * ```
 *
 * @module
 */
export { mine, mineBlocks } from "./mining/mine.ts";
export { checkMining, type MineOptions } from "./mining/mine_options.ts";
export type { MinerPart } from "./mining/miner.ts";
export { type MinerName, MINERS } from "./mining/registry.ts";
export type { MinedBlock, MiningTask } from "./mining/miner.ts";
export { type Refresh, refresh, type RefreshOptions, type RefreshState } from "./mining/refresh.ts";
export { conan, type ConanOptions } from "./mining/conan.ts";
export { REFRESHES, type RefreshNeeds, type RefreshPart } from "./mining/refreshes.ts";
export { rescore, type RescoreOptions } from "./mining/rescore.ts";

export { filterNegatives, type FilterNegativesOptions } from "./filters/filter_negatives.ts";
export * as filters from "./filters/mod.ts";
export { type FilterPart, FILTERS } from "./filters/registry.ts";
export type { Filter } from "./filters/types.ts";
export type { FilterNeeds } from "./filters/needs.ts";
export type { FilterOptions } from "./filters/filter_options.ts";
export type { Pair, PairScorer } from "./filters/pair_scorer.ts";
export { ruleOf, waterfall, type WaterfallStep } from "./filters/waterfall.ts";
export { type Disagreement, type Judged, readReviews, type VerdictAgreement, verdictAgreement } from "./review/mod.ts";
export type { Decision } from "./rules/decision.ts";
export { checkThreshold } from "./rules/positive_rules.ts";
export type { Margin } from "./rules/margins.ts";
export type { ScoreRange } from "./rules/score_range.ts";

export * as samplers from "./sampling/mod.ts";
export {
  CURRICULA,
  type CurriculumPart,
  type MixerPart,
  MIXERS,
  type SamplerPart,
  SAMPLERS,
} from "./sampling/registry.ts";
export type { Mix, MixOptions } from "./sampling/mix.ts";
export type { SamplerOptions } from "./sampling/sampler_options.ts";
export type { Stage } from "./sampling/curriculum.ts";
export type { Candidates, Draw, Instance, Picked, Sampler, Shortfall } from "./types.ts";

export { audit, type AuditOptions } from "./audit/audit.ts";
export type { CheckName } from "./audit/audit_checks.ts";
export { Audit, type Check } from "./audit/audit_report.ts";
export {
  type FalseNegativeOptions,
  type FalseNegatives,
  falseNegatives,
  falseNegativeTable,
} from "./audit/false_negatives.ts";
export { type FilterEffect, type FilterEffectOptions, filterEffects } from "./audit/filter_effects.ts";
export { type Shortcut, shortcut, type ShortcutOptions } from "./audit/shortcut.ts";
export type { FeatureGroup } from "./audit/style.ts";

export {
  type Example,
  type ExamplePassage,
  type ExchangeFormat,
  exportNegatives,
  type ExportOptions,
  type ExportReport,
  type Fail,
  type Field,
  type FormatName,
  type FormatPart,
  FORMATS,
  type ImportedNegatives,
  importNegatives,
  type ImportOptions,
  readNegatives,
  type ReadNegativesOptions,
  type RecordRow,
  type Written,
} from "./exchange/mod.ts";

export { type NegativesContext } from "./context.ts";
export { type Pool, poolOf } from "./pool.ts";
