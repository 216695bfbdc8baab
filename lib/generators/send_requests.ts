import { counted } from "../core/format_numbers.ts";
import { CancelledError, KitError } from "../core/errors.ts";
import { progress } from "../core/progress.ts";
import { stopSignal } from "../core/stop.ts";
import { Asker } from "./asker.ts";
import { Endpoint } from "./client/mod.ts";
import { Claims, type Ledger } from "./ledger/mod.ts";
import type { ModelRequest } from "./model_request.ts";
import type { Outcome } from "./outcome.ts";
import { outcomeOf } from "./outcome_of.ts";
import { openQuestions, type Question, standing } from "./pending.ts";
import { Questions } from "./questions.ts";
import type { ModelRecipe } from "./recipe.ts";
import { spent } from "./run_report.ts";
import { checkNumbers, type Limits, limitsOf, type SendOptions } from "./send_options.ts";

/** Options of {@link sendRequests}. */
export interface SendRequestsOptions extends SendOptions {
  recipe: ModelRecipe;
  ledger: Ledger;
  /** Limits that several runs share. Omit for limits of this run alone. */
  limits?: Limits;
}

/**
 * Sends requests. Requests that the ledger answers, or that another process on the same ledger is sending, are not sent.
 * Every reply is in the ledger before it is parsed. Returns one outcome per request, in their order.
 *
 * @throws {ArgumentError} before anything is sent, if an option is outside its domain.
 * @throws {KitError} if the server accepts no request (wrong key, no such model, no funds, unreachable), or the ledger
 * cannot be written. Replies up to then are in the ledger.
 * @throws {CancelledError} if `signal` is aborted.
 */
export async function sendRequests(
  requests: readonly ModelRequest[],
  { recipe, ledger, limits, ...given }: SendRequestsOptions,
): Promise<Outcome[]> {
  checkNumbers(given);
  const options = { ...given, signal: stopSignal(given.signal) };
  const { spending, rate } = limits ?? limitsOf(options);
  const { open, settled } = openQuestions(requests, recipe, ledger, options);
  for (const outcome of settled.values()) options.onOutcome?.(outcome);
  const run = new Run({ recipe, ledger, options, spending, rate, recorded: settled.size });
  const outcomes = await run.outcomes(open);
  return requests.map((request) => {
    const { key, input: { queryId, positiveId } } = request;
    return { ...(settled.get(key) ?? outcomes.get(key)!), queryId, positiveId };
  });
}

interface RunOptions extends Limits {
  readonly recipe: ModelRecipe;
  readonly ledger: Ledger;
  readonly options: SendOptions;
  /** Requests that the ledger answers. */
  readonly recorded: number;
}

/** One run over open questions: its workers and its end. */
class Run {
  readonly #run: RunOptions;
  readonly #ended = new Map<string, Outcome>();
  /** Aborted when nothing more may be sent; requests in flight are awaited. */
  readonly #stop = new AbortController();
  readonly #start = performance.now();
  #elsewhere = 0;
  #fatal?: Error;

  constructor(run: RunOptions) {
    this.#run = run;
  }

  async outcomes(open: ReadonlyMap<string, Question>): Promise<Map<string, Outcome>> {
    const { recipe, ledger, options, spending, rate } = this.#run;
    const { concurrency = 8, signal, quiet } = options;
    const total = open.size;
    // A run that may send nothing needs neither server nor key.
    using endpoint = spending.exhausted ? undefined : new Endpoint(options);
    using claims = new Claims(ledger);
    const questions = new Questions(open.values(), {
      claims,
      block: Math.max(4, concurrency),
      unclaimed: () => spending.exhausted !== undefined,
    });
    const bar = progress({ label: `sending ${recipe.name}`, total, unit: "requests", quiet: quiet || total === 0 });
    const asker = new Asker({ recipe, ledger, options, spending, rate, endpoint, stop: this.#stop.signal });
    const note = () => this.#note(asker.failures, questions.elsewhere);
    const halt = () => this.#stop.abort();
    if (signal?.aborted) halt();
    signal?.addEventListener("abort", halt, { once: true });
    const work = async () => {
      while (!this.#stop.signal.aborted) {
        const question = await questions.next(this.#stop.signal);
        if (!question) return;
        this.#end(await this.#settle(question, asker));
        claims.release(question.request.key);
        bar.update(this.#ended.size, note());
      }
    };
    try {
      const workers = Array.from({ length: Math.min(concurrency, total) }, work);
      await Promise.all(workers.map((worker) => worker.catch((error) => this.#fail(error))));
    } finally {
      signal?.removeEventListener("abort", halt);
      bar.finish(note());
      this.#report(total, asker);
    }
    this.#throw(total, asker.replies);
    return this.#ended;
  }

  /** The outcome of a question: asks it, unless another process has answered it in the meantime. */
  async #settle(question: Question, asker: Asker): Promise<Outcome> {
    const { recipe, ledger, options } = this.#run;
    const before = question.rows.length;
    question.rows = ledger.replies(question.request.key);
    if (question.rows.length > before) {
      const { again, outcome } = standing(question, { ...options, recipe, recorded: true });
      if (!again) {
        this.#elsewhere++;
        return outcome;
      }
    }
    const outcome = await asker.ask(question);
    if (outcome.attempts > 0) return outcome;
    // Another process may have reached the server when this one did not.
    const rows = ledger.replies(question.request.key);
    return rows.length === 0 ? outcome : outcomeOf(rows, { request: question.request, recipe, recorded: true }).outcome;
  }

  #end(outcome: Outcome): void {
    this.#ended.set(outcome.key, outcome);
    this.#run.options.onOutcome?.(outcome);
  }

  #fail(error: unknown): void {
    if (!(error instanceof CancelledError && this.#stop.signal.aborted)) this.#fatal ??= error as Error;
    this.#stop.abort();
  }

  #report(total: number, asker: Asker): void {
    const { options, spending, recorded } = this.#run;
    options.onReport?.({
      requests: recorded + total,
      recorded,
      elsewhere: this.#elsewhere,
      ...asker.counts(),
      ...spent(spending),
      seconds: (performance.now() - this.#start) / 1000,
    });
  }

  #throw(total: number, replies: number): void {
    const { signal } = this.#run.options;
    const done = this.#ended.size;
    if (signal?.aborted) {
      throw new CancelledError(`Cancelled after ${done} of ${total} requests; their replies are in the ledger`);
    }
    if (!this.#fatal) return;
    if (replies === 0 || !(this.#fatal instanceof KitError)) throw this.#fatal;
    const kept = `${
      counted(replies, "reply", "replies")
    } of this run are in the ledger; run the same command again to continue`;
    throw new KitError(`${this.#fatal.message}; ${kept}`, {}, { cause: this.#fatal });
  }

  #note(failures: number, elsewhere: number): string {
    const { spending, options } = this.#run;
    return [
      counted(spending.tokens, "token"),
      ...(options.price ? [`cost ${spending.cost.toFixed(4)}`] : []),
      ...(failures ? [`${failures} failed attempts`] : []),
      ...(elsewhere ? [`${elsewhere} asked by another process`] : []),
    ].join(", ");
  }
}
