/** A count as text: 12,345. */
export function count(value: number): string {
  return value.toLocaleString("en");
}

/** A count with its noun: "1 query", "12 queries". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** The part of an axis of counts up to `most` that keeps its ticks whole, empty where they are. */
export function wholeTicks(most: number): { tickMinStep?: number } {
  return most < 5 ? { tickMinStep: 1 } : {};
}

/** A share as percent with one decimal: "7.9 %". */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Rounded to six significant digits: specifications stay small, and the same on every machine. */
export function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** Signed with three decimals and a true minus: "+0.032", "−0.010". */
export function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
}

/** Quantiles of a sorted list by linear interpolation (type 7 of Hyndman and Fan, 1996). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/** A round step (1, 2, 2.5 or 5 times a power of ten) of which some `parts` make up `range`. */
export function niceStep(range: number, parts: number): number {
  const rough = range > 0 ? range / parts : 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= rough * 0.999999)!;
  return factor * power;
}

/** A scale that fits the values; around a single one Vega would draw one tick with all its digits. */
export function aroundOne(values: readonly number[]): { zero: false } | { domain: number[] } {
  const [value] = values;
  if (values.some((other) => other !== value)) return { zero: false };
  return { domain: value === 0 ? [0, 1] : [0.9 * value, 1.1 * value].sort((a, b) => a - b) };
}
