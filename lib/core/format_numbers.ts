/** A count for readers: 12,345. */
export function count(value: number): string {
  return value.toLocaleString("en");
}

/** A count with its noun: "1 query", "12 queries". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A share as a percentage with one decimal: "7.9 %". */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** A number with its sign, a true minus among them: "+0.032", "−0.010". */
export function signed(value: number, digits = 3): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
}
