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
  readonly asked_again: number;
  /** Requests that were sent, repeated ones and refused formats included. */
  readonly sent: number;
  /** Replies that came. */
  readonly replies: number;
  /** Attempts without a reply. */
  readonly failures: number;
  /** Tokens read. */
  readonly prompt_tokens: number;
  /** Tokens written. */
  readonly completion_tokens: number;
  /** Of these tokens, those that the kit estimates because the server does not count them. */
  readonly estimated_tokens: number;
  /** Answers with estimated tokens. */
  readonly uncounted: number;
  /** In the currency of the price; null without one. */
  readonly cost: number | null;
  /** From the first request to the last. */
  readonly seconds: number;
  /** What the server said to the last attempt that failed. */
  readonly last_failure?: string;
}

/** The columns of a report that the budget counts. */
export function spent(spending: Spending) {
  return {
    sent: spending.requests,
    prompt_tokens: spending.prompt,
    completion_tokens: spending.completion,
    estimated_tokens: spending.estimated,
    uncounted: spending.uncounted,
    cost: spending.price ? spending.cost : null,
  };
}

/** A report in words, a line for the answers and a line for what they took. */
export function reportLines(report: RunReport): string[] {
  const { recorded, elsewhere, asked, asked_again, failures } = report;
  const answers = [
    `${number(recorded)} on record`,
    `${number(asked)} asked${asked_again ? ` (${number(asked_again)} of them again)` : ""}`,
    ...(elsewhere ? [`${number(elsewhere)} answered by another process`] : []),
    ...(failures ? [`${number(failures)} failed attempts`] : []),
  ];
  return [answers.join(", "), `${spentLine(report)}, ${duration(report.seconds)}`];
}

/** Tokens and cost in words. */
export function spentLine(report: Omit<ReturnType<typeof spent>, "sent">): string {
  const { uncounted, estimated_tokens: estimated, cost } = report;
  const tokens = number(report.prompt_tokens + report.completion_tokens);
  const part = `${number(report.prompt_tokens)} prompt, ${number(report.completion_tokens)} completion`;
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
