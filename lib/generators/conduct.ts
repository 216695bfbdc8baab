import { stopSignal } from "../core/stop.ts";
import type { OptionKinds } from "../core/options.ts";
import { z } from "zod";
import { CancelledError, KitError } from "../core/errors.ts";
import { progress } from "../core/progress.ts";
import { random } from "../core/random.ts";
import { type Budget, Spending } from "./budget.ts";
import { type Completion, Endpoint, type EndpointOptions } from "./endpoint.ts";
import { estimateUsage } from "./estimate.ts";
import type { Ledger, LedgerRow } from "./ledger.ts";
import { outcomeOf, unanswered } from "./outcomes.ts";
import { RateLimit, type RateOptions } from "./rate_limit.ts";
import { ledgerColumns } from "./request.ts";
import { retry } from "./retry.ts";
import type { ModelRecipe, ModelRequest, Outcome } from "./types.ts";
import { type Call, EndpointError } from "./wire.ts";

/** How requests are carried out. */
export interface ConductOptions extends EndpointOptions, RateOptions {
  /** Requests under way at once. @default 8 */
  concurrency?: number;
  /** Attempts at reaching the server for one request. @default 6 */
  attempts?: number;
  /** Replies asked for until one is of use: refusals and malformed ones are asked for again. @default 3 */
  tries?: number;
  /** What the run may use. @default no limit */
  budget?: Budget;
  /** Called once for every request when it has ended. */
  onOutcome?: (outcome: Outcome) => void;
  /** Cancels. */
  signal?: AbortSignal;
  /** Show no progress. @default false */
  quiet?: boolean;
  /** Milliseconds before a failed request is sent again, doubled each time. @default 500 */
  backoff?: number;
}

/** Kinds of {@link ConductOptions}. */
export const CONDUCT_OPTIONS: OptionKinds<ConductOptions> = {
  baseURL: "string",
  apiKey: "string",
  timeout: "number",
  format: "string",
  stream: "boolean",
  price: "object",
  requestsPerMinute: "number",
  tokensPerMinute: "number",
  concurrency: "number",
  attempts: "number",
  tries: "number",
  budget: "object",
  onOutcome: "function",
  signal: "object",
  quiet: "boolean",
  backoff: "number",
};

/** What may still be sent, and when. */
export interface Limits {
  readonly spending: Spending;
  readonly rate: RateLimit;
}

/** Limits for one run, or for several that share them. */
export function limitsOf(options: ConductOptions): Limits {
  return { spending: new Spending(options.budget, options.price), rate: new RateLimit(options) };
}

/** Requests that end without an answer, before a first one is answered, until the run gives up. */
const FIRST_CONTACT = 8;

/**
 * Carries out requests. What the ledger has is not sent; what is answered is in the ledger before it is parsed; every
 * request ends as one outcome, in the order of `requests`.
 *
 * @throws {KitError} if the server takes no request at all: wrong key, no such model, nobody there. What was answered is
 * in the ledger.
 * @throws {CancelledError} if `signal` is aborted.
 */
