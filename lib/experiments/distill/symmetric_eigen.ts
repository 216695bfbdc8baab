/** Eigenvalues and eigenvectors (rows) of a symmetric matrix by cyclic Jacobi; Golub and Van Loan, Matrix Computations, 8.5. */
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
        if (apq * apq > 1e-26 * total / (n * n)) rotate(a, vectors, n, [p, q]);
      }
    }
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]), vectors };
}

/** Rotates rows and columns p and q so that a[p, q] becomes 0. */
function rotate(a: Float64Array, vectors: Float64Array, n: number, [p, q]: readonly [number, number]): void {
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
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
