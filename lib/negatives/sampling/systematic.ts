/**
 * Whole counts with the given expectations, by systematic sampling: floor(c_i + u) - floor(c_{i-1} + u) over the
 * cumulative sums c. Sums within rounding error of a whole number count as that number.
 *
 * @param offset u, uniform in [0, 1).
 */
export function systematic(expected: readonly number[], offset: number): number[] {
  let sum = 0;
  let before = 0;
  return expected.map((value) => {
    sum += value;
    const near = Math.round(sum);
    const until = Math.abs(sum - near) < 1e-9 ? near : Math.floor(sum + offset);
    const count = until - before;
    before = until;
    return count;
  });
}
