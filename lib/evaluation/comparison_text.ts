import { counted, signed } from "../core/format_numbers.ts";

/** Numbers of a comparison. */
interface Told {
  readonly difference: number;
  readonly interval: readonly [number, number];
  readonly p: number;
  readonly detectable: number;
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
  readonly queries: number;
  readonly equivalence?: { readonly margin: number; readonly p: number; readonly equivalent: boolean };
}

/** What a comparison found, in a sentence or two. */
export function comparisonText(found: Told, alpha: number): string {
  const { difference, interval, p, wins, ties, losses, queries, equivalence, detectable } = found;
  const [low, high] = interval.map((value) => signed(value));
  const level = `${Number((100 * (1 - alpha)).toFixed(1))} %`;
  const lines = [
    `difference ${signed(difference)}, ${level} interval ${low} to ${high}, p ${pText(p)}; on ` +
    `${counted(queries, "query", "queries")}: ${wins} better, ${ties} equal, ${losses} worse`,
    `smallest difference that the test would find: ${detectable.toFixed(3)}`,
  ];
  if (equivalence) {
    const { margin, equivalent } = equivalence;
    lines.push(`equivalent within ${margin}: ${equivalent ? "yes" : "not shown"} (p ${pText(equivalence.p)})`);
  }
  return lines.join("\n");
}

/** A p-value with three decimals, "< 0.001" below. */
export function pText(p: number): string {
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}
