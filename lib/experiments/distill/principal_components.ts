import { symmetricEigen } from "./symmetric_eigen.ts";

/** Directions of greatest variance of some vectors, and the spread of the vectors along each. */
export interface Components {
  /** Mean of the vectors, `[width]`. */
  readonly mean: Float32Array;
  /** Unit vectors, row after row, by falling variance: `[count, width]`. */
  readonly directions: Float32Array;
  /** Standard deviation along each direction. */
  readonly deviations: Float64Array;
  readonly width: number;
  readonly count: number;
}

/** Principal components of `rows x width` numbers: eigenvectors of their covariance. */
export function principalComponents(data: Float32Array, width: number, count: number): Components {
  const { mean, covariance } = moments(data, width);
  const { values, vectors } = symmetricEigen(covariance, width);
  const order = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, count);
  const directions = new Float32Array(count * width);
  order.forEach((column, i) => {
    // The sign of an eigenvector is free. A positive largest entry gives the same numbers for the same data.
    const vector = vectors.subarray(column * width, (column + 1) * width);
    let largest = 0;
    for (let j = 0; j < width; j++) if (Math.abs(vector[j]) > Math.abs(vector[largest])) largest = j;
    const sign = Math.sign(vector[largest]);
    for (let j = 0; j < width; j++) directions[i * width + j] = sign * vector[j];
  });
  const deviations = Float64Array.from(order, (column) => Math.sqrt(Math.max(0, values[column])));
  return { mean: Float32Array.from(mean), directions, deviations, width, count };
}

function moments(data: Float32Array, width: number): { mean: Float64Array; covariance: Float64Array } {
  const rows = data.length / width;
  const mean = new Float64Array(width);
  for (let at = 0; at < data.length; at += width) for (let j = 0; j < width; j++) mean[j] += data[at + j] / rows;
  const covariance = new Float64Array(width * width);
  const centered = new Float64Array(width);
  for (let at = 0; at < data.length; at += width) {
    for (let j = 0; j < width; j++) centered[j] = data[at + j] - mean[j];
    for (let i = 0; i < width; i++) {
      const row = i * width;
      const x = centered[i] / rows;
      for (let j = i; j < width; j++) covariance[row + j] += x * centered[j];
    }
  }
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) covariance[i * width + j] = covariance[j * width + i];
  return { mean, covariance };
}

/**
 * Centered vectors in the components' directions, each divided by `deviation ** power`: `[rows, count]`; 0 if the
 * deviation is 0.
 */
export function transformed(data: Float32Array, components: Components, power: number): Float32Array {
  const { mean, directions, deviations, width, count } = components;
  const rows = data.length / width;
  const out = new Float32Array(rows * count);
  const centered = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < width; j++) centered[j] = data[row * width + j] - mean[j];
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += directions[i * width + j] * centered[j];
      out[row * count + i] = deviations[i] > 0 ? sum / deviations[i] ** power : 0;
    }
  }
  return out;
}
