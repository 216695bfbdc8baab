import { SAMPLER_OPTIONS } from "../types.ts";
import { checkOptions } from "../../core/options.ts";
import { simpleSampler } from "./sampler.ts";
import type { Sampler, SamplerOptions } from "../types.ts";

/**
 * Draws `count` negatives per query, each set equally likely, without repetition.
 *
 * @example
 * ```ts
 * import { NEGATIVES, tableOf, uniform } from "@syneg/kit";
 * const row = { query_id: "q1", source: "random", verdict: "kept" } as const;
 * const negatives = tableOf(NEGATIVES, ["d1", "d2", "d3"].map((doc_id) => ({ ...row, doc_id })));
 * console.log(uniform({ count: 2, seed: 7 }).draw(negatives, new Map([["q1", ["d9"]]]), 0).instances);
 * ```
 */
export function uniform(options: SamplerOptions): Sampler {
  checkOptions<SamplerOptions>("uniform", options, SAMPLER_OPTIONS);
  return simpleSampler(
    "uniform",
    options,
    ({ rows }, count, stream) => stream.sample(rows.length, count).map((i) => rows[i]),
  );
}
