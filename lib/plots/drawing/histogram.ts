import { niceStep, rounded } from "./numbers.ts";
import type { SimilarityGroup } from "./similarity_groups.ts";

/** Shares of a group's rows by bin. */
export type Shares = Record<"negatives" | "positives" | "false", Float64Array>;

/** Bins of one round width: bin `i` reaches from `(first + i) * step` to `(first + i + 1) * step`. */
export interface Bins {
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

/** Bins of a round width, about `target` of them, over all values of the groups. */
export function binsOf(groups: readonly SimilarityGroup[], target: number): Bins {
  const all = groups.flatMap((group) => [range(group.similarity), range(group.positive)]);
  const [least, most] = [Math.min(...all.map((r) => r[0])), Math.max(...all.map((r) => r[1]))];
  const size = Math.max(Math.abs(least), Math.abs(most)) || 1;
  // Values that hardly differ get five bins on either side.
  const equal = most - least < 1e-3 * size;
  const step = equal ? niceStep(size, 50) : niceStep(most - least, target);
  const around = equal ? 5 : 0;
  const first = Math.floor(least / step + 1e-9) - around;
  return { first, step, count: Math.max(1, Math.ceil(most / step - 1e-9) - first + around) };
}

/** The lower edge of a bin. */
export function edge({ first, step }: Bins, bin: number): number {
  return rounded((first + bin) * step);
}

/** Shares of the group's rows by bin. */
export function histogram(group: SimilarityGroup, { first, step, count }: Bins): Shares {
  const shares: Shares = {
    negatives: new Float64Array(count),
    positives: new Float64Array(count),
    false: new Float64Array(count),
  };
  const total = group.similarity.length;
  const bin = (value: number) => Math.min(count - 1, Math.max(0, Math.floor(value / step + 1e-9) - first));
  for (let i = 0; i < total; i++) {
    shares.negatives[bin(group.similarity[i])] += 1 / total;
    shares.positives[bin(group.positive[i])] += 1 / total;
    if (group.falseNegative?.[i]) shares.false[bin(group.similarity[i])] += 1 / total;
  }
  return shares;
}

function range(values: Float64Array): [number, number] {
  return [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
}
