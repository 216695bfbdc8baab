import * as z from "zod";
import type { OptionShape } from "../../core/parse_options.ts";
import {
  add,
  and,
  cast,
  div,
  equal,
  exp,
  greater,
  mul,
  or,
  reduceSum,
  stopGradient,
  sub,
  unsqueeze,
  where,
} from "../../graph/mod.ts";
import type { Tensor } from "../../graph/graph.ts";
import { SOURCES } from "../../tables/sources.ts";
import { INFO_NCE } from "./info_nce.ts";
import { lossPart, makeLoss } from "./loss_part.ts";
import { meanOfQueries, negativeLogSum, negativeMask, positiveMask } from "./parts.ts";
import type { Loss, LossInputs, LossPart } from "./types.ts";

/**
 * Options of {@link causalNeg}.
 *
 * @category Training
 */
export interface CausalNegOptions {
  /**
   * Divides the cosines.
   *
   * @default {0.02}
   */
  temperature?: number;
  /**
   * Weight of the term on written negatives; 0 leaves InfoNCE.
   *
   * @default {0.05}
   */
  strength?: number;
}

/** Part of {@link causalNeg}. */
export const CAUSAL_NEG: LossPart<"causalNeg"> = lossPart({
  name: "causalNeg",
  about: "InfoNCE that spreads written negatives over the similarities (CausalNeg)",
  options: z.strictObject(
    {
      temperature: z.number().positive().default(0.02),
      strength: z.number().min(0).default(0.05),
    } satisfies OptionShape<CausalNegOptions>,
  ),
  needs: { sources: true },
  build(inputs, { temperature, strength }) {
    const contrast = INFO_NCE.make({ temperature, hardness: 0 }).build(inputs);
    return strength === 0 ? contrast : add(contrast, mul(spread(inputs, temperature), strength));
  },
});

/**
 * CausalNeg's loss (arXiv 2606.01304): InfoNCE + `strength` * (-H(p) + (sum p - |G| / (|M| + |G|))²). `p` are the
 * probabilities of a query's written negatives G in the softmax over all its negatives, M being the mined ones, and
 * `H(p) = -sum p log p`. The term spreads written negatives over the similarities, so that their source cannot be told
 * from their score. Its gradient flows through the written negatives only. A query without any has no such term.
 *
 * @throws {ArgumentError} if an option is outside its domain.
 *
 * @example
 * ```ts
 * import { causalNeg } from "./mod.ts";
 * console.log(causalNeg({ temperature: 0.05 }).needs); // { sources: true }
 * ```
 *
 * @category Training
 */
export function causalNeg(options: CausalNegOptions = {}): Loss {
  return makeLoss(CAUSAL_NEG, options);
}

/** Sources whose texts a model or a rule wrote, by their place in `SOURCES`. */
const WRITTEN = [SOURCES.indexOf("synthetic"), SOURCES.indexOf("edit")];

function spread(inputs: LossInputs, temperature: number): Tensor {
  const own = WRITTEN.map((code) => equal(inputs.sources!, code)).reduce((a, b) => or(a, b));
  const negative = negativeMask(inputs);
  const written = and(unsqueeze(own, [0]), greater(negative, 0));
  const logits = div(inputs.scores, temperature);
  // Only the written negatives' scores carry a gradient.
  const open = where(written, logits, stopGradient(logits));
  const logP = sub(open, negativeLogSum(inputs, open));
  const weight = mul(cast(written, "float32"), negative);
  const p = exp(where(written, logP, 0));
  const entropy = reduceSum(mul(mul(p, where(written, logP, 0)), weight), { axes: [1] });
  const mass = reduceSum(mul(p, weight), { axes: [1] });
  const count = reduceSum(weight, { axes: [1] });
  const all = reduceSum(negative, { axes: [1] });
  const excess = sub(mass, div(count, where(greater(all, 0), all, 1)));
  const answered = greater(reduceSum(positiveMask(inputs), { axes: [1] }), 0);
  const term = where(greater(count, 0), add(entropy, mul(excess, excess)), 0);
  return meanOfQueries(inputs, term, cast(answered, "float32"));
}
