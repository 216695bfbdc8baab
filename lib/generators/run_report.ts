import { count, counted } from "../core/format_numbers.ts";
import { duration } from "../core/duration.ts";
import type { Spending } from "./budget.ts";

/**
 * What one run did and spent. It has no influence on the table that the run returns.
 *
 * @category Generation
 */
export interface RunReport {
  /** Distinct requests of the run. */
  readonly requests: number;
  /** Requests that the ledger answered. */
  readonly recorded: number;
  /** Requests that another process on the same ledger answered in the meantime. */
  readonly elsewhere: number;
  /** Requests sent at least once in this run. */
  readonly asked: number;
  /** Among them, those with an unusable earlier reply, or requested again by `retry`. */
  readonly askedAgain: number;
  /** Requests sent, including repeated ones and refused formats. */
  readonly sent: number;
  /** Replies received. */
  readonly replies: number;
  /** Attempts without a reply. */
  readonly failures: number;
  /** Prompt tokens. */
  readonly promptTokens: number;
  /** Completion tokens. */
  readonly completionTokens: number;
  /** Tokens among them that are estimated because the server does not count them. */
  readonly estimatedTokens: number;
  /** Answers with estimated tokens. */
  readonly uncounted: number;
  /** Cost in the currency of the price; null without a price. */
  readonly cost: number | null;
  /** Duration of the run. */
  readonly seconds: number;
  /** Message of the last failed attempt. */
  readonly lastFailure?: string;
}

/**
 * The part of a report that the budget counts.
 *
 * @category Generation
 */
export type Spent = Pick<
  RunReport,
  "sent" | "promptTokens" | "completionTokens" | "estimatedTokens" | "uncounted" | "cost"
>;

/**
 * What a run has spent, for its report.
 *
 * @example
 * ```ts
 * import { Spending } from "./budget.ts";
 * import { spent } from "./run_report.ts";
 * console.log(spent(new Spending()).sent); // 0
 * ```
 *
 * @category Generation
 */
export function spent(spending: Spending): Spent {
  return {
    sent: spending.requests,
    promptTokens: spending.prompt,
    completionTokens: spending.completion,
    estimatedTokens: spending.estimated,
    uncounted: spending.uncounted,
    cost: spending.price ? spending.cost : null,
  };
}

/**
 * A report in two lines: the requests, and what they cost.
 *
 * @example
 * ```ts
 * import { Spending } from "./budget.ts";
 * import { reportLines, spent } from "./run_report.ts";
 * const counts = { requests: 9, recorded: 6, elsewhere: 0, asked: 3, askedAgain: 1, replies: 3, failures: 0 };
 * console.log(reportLines({ ...counts, ...spent(new Spending()), seconds: 2 })[0]);
 * // 6 answered from the ledger, 3 sent (1 again)
 * ```
 *
 * @category Generation
 */
export function reportLines(report: RunReport): string[] {
  const { recorded, elsewhere, asked, askedAgain, failures } = report;
  const answers = [
    `${count(recorded)} answered from the ledger`,
    `${count(asked)} sent${askedAgain ? ` (${count(askedAgain)} again)` : ""}`,
    ...(elsewhere ? [`${count(elsewhere)} answered by another process`] : []),
    ...(failures ? [`${count(failures)} failed attempts`] : []),
  ];
  return [answers.join(", "), `${spentLine(report)}, ${duration(report.seconds)}`];
}

/**
 * Tokens and cost in one line.
 *
 * @example
 * ```ts
 * import { Spending } from "./budget.ts";
 * import { spent, spentLine } from "./run_report.ts";
 * console.log(spentLine(spent(new Spending()))); // 0 tokens (0 prompt, 0 completion), cost unknown without a price
 * ```
 *
 * @category Generation
 */
export function spentLine(report: Omit<Spent, "sent">): string {
  const { uncounted, estimatedTokens: estimated, cost } = report;
  const tokens = count(report.promptTokens + report.completionTokens);
  const part = `${count(report.promptTokens)} prompt, ${count(report.completionTokens)} completion`;
  const answers = counted(uncounted, "answer");
  const guess = uncounted ? `; ${count(estimated)} estimated for ${answers} without full usage` : "";
  const money = cost === null ? "cost unknown without a price" : `cost ${estimated ? "about " : ""}${cost.toFixed(4)}`;
  return `${tokens} tokens (${part}${guess}), ${money}`;
}
