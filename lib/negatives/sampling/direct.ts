import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { random } from "../../core/random.ts";
import { type Mix, type MixOptions, sharesOf, take, used } from "./mix.ts";
import { samplerOf } from "./sampler.ts";
import { systematic } from "./hybrid.ts";
import type { Sampler } from "../types.ts";

/** Options of {@link direct}. */
export interface DirectOptions extends MixOptions {
  /**
   * What is drawn from the pooled data set: each negative by itself, or each instance whole, with negatives of one
   * source only. @default "negative"
   */
  unit?: "negative" | "instance";
}

const DIRECT_OPTIONS: OptionKinds<DirectOptions> = {
  count: "number",
  seed: "string|number",
  within: "object",
  unit: "string",
};

/**
 * The control of {@link hybrid}: the same mix, but held over the data set as a whole. Every negative (or every instance)
 * gets its source by a draw of its own with the mix's shares, so an instance may see one source only (SyNeg's "direct
 * mix").
 */
export function direct(mix: Mix, options: DirectOptions = {}): Sampler {
  checkOptions<DirectOptions>("direct", options, DIRECT_OPTIONS);
  const shares = sharesOf(mix, options);
  const root = random(options.seed ?? 0).fork("direct");
  const source = (u: number) => {
    let sum = 0;
    const at = shares.expected.findIndex((part) => u * shares.total < (sum += part));
    return at >= 0 ? at : shares.expected.findLastIndex((part) => part > 0);
  };
  return samplerOf("direct", { mix, ...options }, (candidates, epoch) => {
    const stream = root.fork(epoch).fork(candidates.queryId);
    const [total] = systematic([shares.total], stream.next());
    const counts = shares.sources.map(() => 0);
    if (options.unit === "instance") counts[source(stream.next())] = total;
    else for (let i = 0; i < total; i++) counts[source(stream.next())]++;
    return take(candidates, epoch, shares, counts);
  }, used(shares));
}
