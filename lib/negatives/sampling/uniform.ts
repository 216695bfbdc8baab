import * as z from "zod";
import { parseOptions } from "../../core/parse_options.ts";
import type { Sampler } from "../types.ts";
import { simpleSampler } from "./sampler.ts";
import { SAMPLER_SHAPE, type SamplerOptions } from "./sampler_options.ts";

const OPTIONS = z.strictObject(SAMPLER_SHAPE);

/**
 * Draws `count` negatives per query without replacement; every set is equally likely.
 *
 * @example
 * ```ts
 * import { NEGATIVES, tableOf } from "@syneg/kit/tables";
 * import { samplers } from "@syneg/kit/negatives";
 * const row = { query_id: "q1", source: "random", verdict: "kept" } as const;
 * const negatives = tableOf(NEGATIVES, ["d1", "d2", "d3"].map((doc_id) => ({ ...row, doc_id })));
 * const sampler = samplers.uniform({ count: 2, seed: 7 });
 * console.log(sampler.draw(negatives, new Map([["q1", ["d9"]]]), 0).instances);
 * ```
 * @category Negatives
 */
export function uniform(options: SamplerOptions): Sampler {
  const parsed = parseOptions("uniform", OPTIONS, options);
  return simpleSampler(
    { name: "uniform", settings: options, options: parsed },
    ({ rows }, count, stream) => stream.sample(rows.length, count).map((i) => rows[i]),
  );
}

/** {@link uniform} as an entry of the registry. */
export const UNIFORM = {
  name: "uniform",
  about: "every negative of a query is equally likely",
  options: OPTIONS,
  make: uniform,
} as const;
