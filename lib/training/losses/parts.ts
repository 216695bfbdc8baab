import {
  add,
  cast,
  div,
  equal,
  gatherElements,
  greater,
  less,
  log,
  logSumExp,
  maximum,
  mul,
  neg,
  not,
  reduceMax,
  reduceSum,
  unsqueeze,
  where,
} from "../../graph/mod.ts";
import type { Tensor } from "../../graph/graph.ts";
import type { LossInputs } from "./types.ts";

/** Minus infinity for logits: far below any cosine over any temperature, far from overflow. */
const NEVER = -1e30;

/** The weight of every negative of a query, 0 for other candidates: `[queries, candidates]`. */
export function negativeMask({ relations, weights }: LossInputs): Tensor {
  const mask = cast(less(relations, 0), "float32");
  return weights ? mul(mask, weights) : mask;
}

/** 1 for a query's positives, 0 in the padding: `[queries, positives]`. */
export function positiveMask({ grades }: LossInputs): Tensor {
  return cast(greater(grades, 0), "float32");
}

/** The negative's weight for every pair of a query's positives and negatives, else 0: `[queries, positives, candidates]`. */
export function pairMask(inputs: LossInputs): Tensor {
  return mul(unsqueeze(positiveMask(inputs), [2]), unsqueeze(negativeMask(inputs), [1]));
}

/** The cells of a `[queries, candidates]` matrix that belong to the positives: `[queries, positives]`. */
export function ofPositives({ columns }: LossInputs, matrix: Tensor): Tensor {
  return gatherElements(matrix, columns, { axis: 1 });
}

/** The lowest value of a query's positives, `[queries, 1]`; very high without any. */
export function lowestPositive(inputs: LossInputs, matrix: Tensor): Tensor {
  const values = where(greater(inputs.grades, 0), neg(ofPositives(inputs, matrix)), NEVER);
  return neg(reduceMax(values, { axes: [1], keepDims: true }));
}

/** logsumexp over a query's negatives by their weights, `[queries, 1]`; very low without any. */
export function negativeLogSum(inputs: LossInputs, logits: Tensor): Tensor {
  return logSumExp(negativeLogits(inputs, logits), { axes: [1], keepDims: true });
}

/** `logits` of the negatives plus the logarithms of their weights; "minus infinity" for other candidates. */
export function negativeLogits({ relations, weights }: LossInputs, logits: Tensor): Tensor {
  return where(less(relations, 0), weights ? weighted(logits, weights) : logits, NEVER);
}

/** `logits` with the weights' logarithms, ignored candidates at "minus infinity", and the mask of the others. */
export function related({ relations, weights }: LossInputs, logits: Tensor): { logits: Tensor; mask: Tensor } {
  const known = not(equal(relations, 0));
  const mask = cast(known, "float32");
  if (!weights) return { logits: where(known, logits, NEVER), mask };
  return {
    logits: where(known, weighted(logits, weights), NEVER),
    mask: mul(mask, cast(greater(weights, 0), "float32")),
  };
}

/** Adds log(weight): n copies of a candidate and one candidate of weight n count the same in a sum of exponentials. */
function weighted(logits: Tensor, weights: Tensor): Tensor {
  return where(greater(weights, 0), add(logits, log(maximum(weights, 1e-30))), NEVER);
}

/**
 * The mean over a query's cells by their weights in `mask`, then over the queries that have any: a query with five
 * positives weighs as much as a query with one. `values` and `mask` are `[queries, …]`.
 */
export function meanByQuery(inputs: LossInputs, values: Tensor, mask: Tensor): Tensor {
  const axes = mask.shape.slice(1).map((_, axis) => axis + 1);
  const count = reduceSum(mask, { axes });
  const any = greater(count, 0);
  const mean = div(reduceSum(mul(values, mask), { axes }), where(any, count, 1));
  return meanOfQueries(inputs, mean, cast(any, "float32"));
}

/**
 * The mean of `values` `[queries]` where `mask` is 1, each times its query's weight; 0 if it is nowhere. The number of
 * queries divides, not the sum of weights, so that batches of equal size add up to a larger one.
 */
export function meanOfQueries({ queryWeights }: LossInputs, values: Tensor, mask: Tensor): Tensor {
  const counted = queryWeights ? mul(mask, queryWeights) : mask;
  return div(reduceSum(mul(values, counted)), maximum(reduceSum(mask), 1));
}
