import { ArgumentError } from "../../core/errors.ts";
import {
  add,
  cast,
  div,
  equal,
  exp,
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
  relu,
  stopGradient,
  sub,
  where,
} from "../../graph/mod.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { LossInputs } from "../types.ts";

/** Stands for minus infinity in logits: far below any cosine over any temperature, far from overflow. */
const NEVER = -1e30;

/** 1 where a candidate is a negative of the query, else 0: `[queries, candidates]`. */
export function negativeMask({ relations }: LossInputs): Tensor {
  return cast(less(relations, 0), "float32");
}

/** 1 where a query's positive stands, 0 in the padding: `[queries, positives]`. */
export function positiveMask({ grades }: LossInputs): Tensor {
  return cast(greater(grades, 0), "float32");
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

/** `logits` with ignored candidates out of reach of a softmax, and the mask of those that are left. */
export function related({ relations }: LossInputs, logits: Tensor): { logits: Tensor; mask: Tensor } {
  const known = not(equal(relations, 0));
  return { logits: where(known, logits, NEVER), mask: cast(known, "float32") };
}

/**
 * The mean over a query's cells, then over the queries that have any: a query with five positives weighs as much as one
 * with one. `values` and `mask` are `[queries, …]`.
 */
export function meanByQuery(values: Tensor, mask: Tensor): Tensor {
  const axes = mask.shape.slice(1).map((_, axis) => axis + 1);
  const count = reduceSum(mask, { axes });
  const mean = div(reduceSum(mul(values, mask), { axes }), maximum(count, 1));
  return meanOfQueries(mean, cast(greater(count, 0), "float32"));
}

/** The mean of `values` `[queries]` over those whose mask is 1; 0 when there is none. */
export function meanOfQueries(values: Tensor, mask: Tensor): Tensor {
  return div(reduceSum(mul(values, mask)), maximum(reduceSum(mask), 1));
}

/** log(1 + e^x) without overflow; its gradient is the logistic function everywhere. */
export function softplus(x: Tensor): Tensor {
  const shift = stopGradient(relu(x));
  return add(shift, log(add(exp(sub(x, shift)), exp(neg(shift)))));
}

/** @throws {ArgumentError} unless `value` is a finite number above 0. */
export function checkPositive(field: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new ArgumentError(`Found ${field} ${value}, wanted a number above 0`, { field });
  }
}

/** @throws {ArgumentError} unless `value` is finite and at least `least`. */
export function checkAtLeast(field: string, value: number, least: number): void {
  if (!(value >= least && Number.isFinite(value))) {
    throw new ArgumentError(`Found ${field} ${value}, wanted a number from ${least}`, { field });
  }
}

/** A loss's name with its settings: `triplet(margin=0.1)`. */
export function lossName(name: string, settings: Record<string, unknown>): string {
  return `${name}(${Object.entries(settings).map(([key, value]) => `${key}=${value}`).join(", ")})`;
}
