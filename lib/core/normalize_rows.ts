/**
 * Scales each row of a matrix to length 1, in place, and returns the matrix. A row of zeros stays.
 *
 * @param data Concatenated rows of `dimension` numbers.
 *
 * @example
 * ```ts
 * import { normalizeRows } from "./normalize_rows.ts";
 * console.log(normalizeRows(Float32Array.of(0, 2, 0, 0), 2)); // Float32Array(4) [ 0, 1, 0, 0 ]
 * ```
 */
export function normalizeRows<A extends Float32Array | Float64Array>(data: A, dimension: number): A {
  for (let at = 0; at < data.length; at += dimension) {
    let sum = 0;
    for (let i = at; i < at + dimension; i++) sum += data[i] * data[i];
    const scale = 1 / Math.sqrt(Math.max(sum, 1e-24));
    for (let i = at; i < at + dimension; i++) data[i] *= scale;
  }
  return data;
}
