import { type Registry, registry } from "../../core/registry.ts";
import { STAGES } from "./curriculum.ts";
import { DIRECT } from "./direct.ts";
import { EASY_TO_HARD } from "./easy_to_hard.ts";
import { HYBRID } from "./hybrid.ts";
import { RANK_WEIGHTED } from "./rank_weighted.ts";
import { SIMANS } from "./simans.ts";
import { TOP } from "./top.ts";
import { UNIFORM } from "./uniform.ts";

/** Entry of {@link SAMPLERS}. */
export type SamplerPart = typeof UNIFORM | typeof TOP | typeof RANK_WEIGHTED | typeof SIMANS;

/**
 * Rules that draw a query's negatives. A new sampler is one file and one line.
 *
 * @category Negatives
 */
export const SAMPLERS: Registry<SamplerPart> = registry("sampler", [UNIFORM, TOP, RANK_WEIGHTED, SIMANS]);

/** Entry of {@link MIXERS}. */
export type MixerPart = typeof HYBRID | typeof DIRECT;

/**
 * Rules that mix sources; each draws within a source by a sampler.
 *
 * @category Negatives
 */
export const MIXERS: Registry<MixerPart> = registry("mixer", [HYBRID, DIRECT]);

/** Entry of {@link CURRICULA}. */
export type CurriculumPart = typeof STAGES | typeof EASY_TO_HARD;

/**
 * Rules that change with the epoch what a sampler draws from.
 *
 * @category Negatives
 */
export const CURRICULA: Registry<CurriculumPart> = registry("curriculum", [STAGES, EASY_TO_HARD]);
