/**
 * The natural logarithm of the determinant of a symmetric positive definite matrix, by Cholesky's decomposition. Only the
 * lower triangle is read; the matrix is overwritten.
 *
 * @param matrix `[size, size]`, row after row.
 */
export function logDeterminant(matrix: Float64Array, size: number): number {
  let sum = 0;
  for (let j = 0; j < size; j++) {
    const row = j * size;
    let diagonal = matrix[row + j];
    for (let k = 0; k < j; k++) diagonal -= matrix[row + k] ** 2;
    if (!(diagonal > 0)) return NaN;
    const root = Math.sqrt(diagonal);
    matrix[row + j] = root;
    sum += 2 * Math.log(root);
    for (let i = j + 1; i < size; i++) {
      const other = i * size;
      let value = matrix[other + j];
      for (let k = 0; k < j; k++) value -= matrix[other + k] * matrix[row + k];
      matrix[other + j] = value / root;
    }
  }
  return sum;
}
