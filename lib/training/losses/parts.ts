import {
  cast,
  div,
  equal,
  gatherElements,
  greater,
  less,
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

/** 1 where a candidate is a negative of the query, else 0: `[queries, candidates]`. */
export function negativeMask({ relations }: LossInputs): Tensor {
  return cast(less(relations, 0), "float32");
}

/** 1 for a query's positives, 0 in the padding: `[queries, positives]`. */
export function positiveMask({ grades }: LossInputs): Tensor {
  return cast(greater(grades, 0), "float32");
}

/** 1 for every pair of a query's positives and negatives, else 0: `[queries, positives, candidates]`. */
export function pairMask(inputs: LossInputs): Tensor {
  return mul(unsqueeze(positiveMask(inputs), [2]), unsqueeze(negativeMask(inputs), [1]));
}

/** The cells of a `[queries, candidates]` matrix that belong to the positives: `[queries, positives]`. */
export function ofPositives({ columns }: LossInputs, matrix: Tensor): Tensor {
  return gatherElements(matrix, columns, { axis: 1 });
}

/** The lowest value of a query's positives, `[queries, 1]`; very high where it has none. */
export function lowestPositive(inputs: LossInputs, matrix: Tensor): Tensor {
  const values = where(greater(inputs.grades, 0), neg(ofPositives(inputs, matrix)), NEVER);
  return neg(reduceMax(values, { axes: [1], keepDims: true }));
}

/** logsumexp over a query's negatives, `[queries, 1]`; very low where it has none. */
export function negativeLogSum({ relations }: LossInputs, logits: Tensor): Tensor {
  return logSumExp(where(less(relations, 0), logits, NEVER), { axes: [1], keepDims: true });
}

/** `logits` with ignored candidates at "minus infinity", and the mask of the others. */
export function related({ relations }: LossInputs, logits: Tensor): { logits: Tensor; mask: Tensor } {
  const known = not(equal(relations, 0));
  return { logits: where(known, logits, NEVER), mask: cast(known, "float32") };
}

/**
 * The mean over a query's cells, then over the queries that have any: a query with five positives weighs as much as a
 * query with one. `values` and `mask` are `[queries, …]`.
 */
export function meanByQuery(values: Tensor, mask: Tensor): Tensor {
  const axes = mask.shape.slice(1).map((_, axis) => axis + 1);
  const count = reduceSum(mask, { axes });
  const mean = div(reduceSum(mul(values, mask), { axes }), maximum(count, 1));
  return meanOfQueries(mean, cast(greater(count, 0), "float32"));
}

/** The mean of `values` `[queries]` where `mask` is 1; 0 if it is nowhere. */
export function meanOfQueries(values: Tensor, mask: Tensor): Tensor {
  return div(reduceSum(mul(values, mask)), maximum(reduceSum(mask), 1));
}
