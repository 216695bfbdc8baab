import { duration } from "../core/progress.ts";
import type { Spending } from "./budget.ts";

/** What one run of requests did and used; of no influence on its table. */
export interface RunReport {
  /** Different requests of the run. */
  readonly requests: number;
  /** Answered by the ledger alone. */
  readonly recorded: number;
  /** Answered meanwhile by another process on the same ledger. */
  readonly elsewhere: number;
  /** Asked in this run. */
  readonly asked: number;
  /** Among them, those with a reply on record that was of no use, or was to be asked for again. */
  readonly askedAgain: number;
  /** Requests that were sent, repeated ones and refused formats included. */
  readonly sent: number;
  /** Replies that came. */
  readonly replies: number;
  /** Attempts without a reply. */
  readonly failures: number;
  /** Tokens read. */
  readonly promptTokens: number;
  /** Tokens written. */
  readonly completionTokens: number;
  /** Of these tokens, those that the kit estimates because the server does not count them. */
  readonly estimatedTokens: number;
  /** Answers with estimated tokens. */
  readonly uncounted: number;
  /** In the currency of the price; null without one. */
  readonly cost: number | null;
  /** From the first request to the last. */
  readonly seconds: number;
  /** What the server said to the last attempt that failed. */
  readonly lastFailure?: string;
}

/** The columns of a report that the budget counts. */
export function spent(spending: Spending) {
  return {
    sent: spending.requests,
    promptTokens: spending.prompt,
    completionTokens: spending.completion,
    estimatedTokens: spending.estimated,
    uncounted: spending.uncounted,
    cost: spending.price ? spending.cost : null,
  };
}

/** A report in words, a line for the answers and a line for what they took. */
export function reportLines(report: RunReport): string[] {
  const { recorded, elsewhere, asked, askedAgain, failures } = report;
  const answers = [
    `${number(recorded)} on record`,
    `${number(asked)} asked${askedAgain ? ` (${number(askedAgain)} of them again)` : ""}`,
    ...(elsewhere ? [`${number(elsewhere)} answered by another process`] : []),
    ...(failures ? [`${number(failures)} failed attempts`] : []),
  ];
  return [answers.join(", "), `${spentLine(report)}, ${duration(report.seconds)}`];
}

/** Tokens and cost in words. */
export function spentLine(report: Omit<ReturnType<typeof spent>, "sent">): string {
  const { uncounted, estimatedTokens: estimated, cost } = report;
  const tokens = number(report.promptTokens + report.completionTokens);
  const part = `${number(report.promptTokens)} prompt, ${number(report.completionTokens)} completion`;
  const guess = uncounted
    ? `; ${number(estimated)} of them estimated: no full usage reported for ${number(uncounted)} answer${
      uncounted === 1 ? "" : "s"
    }`
    : "";
  const money = cost === null ? "cost unknown without a price" : `cost ${estimated ? "about " : ""}${cost.toFixed(4)}`;
  return `${tokens} tokens (${part}${guess}), ${money}`;
}

function number(value: number): string {
  return value.toLocaleString("en");
}
