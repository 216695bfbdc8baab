/** Rows of `dimension` numbers, one after the other. */
export interface Rows {
  /** `[rows, dimension]`. */
  readonly data: Float32Array | Float64Array;
  /** Numbers in a row. */
  readonly dimension: number;
}

/**
 * Dot product of two vectors of one length, summed from the first element to the last in 64-bit floats.
 *
 * @example
 * ```ts
 * import { dot } from "./dot.ts";
 * console.log(dot([1, 2], [3, 4])); // 11
 * ```
 */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/**
 * {@link dot} of row `i` of one matrix and row `j` of another of the same dimension, without a view of either.
 *
 * @example
 * ```ts
 * import { dotRows } from "./dot.ts";
 * const vectors = { data: Float32Array.of(1, 2, 3, 4), dimension: 2 };
 * console.log(dotRows(vectors, 0, vectors, 1)); // 11
 * ```
 */
export function dotRows(a: Rows, i: number, b: Rows, j: number): number {
  const { data, dimension } = a;
  const other = b.data;
  let sum = 0;
  for (let k = 0, p = i * dimension, q = j * dimension; k < dimension; k++) sum += data[p + k] * other[q + k];
  return sum;
}
