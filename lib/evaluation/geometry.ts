import { ArgumentError } from "../core/errors.ts";
import { normalizeRows } from "../core/normalize_rows.ts";
import type { Vectors } from "../encoders/types.ts";

/**
 * Alignment of positive pairs (Wang and Isola 2020): the mean squared distance of query i to document i, both brought
 * to length 1. 0 is perfect, 4 is opposite.
 *
 * @throws {ArgumentError} if there are not as many queries as documents, none, or their dimensions differ.
 *
 * @example
 * ```ts
 * import { alignment } from "@syneg/kit";
 * const pair = (...data: number[]) => ({ data: Float32Array.from(data), length: 1, dimension: 2 });
 * console.log(alignment(pair(1, 0), pair(0, 3))); // 2
 * ```
 * @category Evaluation
 */
export function alignment(queries: Vectors, documents: Vectors): number {
  const { length, dimension } = queries;
  if (length !== documents.length || dimension !== documents.dimension || length === 0) {
    throw new ArgumentError(
      `Cannot align ${length} x ${dimension} with ${documents.length} x ${documents.dimension}: pairs are wanted`,
    );
  }
  const a = unitRows(queries);
  const b = unitRows(documents);
  let sum = 0;
  for (let row = 0; row < length; row++) sum += squaredDistance(rowOf(a, row, dimension), rowOf(b, row, dimension));
  return sum / length;
}

/**
 * Uniformity on the sphere (Wang and Isola 2020): the logarithm of the mean of exp(-2 distance^2) over all pairs of
 * different rows, brought to length 1. 0 when all are the same; lower is more uniform.
 *
 * @throws {ArgumentError} if there are fewer than two vectors.
 *
 * @example
 * ```ts
 * import { uniformity } from "@syneg/kit";
 * const vectors = { data: Float32Array.of(1, 0, 0, 1), length: 2, dimension: 2 };
 * console.log(uniformity(vectors)); // -4
 * ```
 *
 * @category Evaluation
 */
export function uniformity(vectors: Vectors): number {
  const { length, dimension } = vectors;
  if (length < 2) throw new ArgumentError(`uniformity needs at least 2 vectors, found ${length}`);
  const data = unitRows(vectors);
  const rows = Array.from({ length }, (_, row) => rowOf(data, row, dimension));
  let sum = 0;
  for (let i = 0; i < length; i++) {
    for (let j = 0; j < i; j++) {
      sum += Math.exp(-2 * squaredDistance(rows[i], rows[j]));
    }
  }
  return Math.log(sum / (length * (length - 1) / 2));
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] - b[k]) ** 2;
  return sum;
}

function rowOf(data: Float64Array, row: number, dimension: number): Float64Array {
  return data.subarray(row * dimension, (row + 1) * dimension);
}

/** A copy with rows of length 1. */
function unitRows({ data, dimension }: Vectors): Float64Array {
  return normalizeRows(Float64Array.from(data), dimension);
}
