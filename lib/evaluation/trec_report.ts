import { checkOptions, type OptionKinds } from "../core/options.ts";
import type { SCORES } from "../data/schema.ts";
import type { Table } from "../data/table.ts";
import { means } from "./evaluate.ts";
import { measure } from "./measure.ts";

/** Options of {@link trecReport}. */
export interface TrecReportOptions {
  /** Lines per query before the means (trec_eval's `-q`). @default false */
  perQuery?: boolean;
  /** The relevance level of trec_eval's own names (its `-l`). @default 1 */
  level?: number;
}

const TREC_REPORT_OPTIONS: OptionKinds<TrecReportOptions> = { perQuery: "boolean", level: "number" };

/**
 * Scores as trec_eval prints them: name, query (or "all"), value with four digits. A measure of another level than
 * `level`, such as P(rel=2)@5, keeps the kit's name: trec_eval would call it P_5, too.
 */
export function trecReport(scores: Table<typeof SCORES>, options: TrecReportOptions = {}): string {
  checkOptions<TrecReportOptions>("trecReport", options, TREC_REPORT_OPTIONS);
  const { level } = options;
  const shown = (name: string) => {
    const { trec } = measure(name);
    return trec !== undefined && measure(trec, { level }).name === name ? trec : name;
  };
  const line = (name: string, query: string, value: number) =>
    `${shown(name).padEnd(22)}\t${query}\t${fourDigits(value)}`;
  const lines: string[] = [];
  const queries = new Set<string>();
  for (const { query_id, measure: name, value } of scores.rows()) {
    queries.add(query_id);
    if (options.perQuery) lines.push(line(name, query_id, value));
  }
  lines.push(`${"num_q".padEnd(22)}\tall\t${queries.size}`);
  for (const [name, mean] of means(scores)) lines.push(line(name, "all", mean));
  return lines.join("\n");
}

/**
 * Four digits behind the point as C's `%.4f` prints them: an exact half goes to the even digit, where `toFixed` goes up.
 * Only multiples of 1/32 can be exact halves of the fourth digit.
 */
export function fourDigits(value: number): string {
  const tie = Number.isInteger(value * 32) && Math.abs(value * 32 * 625) % 2 === 1;
  if (!tie) return value.toFixed(4);
  const below = Math.floor(value * 10000);
  return ((below % 2 === 0 ? below : below + 1) / 10000).toFixed(4);
}
