/** The part of an axis of counts up to `most` that keeps its ticks whole; empty if they are whole anyway. */
export function wholeTicks(most: number): { tickMinStep?: number } {
  return most < 5 ? { tickMinStep: 1 } : {};
}

/** Rounds to six significant digits: specifications stay small, and equal on every machine. */
export function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** A quantile of a sorted list by linear interpolation (type 7 of Hyndman and Fan, 1996). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/** A round step (1, 2, 2.5 or 5 times a power of ten) that divides `range` into about `parts`. */
export function niceStep(range: number, parts: number): number {
  const rough = range > 0 ? range / parts : 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= rough * 0.999999)!;
  return factor * power;
}

/** A scale that fits the values. For a single value Vega would draw one tick with all its digits. */
export function aroundOne(values: readonly number[]): { zero: false } | { domain: number[] } {
  const [value] = values;
  if (values.some((other) => other !== value)) return { zero: false };
  return { domain: value === 0 ? [0, 1] : [0.9 * value, 1.1 * value].sort((a, b) => a - b) };
}
