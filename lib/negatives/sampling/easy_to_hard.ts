import * as z from "zod";
import { parseOptions } from "../../core/parse_options.ts";
import type { Sampler } from "../types.ts";
import { curriculum } from "./curriculum.ts";

/**
 * Options of {@link easyToHard}.
 *
 * @category Negatives
 */
export interface EasyToHardOptions {
  /**
   * Epochs of the easy and of the middle stage; the hard one lasts to the end.
   * @default {1}
   */
  epochs?: number;
}

const OPTIONS = z.strictObject({ epochs: z.int().min(1).default(1) });

/**
 * A curriculum in three stages: each query's easier half by score, its middle half, its harder half.
 *
 * @param sampler Draws within each stage.
 *
 * @example
 * ```ts
 * import { samplers } from "@syneg/kit/negatives";
 * console.log(samplers.easyToHard(samplers.uniform({ count: 4 }), { epochs: 2 }).name); // curriculum
 * ```
 * @category Negatives
 */
export function easyToHard(sampler: Sampler, options: EasyToHardOptions = {}): Sampler {
  const { epochs } = parseOptions("easyToHard", OPTIONS, options);
  return curriculum([
    { epochs, hardness: [0, 0.5], sampler },
    { epochs, hardness: [0.25, 0.75], sampler },
    { hardness: [0.5, 1], sampler },
  ]);
}

/** {@link easyToHard} as an entry of the registry. */
export const EASY_TO_HARD = {
  name: "easy-to-hard",
  about: "the easier half of each query's negatives, then the middle, then the harder half",
  options: OPTIONS,
  make: (options: EasyToHardOptions, sampler: Sampler): Sampler => easyToHard(sampler, options),
} as const;
