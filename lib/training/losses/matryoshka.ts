import * as z from "zod";
import { ArgumentError } from "../../core/errors.ts";
import type { OptionShape } from "../../core/parse_options.ts";
import { add, mul } from "../../graph/mod.ts";
import { wrapLoss, wrapperPart } from "./loss_part.ts";
import type { Loss, LossWrapperPart } from "./types.ts";

/**
 * Options of {@link matryoshka}.
 *
 * @category Training
 */
export interface MatryoshkaOptions {
  /** Lengths to which embeddings are truncated; include the full length. */
  dimensions: readonly number[];
  /** Weight of each length. Omit to weigh all alike. */
  weights?: readonly number[];
}

/** Part of {@link matryoshka}. */
export const MATRYOSHKA: LossWrapperPart<"matryoshka"> = wrapperPart({
  name: "matryoshka",
  about: "trains embeddings that can be truncated",
  options: z.strictObject(
    {
      dimensions: z.array(z.int().min(1)).min(1).readonly().describe("one or more integers >= 1"),
      weights: z.array(z.number().positive()).readonly().optional(),
    } satisfies OptionShape<MatryoshkaOptions>,
  ).check(({ value: { dimensions, weights = dimensions }, issues }) => {
    if (weights.length === dimensions.length) return;
    const message = `${weights.length} weights do not match ${dimensions.length} dimensions`;
    issues.push({ code: "custom", input: weights, path: ["weights"], message });
  }),
  resolve: ({ dimensions, weights = dimensions.map(() => 1) }) => ({ dimensions, weights }),
  build(loss, inputs, { dimensions, weights }) {
    const { truncated } = inputs;
    if (!truncated) throw new ArgumentError("matryoshka needs embeddings that it can truncate, found scores only");
    return dimensions
      .map((d, i) => mul(loss.build({ ...inputs, scores: truncated(d) }), weights[i]))
      .reduce((a, b) => add(a, b));
  },
});

/**
 * Matryoshka representation learning (Kusupati et al. 2022) around any loss: the weighted sum of the loss on the first d
 * numbers of the embeddings, normalized again, for every d.
 *
 * @throws {ArgumentError} if an option is outside its domain.
 *
 * @example
 * ```ts
 * import { infoNCE, matryoshka } from "./mod.ts";
 * console.log(matryoshka(infoNCE(), { dimensions: [64, 256] }).name);
 * ```
 *
 * @category Training
 */
export function matryoshka(loss: Loss, options: MatryoshkaOptions): Loss {
  return wrapLoss(MATRYOSHKA, loss, options);
}
