/**
 * Samplers, as the namespace `samplers`: `samplers.hybrid({ synthetic: 1, bm25: 3 })`.
 *
 * @module
 */
export { uniform } from "./uniform.ts";
export { top } from "./top.ts";
export { rankWeighted, type RankWeightedOptions } from "./rank_weighted.ts";
export { simans, type SimansOptions } from "./simans.ts";
export { hybrid } from "./hybrid.ts";
export { direct, type DirectOptions } from "./direct.ts";
export { curriculum, type Stage } from "./curriculum.ts";
export { easyToHard, type EasyToHardOptions } from "./easy_to_hard.ts";
export type { Mix, MixOptions } from "./mix.ts";
export type { SamplerOptions } from "./sampler_options.ts";
