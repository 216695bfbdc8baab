import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError } from "../../core/errors.ts";
import { add, mul } from "../../graph/mod.ts";
import { checkPositive, lossName } from "./parts.ts";
import type { Loss } from "../types.ts";

/** Options of {@link matryoshka}. */
export interface MatryoshkaOptions {
  /** Lengths to which embeddings are cut; name the full one too. */
  dimensions: readonly number[];
  /** Weight of each. @default 1 for all */
  weights?: readonly number[];
}

const MATRYOSHKA_OPTIONS: OptionKinds<MatryoshkaOptions> = { dimensions: "array", weights: "array" };

/**
 * Matryoshka representation learning (Kusupati et al. 2022) around any loss: the weighted sum of the loss on the first d
 * numbers of the embeddings, normalised again, for every d.
 */
export function matryoshka(loss: Loss, options: MatryoshkaOptions): Loss {
  checkOptions<MatryoshkaOptions>("matryoshka", options, MATRYOSHKA_OPTIONS);
  const { dimensions, weights = dimensions.map(() => 1) } = options;
  if (dimensions.length === 0 || dimensions.some((d) => !(Number.isInteger(d) && d >= 1))) {
    throw new ArgumentError(`Found dimensions [${dimensions}], wanted integers from 1`, { field: "dimensions" });
  }
  if (weights.length !== dimensions.length) {
    throw new ArgumentError(`Found ${weights.length} weights, wanted one for each of ${dimensions.length} dimensions`, {
      field: "weights",
    });
  }
  for (const weight of weights) checkPositive("weights", weight);
  return {
    name: lossName("matryoshka", { loss: loss.name, dimensions: dimensions.join("+"), weights: weights.join("+") }),
    needs: loss.needs,
    build(inputs) {
      if (!inputs.truncated) throw new ArgumentError("Matryoshka needs embeddings that can be cut, not scores alone");
      return dimensions
        .map((d, i) => mul(loss.build({ ...inputs, scores: inputs.truncated!(d) }), weights[i]))
        .reduce((a, b) => add(a, b));
    },
  };
}
