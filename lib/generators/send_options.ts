import { ArgumentError } from "../core/errors.ts";
import type { OptionKinds } from "../core/options.ts";
import { type Budget, Spending } from "./budget.ts";
import { type EndpointOptions, RateLimit, type RateOptions } from "./client/mod.ts";
import type { Outcome } from "./outcome.ts";
import type { AskingOptions } from "./pending.ts";
import type { RunReport } from "./run_report.ts";

/**
 * How requests are sent.
 *
 * @category Generation
 */
export interface SendOptions extends EndpointOptions, RateOptions, AskingOptions {
  /**
   * Requests in flight at once.
   *
   * @default {8}
   */
  concurrency?: number;
  /**
   * How often a request is sent again if the server does not answer it.
   *
   * @default {5}
   */
  maxRetries?: number;
  /** What the run may spend. Omit for no limit. */
  budget?: Budget;
  /** Called for every request when it has ended. */
  onOutcome?: (outcome: Outcome) => void;
  /** Called when the run has ended, with or without an error. */
  onReport?: (report: RunReport) => void;
  /** Cancels the run. */
  signal?: AbortSignal;
  /**
   * Whether to show no progress.
   *
   * @default {false}
   */
  quiet?: boolean;
  /**
   * Milliseconds before a failed request is sent again, doubled each time.
   *
   * @default {500}
   */
  backoff?: number;
}

/** Kinds of {@link SendOptions}. */
export const SEND_OPTIONS: OptionKinds<SendOptions> = {
  baseURL: "string",
  apiKey: "string",
  timeout: "number",
  answerBytes: "number",
  format: "string",
  stream: "boolean",
  price: "object",
  requestsPerMinute: "number",
  tokensPerMinute: "number",
  concurrency: "number",
  maxRetries: "number",
  maxReplies: "number",
  retry: "array",
  budget: "object",
  onOutcome: "function",
  onReport: "function",
  signal: "object",
  quiet: "boolean",
  backoff: "number",
};

/** What may still be sent, and when. */
export interface Limits {
  readonly spending: Spending;
  readonly rate: RateLimit;
}

/** Limits of one run, or of several that share them. */
export function limitsOf(options: SendOptions): Limits {
  return { spending: new Spending(options.budget, options.price), rate: new RateLimit(options) };
}

/** @throws {ArgumentError} if a number is outside its domain. */
export function checkNumbers(options: SendOptions): void {
  for (const [name, least] of [["concurrency", 1], ["maxRetries", 0], ["maxReplies", 1]] as const) {
    const value = options[name];
    if (value === undefined || (Number.isInteger(value) && value >= least)) continue;
    throw new ArgumentError(`${name} must be an integer >= ${least}, found ${value}`, { field: name });
  }
  for (const name of ["requestsPerMinute", "tokensPerMinute", "timeout", "answerBytes", "backoff"] as const) {
    const value = options[name];
    const least = name === "backoff" ? ">= 0" : "> 0";
    if (value === undefined || (typeof value === "number" && (value > 0 || (name === "backoff" && value === 0)))) {
      continue;
    }
    throw new ArgumentError(`${name} must be a number ${least}, found ${value}`, { field: name });
  }
}
