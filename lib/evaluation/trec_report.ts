import { checkOptions, type OptionKinds } from "../core/options.ts";
import type { QRELS, RUN, SCORES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { means } from "./evaluate.ts";
import { measure } from "./measure.ts";
import { type TrecCounts, trecCounts } from "./trec_counts.ts";

/**
 * Options of {@link trecReport}.
 *
 * @category Evaluation
 */
export interface TrecReportOptions {
  /**
   * Lines per query before the means (trec_eval's `-q`).
   *
   * @default {false}
   */
  perQuery?: boolean;
  /**
   * The relevance level of trec_eval's own names (its `-l`).
   *
   * @default {1}
   */
  level?: number;
  /**
   * The run that was scored; with `qrels`, adds num_ret, num_rel and num_rel_ret.
   *
   * @default {undefined} left out
   */
  run?: Table<typeof RUN>;
  /**
   * The judgments that it was scored by.
   *
   * @default {undefined} left out
   */
  qrels?: Table<typeof QRELS>;
}

const TREC_REPORT_OPTIONS: OptionKinds<TrecReportOptions> = {
  perQuery: "boolean",
  level: "number",
  run: "object",
  qrels: "object",
};

/**
 * Scores as trec_eval prints them: name, query (or "all"), value with four digits. A measure of another level than
 * `level`, such as P(rel=2)@5, keeps the kit's name: trec_eval would call it P_5, too.
 *
 * @example
 * ```ts
 * import { tableOf, trecReport } from "@syneg/kit";
 * import { SCORES } from "@syneg/kit/tables";
 * const scores = tableOf(SCORES, [{ query_id: "a", measure: "nDCG@10", value: 0.5 }]);
 * console.log(trecReport(scores).split("\n").at(-1)); // ndcg_cut_10 all 0.5000
 * ```
 *
 * @category Evaluation
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
  const counted = (query: string, counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([name, count]) => `${name.padEnd(22)}\t${query}\t${count}`);
  const lines: string[] = [];
  const queries = new Set(scores.column("query_id"));
  const { run, qrels } = options;
  const counts = run && qrels && trecCounts(queries, { run, qrels, level });
  if (options.perQuery) {
    let last: string | undefined;
    for (const { query_id, measure: name, value } of scores.rows()) {
      if (counts && query_id !== last) lines.push(...counted(query_id, { ...counts.get(query_id)! }));
      lines.push(line(name, last = query_id, value));
    }
  }
  lines.push(...counted("all", { num_q: queries.size, ...counts && total([...counts.values()]) }));
  for (const [name, mean] of means(scores)) lines.push(line(name, "all", mean));
  return lines.join("\n");
}

function total(counts: readonly TrecCounts[]): TrecCounts {
  const sum = (name: keyof TrecCounts) => counts.reduce((all, count) => all + count[name], 0);
  return { num_ret: sum("num_ret"), num_rel: sum("num_rel"), num_rel_ret: sum("num_rel_ret") };
}

/**
 * Four decimals as in C's `%.4f`: an exact half rounds to the even digit, while `toFixed` rounds up.
 * Only multiples of 1/32 can be exact halves of the fourth digit.
 *
 * @example
 * ```ts
 * import { fourDigits } from "@syneg/kit/evaluation";
 * console.log(fourDigits(0.03125)); // 0.0312
 * ```
 *
 * @category Evaluation
 */
export function fourDigits(value: number): string {
  const tie = Number.isInteger(value * 32) && Math.abs(value * 32 * 625) % 2 === 1;
  if (!tie) return value.toFixed(4);
  const below = Math.floor(value * 10000);
  return ((below % 2 === 0 ? below : below + 1) / 10000).toFixed(4);
}
