/** A fitted classifier: the log odds of class 1. */
export type Classifier = (features: readonly number[]) => number;

/**
 * Logistic regression with L2 penalty on standardized features, by Nesterov's accelerated gradient descent from zero;
 * classes have equal weight whatever their sizes. Deterministic.
 */
export function logistic(
  rows: readonly (readonly number[])[],
  labels: readonly (0 | 1)[],
  { penalty = 0.01, steps = 100 }: { penalty?: number; steps?: number } = {},
): Classifier {
  const { length } = rows;
  const width = rows[0].length;
  const { data, mean, scale } = standardized(rows);
  const columns = width + 1;
  const ones = labels.reduce<number>((sum, label) => sum + label, 0);
  const weights = Float64Array.from(labels, (label) => 0.5 / (label === 1 ? ones : length - ones));
  const odds = new Float64Array(length);
  const w = new Float64Array(columns);
  const ahead = new Float64Array(columns);
  const gradient = new Float64Array(columns);
  // The logistic loss's curvature is at most a quarter of the largest eigenvalue of the weighted second moments.
  const rate = 1 / (largest(data, weights, columns) / 4 + penalty);
  for (let step = 0; step < steps; step++) {
    products(data, ahead, odds);
    for (let i = 0; i < length; i++) odds[i] = weights[i] * (1 / (1 + Math.exp(-odds[i])) - labels[i]);
    transposed(data, odds, gradient);
    const momentum = step / (step + 3);
    for (let j = 0; j < columns; j++) {
      const next = ahead[j] - rate * (gradient[j] + (j < width ? penalty * ahead[j] : 0));
      ahead[j] = next + momentum * (next - w[j]);
      w[j] = next;
    }
  }
  return (features) => {
    let sum = w[width];
    for (let j = 0; j < width; j++) sum += w[j] * (features[j] - mean[j]) * scale[j];
    return sum;
  };
}

/** Rows with zero mean and unit variance in every feature, and a column of ones for the intercept. */
function standardized(rows: readonly (readonly number[])[]) {
  const { length } = rows;
  const width = rows[0].length;
  const mean = new Float64Array(width);
  const scale = new Float64Array(width);
  for (const row of rows) for (let j = 0; j < width; j++) mean[j] += row[j] / length;
  for (const row of rows) for (let j = 0; j < width; j++) scale[j] += (row[j] - mean[j]) ** 2 / length;
  // A feature that is constant in training carries no information.
  for (let j = 0; j < width; j++) scale[j] = scale[j] > 1e-12 ? 1 / Math.sqrt(scale[j]) : 0;
  const data = new Float64Array(length * (width + 1)).fill(1);
  rows.forEach((row, i) => {
    for (let j = 0; j < width; j++) data[i * (width + 1) + j] = (row[j] - mean[j]) * scale[j];
  });
  return { data, mean, scale };
}

/** result = data · x, row by row. */
function products(data: Float64Array, x: Float64Array, result: Float64Array): void {
  for (let i = 0; i < result.length; i++) {
    let sum = 0;
    for (let j = 0, at = i * x.length; j < x.length; j++) sum += data[at + j] * x[j];
    result[i] = sum;
  }
}

/** result = dataᵀ · y. */
function transposed(data: Float64Array, y: Float64Array, result: Float64Array): void {
  result.fill(0);
  for (let i = 0; i < y.length; i++) {
    for (let j = 0, at = i * result.length; j < result.length; j++) result[j] += y[i] * data[at + j];
  }
}

/** The largest eigenvalue of dataᵀ · diag(weights) · data by power iteration, with a margin of a half for safety. */
function largest(data: Float64Array, weights: Float64Array, columns: number): number {
  const vector = new Float64Array(columns).fill(1 / Math.sqrt(columns));
  const image = new Float64Array(weights.length);
  let value = 1;
  for (let turn = 0; turn < 20; turn++) {
    products(data, vector, image);
    for (let i = 0; i < image.length; i++) image[i] *= weights[i];
    transposed(data, image, vector);
    value = Math.hypot(...vector);
    for (let j = 0; j < columns; j++) vector[j] /= value;
  }
  return 1.5 * value;
}
