import * as z from "zod";
import { parseOptions } from "../../core/parse_options.ts";
import type { Sampler } from "../types.ts";
import { simpleSampler } from "./sampler.ts";
import { SAMPLER_SHAPE, type SamplerOptions } from "./sampler_options.ts";

const OPTIONS = z.strictObject(SAMPLER_SHAPE);

/**
 * Takes the first `count` negatives of every query by rank, the same in every epoch. Rows of equal rank (from two
 * sources) and rows without a rank (last) keep the table's order.
 *
 * @example
 * ```ts
 * import { samplers } from "@syneg/kit/negatives";
 * console.log(samplers.top({ count: 4, sources: ["bm25"] }).name); // top
 * ```
 * @category Negatives
 */
export function top(options: SamplerOptions): Sampler {
  const parsed = parseOptions("top", OPTIONS, options);
  return simpleSampler({ name: "top", settings: options, options: parsed }, ({ rows, pool }, count) => {
    const rank = (row: number) => Number.isNaN(pool.rank(row)) ? Infinity : pool.rank(row);
    return [...rows].sort((a, b) => rank(a) === rank(b) ? a - b : rank(a) - rank(b)).slice(0, count);
  });
}

/** {@link top} as an entry of the registry. */
export const TOP = {
  name: "top",
  about: "the first negatives of a query by rank",
  options: OPTIONS,
  make: top,
} as const;
