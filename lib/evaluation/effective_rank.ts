import { ArgumentError } from "../core/errors.ts";
import { normalizeRows } from "../core/normalize_rows.ts";
import type { Vectors } from "../encoders/types.ts";

/** Sweeps of Jacobi's method; each one squares the error. */
const SWEEPS = 12;

/**
 * Effective rank (Roy and Vetterli 2007): the exponential of the entropy of the singular values' shares, of vectors brought
 * to length 1. From 1, when all point one way, to the smaller of count and dimension.
 *
 * @throws {ArgumentError} without vectors.
 *
 * @example
 * ```ts
 * import { effectiveRank } from "@syneg/kit/evaluation";
 * const vectors = { data: Float32Array.of(1, 0, 0, 1), length: 2, dimension: 2 };
 * console.log(effectiveRank(vectors)); // 2
 * ```
 *
 * @category Evaluation
 */
export function effectiveRank(vectors: Vectors): number {
  const { length, dimension } = vectors;
  if (length < 1) throw new ArgumentError("effectiveRank needs at least 1 vector, found 0");
  const data = normalizeRows(Float64Array.from(vectors.data), dimension);
  // One-sided Jacobi works on the columns of the narrower matrix.
  const rows = Array.from({ length }, (_, i) => data.subarray(i * dimension, (i + 1) * dimension));
  const columns = length <= dimension
    ? rows.map((row) => row.slice())
    : Array.from({ length: dimension }, (_, j) => Float64Array.from(rows, (row) => row[j]));
  const values = singularValues(columns);
  const sum = values.reduce((a, b) => a + b, 0);
  const entropy = values.reduce((all, value) => value > 0 ? all - value / sum * Math.log(value / sum) : all, 0);
  return Math.exp(entropy);
}

/** Singular values of a matrix of columns, which are made orthogonal in place. */
function singularValues(columns: readonly Float64Array[]): number[] {
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let turned = false;
    for (let i = 0; i < columns.length; i++) {
      for (let j = i + 1; j < columns.length; j++) turned = turn(columns[i], columns[j]) || turned;
    }
    if (!turned) break;
  }
  return columns.map((column) => Math.hypot(...column));
}

/** Turns two columns until they are orthogonal; false if they are. */
function turn(u: Float64Array, v: Float64Array): boolean {
  let [a, b, c] = [0, 0, 0];
  for (let k = 0; k < u.length; k++) {
    a += u[k] * u[k];
    b += v[k] * v[k];
    c += u[k] * v[k];
  }
  if (Math.abs(c) <= 1e-10 * Math.sqrt(a * b)) return false;
  const zeta = (b - a) / (2 * c);
  const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const cos = 1 / Math.sqrt(1 + t * t);
  const sin = cos * t;
  for (let k = 0; k < u.length; k++) {
    const [x, y] = [u[k], v[k]];
    u[k] = cos * x - sin * y;
    v[k] = sin * x + cos * y;
  }
  return true;
}
