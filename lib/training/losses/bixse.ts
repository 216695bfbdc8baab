import * as z from "zod";
import type { OptionShape } from "../../core/parse_options.ts";
import { add, cast, div, equal, greater, minimum, mul, not, reduceSum, relu, softplus, sub } from "../../graph/mod.ts";
import { lossPart, makeLoss } from "./loss_part.ts";
import { meanOfQueries } from "./parts.ts";
import type { Loss, LossPart } from "./types.ts";

/**
 * Options of {@link bixse}.
 *
 * @category Training
 */
export interface BiXSEOptions {
  /**
   * Divides the cosines.
   *
   * @default {0.05}
   */
  temperature?: number;
  /**
   * Added to the cosines over the temperature. With the default a cosine of 0.5 is the border of relevance.
   *
   * @default {-10}
   */
  bias?: number;
  /**
   * Grade that counts as certain; lower ones as their share of it, higher ones as certain, too.
   *
   * @default {1}
   */
  topGrade?: number;
  /**
   * Whether written passages of recipe `graded` count with their level, 0 to 3, and known positives with 3. Set
   * `topGrade` to 3 with it.
   *
   * @default {false}
   */
  levels?: boolean;
}

/** Part of {@link bixse}. */
export const BIXSE: LossPart<"bixse"> = lossPart({
  name: "bixse",
  about: "binary cross-entropy on graded labels, pair by pair (BiXSE)",
  options: z.strictObject(
    {
      temperature: z.number().positive().default(0.05),
      bias: z.number().default(-10),
      topGrade: z.number().positive().default(1),
      levels: z.boolean().default(false),
    } satisfies OptionShape<BiXSEOptions>,
  ),
  needs: ({ levels }) => levels ? { levels } : {},
  build(inputs, { temperature, bias, topGrade }) {
    const { scores, relations, weights } = inputs;
    const logits = add(div(scores, temperature), bias);
    const labels = minimum(div(relu(relations), topGrade), 1);
    // -y log sigmoid(x) - (1 - y) log(1 - sigmoid(x)) = softplus(x) - y x
    const losses = sub(softplus(logits), mul(labels, logits));
    const known = cast(not(equal(relations, 0)), "float32");
    const counted = weights ? mul(known, weights) : known;
    const byQuery = reduceSum(mul(losses, counted), { axes: [1] });
    return meanOfQueries(inputs, byQuery, cast(greater(reduceSum(known, { axes: [1] }), 0), "float32"));
  },
});

/**
 * BiXSE (arXiv 2508.06781): binary cross-entropy between `sigmoid(cos / temperature + bias)` and graded labels from 0 to
 * 1, summed over a query's candidates, with `inBatch` those of the batch too. It needs no contrast within a query, so
 * that grades of single pairs suffice. The bias is a constant here; the paper trains it.
 *
 * @throws {ArgumentError} if an option is outside its domain.
 *
 * @example
 * ```ts
 * import { bixse } from "./mod.ts";
 * console.log(bixse({ levels: true, topGrade: 3 }).needs); // { levels: true }
 * ```
 *
 * @category Training
 */
export function bixse(options: BiXSEOptions = {}): Loss {
  return makeLoss(BIXSE, options);
}
