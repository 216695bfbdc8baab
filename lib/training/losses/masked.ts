import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { add, and, equal, greater, where } from "../../graph/mod.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { ArgumentError } from "../../core/errors.ts";
import { lossName, lowestPositive } from "./parts.ts";
import { IN_BATCH_NEGATIVE, type Loss, type LossInputs } from "../types.ts";

/** Options of {@link masked} and {@link gist}. */
export interface MaskOptions {
  /** An in-batch negative that exceeds the query's lowest positive by more than this is ignored. @default 0.1, of gist 0 */
  margin?: number;
}

const MASK_OPTIONS: OptionKinds<MaskOptions> = { margin: "number" };

/**
 * Ignores in-batch negatives that the encoder itself scores above the positive, `s > s+ + margin` (Qwen3-Embedding):
 * they are probably unlabelled positives. A query's own negatives stay.
 */
export function masked(loss: Loss, options: MaskOptions = {}): Loss {
  checkOptions<MaskOptions>("masked", options, MASK_OPTIONS);
  const { margin = 0.1 } = options;
  checkMargin(margin);
  return {
    name: lossName("masked", { loss: loss.name, margin }),
    needs: loss.needs,
    build: (inputs) => loss.build(without(inputs, inputs.scores, margin)),
  };
}

/** As {@link masked}, by the judgement of a guide encoder (GISTEmbed, arXiv 2402.16829). */
export function gist(loss: Loss, options: MaskOptions = {}): Loss {
  checkOptions<MaskOptions>("gist", options, MASK_OPTIONS);
  const { margin = 0 } = options;
  checkMargin(margin);
  return {
    name: lossName("gist", { loss: loss.name, margin }),
    needs: { ...loss.needs, guide: true },
    build: (inputs) => loss.build(without(inputs, inputs.guide!, margin)),
  };
}

function checkMargin(margin: number): void {
  if (!Number.isFinite(margin)) throw new ArgumentError(`Found margin ${margin}, wanted a number`, { field: "margin" });
}

function without(inputs: LossInputs, judge: Tensor, margin: number): LossInputs {
  const above = greater(judge, add(lowestPositive(inputs, judge), margin));
  const suspect = and(equal(inputs.relations, IN_BATCH_NEGATIVE), above);
  return { ...inputs, relations: where(suspect, 0, inputs.relations) };
}