export async function conduct(
  requests: readonly ModelRequest[],
  recipe: ModelRecipe,
  ledger: Ledger,
  options: ConductOptions = {},
  { spending, rate }: Limits = limitsOf(options),
): Promise<Outcome[]> {
  const { concurrency = 8, tries = 3 } = options;
  const signal = stopSignal(options.signal);
  // A run that may send nothing needs neither server nor key.
  using endpoint = spending.exhausted ? undefined : new Endpoint(options);
  const jitter = random("backoff");
  const stop = new AbortController();
  const halt = () => stop.abort();
  signal?.addEventListener("abort", halt, { once: true });

  const schema = replySchema(recipe);
  const settled = new Map<string, Outcome>();
  const open = new Map<string, { request: ModelRequest; rows: LedgerRow[] }>();
  for (const request of requests) {
    if (settled.has(request.key) || open.has(request.key)) continue;
    const rows = ledger.replies(request.key);
    const { again, ...outcome } = outcomeOf(request, recipe, rows, true);
    if (again && rows.length < tries) open.set(request.key, { request, rows });
    else end(outcome);
  }

  const report = progress({
    label: `asking ${recipe.name}`,
    total: open.size,
    unit: "requests",
    quiet: options.quiet || open.size === 0,
  });
  const queue = open.values();
  let done = 0;
  let answered = settled.size;
  let failures = 0;
  let unservedFirst = 0;
  let fatal: Error | undefined;
  if (signal?.aborted) halt();
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, open.size) }, work));
  } finally {
    signal?.removeEventListener("abort", halt);
    report.finish(note());
  }
  if (fatal) throw fatal;
  if (signal?.aborted) {
    throw new CancelledError(`Cancelled after ${done} of ${open.size} requests; their replies are in the ledger`);
  }
  return requests.map((request) => {
    const { key, query_id, positive_id } = { ...request, ...request.subject };
    return { ...settled.get(key)!, query_id, positive_id };
  });

  function end(outcome: Outcome): void {
    settled.set(outcome.key, outcome);
    options.onOutcome?.(outcome);
  }

  function note(): string {
    const cost = options.price ? `, cost ${spending.cost.toFixed(4)}` : "";
    return `${spending.tokens.toLocaleString("en")} tokens${cost}${failures ? `, ${failures} failed attempts` : ""}`;
  }

  async function work(): Promise<void> {
    for (const { request, rows } of queue) {
      if (stop.signal.aborted) return;
      try {
        end(await carryOut(request, rows));
      } catch (error) {
        fatal ??= signal?.aborted || error instanceof CancelledError && stop.signal.aborted
          ? undefined
          : error as Error;
        stop.abort();
        return;
      }
      report.update(++done, note());
    }
  }

  async function carryOut(request: ModelRequest, rows: LedgerRow[]): Promise<Outcome> {
    while (true) {
      let completion: Completion;
      try {
        completion = await retry(() => send(request, rows.length), {
          attempts: options.attempts,
          base: options.backoff,
          random: jitter,
          signal: stop.signal,
          onFailure: (error) => {
            if (error instanceof Exhausted) return;
            failures++;
            ledger.fail(request, error.status, error.message);
          },
        });
      } catch (error) {
        if (!(error instanceof EndpointError) || error.fate === "fatal") throw error;
        return unserved(request, rows, error);
      }
      answered++;
      rows.push(await ledger.append(ledgerRow(request, completion)));
      const { again, ...outcome } = outcomeOf(request, recipe, rows, false);
      if (!again || rows.length >= tries) return outcome;
    }
  }

  async function send(request: ModelRequest, before: number): Promise<Completion> {
    const { model, messages, sampling } = request;
    const seeded = sampling.seed === undefined ? sampling : { ...sampling, seed: sampling.seed + before };
    const call: Call = { model, messages, sampling: seeded, schema };
    const expected = estimateUsage(request, recipe);
    const estimate = expected.prompt + expected.completion;
    await rate.take(estimate, stop.signal);
    if (spending.exhausted) throw new Exhausted(spending.exhausted);
    spending.requests++;
    const completion = await endpoint!.complete(call, stop.signal);
    const counted = (completion.usage.prompt_tokens ?? 0) + (completion.usage.completion_tokens ?? 0);
    spending.tokens += counted;
    spending.cost += completion.cost ?? 0;
    if (counted > 0) rate.settle(estimate, counted);
    return completion;
  }

  /** How a request ends that the server did not serve: with an earlier reply, if there is one. */
  function unserved(request: ModelRequest, rows: LedgerRow[], error: EndpointError): Outcome {
    if (rows.length > 0) {
      const { again: _, ...outcome } = outcomeOf(request, recipe, rows, false);
      return { ...outcome, reason: `${outcome.reason}; no further reply: ${error.message}` };
    }
    if (error instanceof Exhausted) return unanswered(request, "unsent", error.message);
    if (answered === 0 && ++unservedFirst >= FIRST_CONTACT) {
      throw new KitError(`Cannot go on: none of ${unservedFirst} requests was answered; the last: ${error.message}`);
    }
    return unanswered(request, error.fate === "rejected" ? "rejected" : "unreachable", error.message);
  }
}

/** The JSON-schema of a recipe's reply, as servers want it. */
export function replySchema(recipe: ModelRecipe): Call["schema"] {
  return { name: recipe.name.replace(/\W/g, "_"), schema: z.toJSONSchema(recipe.reply) as Record<string, unknown> };
}

/** The budget ended before a request was sent. */
class Exhausted extends EndpointError {
  constructor(reason: string) {
    super("rejected", null, reason);
  }
}

function ledgerRow(request: ModelRequest, completion: Completion): Omit<LedgerRow, "attempt"> {
  return {
    ...ledgerColumns(request),
    reply: completion.text,
    finish_reason: completion.finish_reason,
    ...completion.usage,
    cost: completion.cost,
    latency_ms: completion.latency_ms,
    answered_at: new Date().toISOString(),
    origin: "request",
  };
}
