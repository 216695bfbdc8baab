import type { Random } from "../../core/random.ts";

/**
 * Draws `count` rows without replacement, with probability proportional to exp(`logWeight`): the largest sums of log
 * weight and Gumbel noise. Exact, and safe if a weight would underflow.
 */
export function weightedSample(
  rows: readonly number[],
  count: number,
  logWeight: (row: number) => number,
  stream: Random,
): number[] {
  const keyed = rows.map((row) => ({ row, key: logWeight(row) - Math.log(-Math.log(1 - stream.next())) }));
  return keyed.sort((a, b) => b.key - a.key || a.row - b.row).slice(0, count).map(({ row }) => row);
}
