/** Directions of greatest variance of some vectors, and how far the vectors spread along each. */
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

/** Principal components of `rows x width` numbers: eigenvectors of their covariance by cyclic Jacobi rotations. */
export function principalComponents(data: Float32Array, width: number, count: number): Components {
  const rows = data.length / width;
  const mean = new Float64Array(width);
  for (let at = 0; at < data.length; at += width) for (let j = 0; j < width; j++) mean[j] += data[at + j] / rows;
  const covariance = new Float64Array(width * width);
  const centred = new Float64Array(width);
  for (let at = 0; at < data.length; at += width) {
    for (let j = 0; j < width; j++) centred[j] = data[at + j] - mean[j];
    for (let i = 0; i < width; i++) {
      const row = i * width;
      const x = centred[i] / rows;
      for (let j = i; j < width; j++) covariance[row + j] += x * centred[j];
    }
  }
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) covariance[i * width + j] = covariance[j * width + i];
  const { values, vectors } = symmetricEigen(covariance, width);
  const order = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, count);
  const directions = new Float32Array(count * width);
  order.forEach((column, i) => {
    // An eigenvector's sign is free: its largest entry is made positive, so that the same data give the same numbers.
    const vector = vectors.subarray(column * width, (column + 1) * width);
    let largest = 0;
    for (let j = 0; j < width; j++) if (Math.abs(vector[j]) > Math.abs(vector[largest])) largest = j;
    const sign = Math.sign(vector[largest]);
    for (let j = 0; j < width; j++) directions[i * width + j] = sign * vector[j];
  });
  const deviations = Float64Array.from(order, (column) => Math.sqrt(Math.max(0, values[column])));
  return { mean: Float32Array.from(mean), directions, deviations, width, count };
}

/**
 * Centred vectors in the components' directions, each divided by `deviation ** power`: `[rows, count]`. Where nothing
 * deviates stands 0.
 */
export function transformed(data: Float32Array, components: Components, power: number): Float32Array {
  const { mean, directions, deviations, width, count } = components;
  const rows = data.length / width;
  const out = new Float32Array(rows * count);
  const centred = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < width; j++) centred[j] = data[row * width + j] - mean[j];
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += directions[i * width + j] * centred[j];
      out[row * count + i] = deviations[i] > 0 ? sum / deviations[i] ** power : 0;
    }
  }
  return out;
}

/** Eigenvalues and eigenvectors (rows) of a symmetric matrix; Golub and Van Loan, Matrix Computations, 8.5. */
export function symmetricEigen(matrix: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const a = matrix.slice();
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  let total = 0;
  for (const x of a) total += x * x;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) off += 2 * a[i * n + j] ** 2;
    if (off <= 1e-22 * total) break;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q];
        if (apq * apq <= 1e-26 * total / (n * n)) continue;
        const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        // Rows, then columns by symmetry.
        const rowP = p * n;
        const rowQ = q * n;
        for (let k = 0; k < n; k++) {
          const x = a[rowP + k];
          const y = a[rowQ + k];
          a[rowP + k] = c * x - s * y;
          a[rowQ + k] = s * x + c * y;
          const u = vectors[rowP + k];
          const v = vectors[rowQ + k];
          vectors[rowP + k] = c * u - s * v;
          vectors[rowQ + k] = s * u + c * v;
        }
        for (let k = 0; k < n; k++) {
          const x = a[k * n + p];
          const y = a[k * n + q];
          a[k * n + p] = c * x - s * y;
          a[k * n + q] = s * x + c * y;
        }
      }
    }
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]), vectors };
}
