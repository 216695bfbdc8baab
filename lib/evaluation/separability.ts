import { ArgumentError } from "../core/errors.ts";
import { normalizeRows } from "../core/normalize_rows.ts";
import type { Vectors } from "../encoders/types.ts";

/**
 * How well two groups of vectors can be told apart by a line: the area under the ROC curve along the difference of their
 * means. The line is drawn through one half of each group and measured on the other, both ways. 0.5 is chance, 1 perfect.
 *
 * @throws {ArgumentError} if a group has fewer than four vectors, or their dimensions differ.
 *
 * @example
 * ```ts
 * import { separability } from "@syneg/kit/evaluation";
 * const group = (...data: number[]) => ({ data: Float32Array.from(data), length: data.length / 2, dimension: 2 });
 * console.log(separability(group(1, 0, 1, 0.1, 1, 0, 1, 0.1), group(0, 1, 0.1, 1, 0, 1, 0.1, 1))); // 1
 * ```
 *
 * @category Evaluation
 */
export function separability(a: Vectors, b: Vectors): number {
  if (a.length < 4 || b.length < 4 || a.dimension !== b.dimension) {
    throw new ArgumentError(
      `Cannot tell groups apart: both need 4 vectors of one dimension, found ${a.length} x ${a.dimension} and ` +
        `${b.length} x ${b.dimension}`,
    );
  }
  const [first, second] = [unitRows(a), unitRows(b)];
  const half = (rows: readonly Float64Array[], part: number) => rows.filter((_, i) => i % 2 === part);
  const areas = [0, 1].map((part) => {
    const [up, down] = [mean(half(first, part)), mean(half(second, part))];
    const along = (row: Float64Array) => row.reduce((sum, value, k) => sum + value * (up[k] - down[k]), 0);
    return area(half(first, 1 - part).map(along), half(second, 1 - part).map(along));
  });
  return (areas[0] + areas[1]) / 2;
}

/** Share of pairs in which the value of the first group is greater; ties count half. */
function area(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (const x of a) for (const y of b) sum += x > y ? 1 : x === y ? 0.5 : 0;
  return sum / (a.length * b.length);
}

function unitRows({ data, dimension, length }: Vectors): Float64Array[] {
  const all = normalizeRows(Float64Array.from(data), dimension);
  return Array.from({ length }, (_, i) => all.subarray(i * dimension, (i + 1) * dimension));
}

function mean(rows: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(rows[0].length);
  for (const row of rows) for (let k = 0; k < sum.length; k++) sum[k] += row[k] / rows.length;
  return sum;
}
