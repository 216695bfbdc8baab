import * as z from "zod";
import { parseOptions } from "../../core/parse_options.ts";
import { random } from "../../core/random.ts";
import type { Sampler } from "../types.ts";
import { type Mix, MIX_SHAPE, type MixOptions, sharesOf, take, usedSources } from "./mix.ts";
import { samplerOf } from "./sampler.ts";
import { systematic } from "./systematic.ts";

const OPTIONS = z.strictObject(MIX_SHAPE);

/**
 * Mixes sources within every instance, as SyNeg does: (q, d⁺, [1 synthetic, 3 bm25 …]) (Li et al., arXiv 2412.17250).
 *
 * Without `count` the mix counts negatives per instance; with `count` it is a ratio. Fractional counts are met in
 * expectation: each instance gets the floor or the ceiling of every source's count, by systematic sampling with one
 * seeded number per query and epoch, so the sum stays whole. What a source lacks is a shortfall, never filled from
 * another source. A document found by two sources is drawn once.
 *
 * @throws {ArgumentError} for an unknown source, a part below 0, parts that sum to 0.
 *
 * @example
 * ```ts
 * import { samplers } from "@syneg/kit/negatives";
 * const counts = samplers.hybrid({ synthetic: 1, bm25: 3 }, { seed: 7 });
 * const ratio = samplers.hybrid({ synthetic: 0.7, bm25: 1 }, { count: 7, seed: 7 }); // R = 0.7, in expectation
 * console.log(counts.name, ratio.name);
 * ```
 * @category Negatives
 */
export function hybrid(mix: Mix, options: MixOptions = {}): Sampler {
  const { seed, ...rest } = parseOptions("hybrid", OPTIONS, options);
  const shares = sharesOf(mix, { seed, ...rest });
  const root = random(seed).fork("hybrid");
  return samplerOf({
    name: "hybrid",
    settings: { mix, ...options },
    pick(candidates, epoch) {
      const offset = root.fork(epoch).fork(candidates.queryId).next();
      return take(candidates, epoch, shares, systematic(shares.expected, offset));
    },
    sources: usedSources(shares),
  });
}

/** {@link hybrid} as an entry of the registry. */
export const HYBRID = {
  name: "hybrid",
  about: "every instance holds the mix (SyNeg, arXiv 2412.17250)",
  options: OPTIONS,
  make: (options: MixOptions, mix: Mix): Sampler => hybrid(mix, options),
} as const;
