import * as z from "zod";
import type { OptionShape } from "../../core/parse_options.ts";
import { type Source, SOURCES } from "../../tables/schema.ts";

/**
 * Options of every simple sampler.
 *
 * @category Negatives
 */
export interface SamplerOptions {
  /** Negatives per query. Omit it only if the sampler works inside another one. */
  count?: number;
  /**
   * Seed of the random stream.
   * @default {0}
   */
  seed?: number | string;
  /** Sources to draw from. Omit for all. */
  sources?: readonly Source[];
}

/** A seed: two equal seeds give equal streams. */
export const SEED: z.ZodType<number | string, number | string> = z.union([z.number(), z.string()]).describe(
  "a number or a string",
);

/** Schema of {@link SamplerOptions}, to be spread into a sampler's own. */
export const SAMPLER_SHAPE = {
  count: z.int().min(1).optional(),
  seed: SEED.default(0),
  sources: z.array(z.enum(SOURCES)).optional(),
} satisfies OptionShape<SamplerOptions>;
