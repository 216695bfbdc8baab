import * as z from "zod";
import type { OptionShape } from "../../core/parse_options.ts";
import { add, and, equal, greater, where } from "../../graph/mod.ts";
import type { Tensor } from "../../graph/graph.ts";
import { IN_BATCH_NEGATIVE } from "../relations.ts";
import { wrapLoss, wrapperPart } from "./loss_part.ts";
import { lowestPositive } from "./parts.ts";
import type { Loss, LossInputs, LossWrapperPart } from "./types.ts";

/**
 * Options of {@link masked}.
 *
 * @category Training
 */
export interface MaskedOptions {
  /**
   * Ignores an in-batch negative that exceeds the query's lowest positive by more than this.
   *
   * @default {0.1}
   */
  margin?: number;
}

/** Part of {@link masked}. */
export const MASKED: LossWrapperPart<"masked"> = wrapperPart({
  name: "masked",
  about: "ignores in-batch negatives that the encoder scores above the positive",
  options: z.strictObject({ margin: z.number().default(0.1) } satisfies OptionShape<MaskedOptions>),
  build: (loss, inputs, { margin }) => loss.build(ignoreAbove(inputs, inputs.scores, margin)),
});

/**
 * Ignores in-batch negatives that the encoder itself scores above the positive, `s > s+ + margin` (Qwen3-Embedding):
 * they are probably unlabeled positives. A query's own negatives are kept.
 *
 * @throws {ArgumentError} if an option is outside its domain.
 *
 * @example
 * ```ts
 * import { infoNCE, masked } from "./mod.ts";
 * console.log(masked(infoNCE(), { margin: 0.05 }).name);
 * ```
 *
 * @category Training
 */
export function masked(loss: Loss, options: MaskedOptions = {}): Loss {
  return wrapLoss(MASKED, loss, options);
}

/** Inputs in which in-batch negatives that `judge` scores above the lowest positive plus `margin` are ignored. */
export function ignoreAbove(inputs: LossInputs, judge: Tensor, margin: number): LossInputs {
  const above = greater(judge, add(lowestPositive(inputs, judge), margin));
  const suspect = and(equal(inputs.relations, IN_BATCH_NEGATIVE), above);
  return { ...inputs, relations: where(suspect, 0, inputs.relations) };
}
