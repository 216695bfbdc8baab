import { type OptionSchema, type Part, type Registry, registry } from "../../core/registry.ts";
import type { Sampler } from "../types.ts";
import { STAGES } from "./curriculum.ts";
import { DIRECT } from "./direct.ts";
import { EASY_TO_HARD } from "./easy_to_hard.ts";
import { HYBRID } from "./hybrid.ts";
import type { Mix } from "./mix.ts";
import { RANK_WEIGHTED } from "./rank_weighted.ts";
import { SIMANS } from "./simans.ts";
import { TOP } from "./top.ts";
import { UNIFORM } from "./uniform.ts";

/**
 * Entry of {@link SAMPLERS}.
 *
 * @category Negatives
 */
export type SamplerPart = Part<string, OptionSchema, readonly [], Sampler>;

/**
 * Rules that draw a query's negatives. A new sampler is one file and one line.
 *
 * @category Negatives
 */
export const SAMPLERS: Registry<SamplerPart> = registry<SamplerPart>("sampler", [UNIFORM, TOP, RANK_WEIGHTED, SIMANS]);

/**
 * Entry of {@link MIXERS}; it is made with a mix.
 *
 * @category Negatives
 */
export type MixerPart = Part<string, OptionSchema, readonly [mix: Mix], Sampler>;

/**
 * Rules that mix sources; each draws within a source by a sampler.
 *
 * @category Negatives
 */
export const MIXERS: Registry<MixerPart> = registry<MixerPart>("mixer", [HYBRID, DIRECT]);

/**
 * Entry of {@link CURRICULA}; it is made around a sampler.
 *
 * @category Negatives
 */
export type CurriculumPart = Part<string, OptionSchema, readonly [sampler: Sampler], Sampler>;

/**
 * Rules that change with the epoch what a sampler draws from.
 *
 * @category Negatives
 */
export const CURRICULA: Registry<CurriculumPart> = registry<CurriculumPart>("curriculum", [STAGES, EASY_TO_HARD]);
