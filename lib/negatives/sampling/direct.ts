import * as z from "zod";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import { random } from "../../core/random.ts";
import type { Sampler } from "../types.ts";
import { type Mix, MIX_SHAPE, type MixOptions, sharesOf, take, usedSources } from "./mix.ts";
import { samplerOf } from "./sampler.ts";
import { systematic } from "./systematic.ts";

/**
 * Options of {@link direct}.
 *
 * @category Negatives
 */
export interface DirectOptions extends MixOptions {
  /**
   * What is drawn from the pooled sources: single negatives, or whole instances with negatives of one source each.
   * @default {"negative"}
   */
  unit?: "negative" | "instance";
}

const OPTIONS = z.strictObject(
  { ...MIX_SHAPE, unit: z.enum(["negative", "instance"]).default("negative") } satisfies OptionShape<DirectOptions>,
);

/**
 * The control of `hybrid`: the same mix, held over the data set as a whole. Every negative (or every instance) draws its
 * source with the mix's shares, so an instance may hold one source only (SyNeg's "direct mix").
 *
 * @throws {ArgumentError} for an unknown source, a part below 0, parts that sum to 0.
 *
 * @example
 * ```ts
 * import { samplers } from "@syneg/kit/negatives";
 * console.log(samplers.direct({ synthetic: 1, bm25: 3 }, { unit: "instance" }).name); // direct
 * ```
 * @category Negatives
 */
export function direct(mix: Mix, options: DirectOptions = {}): Sampler {
  const { seed, unit, ...rest } = parseOptions("direct", OPTIONS, options);
  const shares = sharesOf(mix, { seed, ...rest });
  const root = random(seed).fork("direct");
  const source = (u: number) => {
    let sum = 0;
    const at = shares.expected.findIndex((part) => u * shares.total < (sum += part));
    return at >= 0 ? at : shares.expected.findLastIndex((part) => part > 0);
  };
  return samplerOf({
    name: "direct",
    settings: { mix, ...options },
    pick(candidates, epoch) {
      const stream = root.fork(epoch).fork(candidates.queryId);
      const [total] = systematic([shares.total], stream.next());
      const counts = shares.sources.map(() => 0);
      if (unit === "instance") counts[source(stream.next())] = total;
      else for (let i = 0; i < total; i++) counts[source(stream.next())]++;
      return take(candidates, epoch, shares, counts);
    },
    sources: usedSources(shares),
  });
}

/** {@link direct} as an entry of the registry. */
export const DIRECT = {
  name: "direct",
  about: "the mix holds over the whole data set; the control of hybrid",
  options: OPTIONS,
  make: (options: DirectOptions, mix: Mix): Sampler => direct(mix, options),
} as const;
