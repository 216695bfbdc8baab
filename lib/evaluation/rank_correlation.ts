import { ArgumentError } from "../core/errors.ts";

/**
 * Spearman's rank correlation: Pearson's correlation of the ranks, with mean ranks for equal values. NaN if all values of
 * a side are equal, or there are fewer than two.
 *
 * @throws {ArgumentError} if the lists differ in length or hold a value that is not finite.
 *
 * @example
 * ```ts
 * import { rankCorrelation } from "./mod.ts";
 * console.log(rankCorrelation([1, 2, 3], [10, 30, 20])); // 0.5
 * ```
 *
 * @category Evaluation
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) {
    throw new ArgumentError(`Cannot correlate: both lists must have as many values, found ${a.length} and ${b.length}`);
  }
  const wrong = [...a, ...b].find((value) => !Number.isFinite(value));
  if (wrong !== undefined) {
    throw new ArgumentError(`Cannot correlate: every value must be a finite number, found ${wrong}`);
  }
  const [x, y] = [centered(ranks(a)), centered(ranks(b))];
  const product = (u: readonly number[], v: readonly number[]) => u.reduce((sum, value, i) => sum + value * v[i], 0);
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

/** Ranks from 1; equal values share the mean of theirs. */
function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

function centered(values: readonly number[]): number[] {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.map((value) => value - mean);
}
