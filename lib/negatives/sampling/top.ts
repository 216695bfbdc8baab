import { SAMPLER_OPTIONS } from "../types.ts";
import { checkOptions } from "../../core/options.ts";
import { simpleSampler } from "./sampler.ts";
import type { Sampler, SamplerOptions } from "../types.ts";

/**
 * Takes the first `count` negatives of every query by rank, the same in every epoch. Rows of equal rank (two sources) and
 * rows without a rank (last) stand in the table's order.
 */
export function top(options: SamplerOptions): Sampler {
  checkOptions<SamplerOptions>("top", options, SAMPLER_OPTIONS);
  return simpleSampler("top", options, ({ rows, pool }, count) => {
    const rank = (row: number) => Number.isNaN(pool.rank(row)) ? Infinity : pool.rank(row);
    return [...rows].sort((a, b) => rank(a) === rank(b) ? a - b : rank(a) - rank(b)).slice(0, count);
  });
}
