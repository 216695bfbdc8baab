/**
 * Holm's step-down adjustment (1979) of the p-values of one family: what stays at or below alpha is significant with the
 * family-wise error rate at alpha.
 *
 * @example
 * ```ts
 * import { holm } from "@syneg/kit";
 * console.log(holm([0.01, 0.04, 0.03])); // [0.03, 0.06, 0.06]
 * ```
 *
 * @category Evaluation
 */
export function holm(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i] - values[j]);
  const adjusted = new Array<number>(values.length);
  let least = 0;
  order.forEach((i, rank) => {
    least = Math.max(least, Math.min(1, (values.length - rank) * values[i]));
    adjusted[i] = least;
  });
  return adjusted;
}
