import { MIX_OPTIONS } from "./mix.ts";
import { checkOptions } from "../../core/options.ts";
import { random } from "../../core/random.ts";
import { type Mix, type MixOptions, sharesOf, take, used } from "./mix.ts";
import { samplerOf } from "./sampler.ts";
import type { Sampler } from "../types.ts";

/**
 * Mixes sources within every instance, as SyNeg does: (q, d⁺, [1 synthetic, 3 bm25 …]) (Li et al., arXiv 2412.17250).
 *
 * Without `count` the mix counts negatives per instance; with `count` it is a ratio. Counts that are not whole are met in
 * expectation: each instance gets the floor or the ceiling of every source's count, by systematic sampling with one
 * seeded number per query and epoch, so that the sum is whole, too. A source that lacks candidates is a shortfall, never
 * filled from another one. No document is drawn twice for an instance, though two sources found it.
 *
 * @throws {ArgumentError} for an unknown source, a part below 0, parts that sum to 0.
 *
 * @example
 * ```ts
 * import { hybrid } from "@syneg/kit";
 * const counts = hybrid({ synthetic: 1, bm25: 3 }, { seed: 7 });
 * const ratio = hybrid({ synthetic: 0.7, bm25: 1 }, { count: 7, seed: 7 }); // R = 0.7, in expectation
 * console.log(counts.name, ratio.name);
 * ```
 */
export function hybrid(mix: Mix, options: MixOptions = {}): Sampler {
  checkOptions<MixOptions>("hybrid", options, MIX_OPTIONS);
  const shares = sharesOf(mix, options);
  const root = random(options.seed ?? 0).fork("hybrid");
  return samplerOf("hybrid", { mix, ...options }, (candidates, epoch) => {
    const offset = root.fork(epoch).fork(candidates.queryId).next();
    return take(candidates, epoch, shares, systematic(shares.expected, offset));
  }, used(shares));
}

/**
 * Whole counts with the given expectations: floor(c_i + u) - floor(c_{i-1} + u) over the cumulative sums c, u uniform in
 * [0, 1). Sums within rounding error of a whole number count as that number.
 */
export function systematic(expected: readonly number[], offset: number): number[] {
  let sum = 0;
  let before = 0;
  return expected.map((value) => {
    sum += value;
    const near = Math.round(sum);
    const until = Math.abs(sum - near) < 1e-9 ? near : Math.floor(sum + offset);
    const count = until - before;
    before = until;
    return count;
  });
}
