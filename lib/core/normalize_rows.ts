/**
 * Scales each row of a matrix to length 1, in place, and returns the matrix. A row of zeros stays.
 *
 * @param data Rows of `dimension` numbers, one after the other.
 *
 * @example
 * ```ts
 * import { normalizeRows } from "./normalize_rows.ts";
 * console.log(normalizeRows(Float64Array.of(3, 4, 0, 0), 2)); // 0.6, 0.8, 0, 0
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
