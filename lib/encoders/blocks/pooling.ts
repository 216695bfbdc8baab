import type { Tensor } from "../../graph/graph.ts";
import { add, concat, matMul, reduceMax, reshape, slice, transpose, unsqueeze } from "../../graph/mod.ts";
import type { Layout, Network } from "./network.ts";
import { poolPieces } from "./shape.ts";

/**
 * How token vectors become one: the first or the last one, their mean, their sum over the root of their number, a mean
 * that weighs the i-th token by i, or the greatest number of each place.
 *
 * @category Encoders
 */
export type Pooling = "cls" | "mean" | "last" | "max" | "weighted_mean" | "mean_sqrt";

/** Poolings that are weighted sums of token vectors, in their order. */
export function weighted(poolings: readonly Pooling[]): Exclude<Pooling, "max">[] {
  return poolings.filter((each) => each !== "max");
}

/** Weight of token `i` of `count`. */
export function poolWeight(pooling: Exclude<Pooling, "max">, i: number, count: number): number {
  switch (pooling) {
    case "mean":
      return 1 / count;
    case "mean_sqrt":
      return 1 / Math.sqrt(count);
    case "weighted_mean":
      return 2 * (i + 1) / (count * (count + 1));
    case "cls":
      return +(i === 0);
    case "last":
      return +(i === count - 1);
    default:
      return pooling satisfies never;
  }
}

/**
 * Poolings of the token vectors of each text, concatenated: `[texts, poolings x width]`. `weights`
 * `[texts, sums, length]` are those of the poolings that are weighted sums.
 */
export function pool(
  { shape }: Network,
  x: Tensor,
  { layout, poolings, weights }: { layout: Layout; poolings: readonly Pooling[]; weights: Tensor | undefined },
): Tensor {
  const { texts } = layout;
  const { width } = shape;
  const padded = layout.pad(x, poolPieces(shape));
  const sums = weights && matMul(unsqueeze(weights, [1]), padded); // [texts, pieces, sums, width / pieces]
  const count = weighted(poolings).length;
  if (count === 1 && poolings.length === 1) return reshape(sums!, [texts, width]);
  const ordered = sums && reshape(transpose(sums, [0, 2, 1, 3]), [texts, count, width]);
  let next = 0;
  return concat(
    poolings.map((pooling) => {
      if (pooling === "max") {
        const real = layout.bias ? add(padded, transpose(layout.bias, [0, 1, 3, 2])) : padded;
        return reshape(reduceMax(real, { axes: [2] }), [texts, width]);
      }
      const part = slice(ordered!, { axis: 1, start: next, end: ++next });
      return reshape(part, [texts, width]);
    }),
    { axis: 1 },
  );
}
