import { CancelledError, KitError } from "../core/errors.ts";
import { random } from "../core/random.ts";
import {
  type Call,
  type Completion,
  type Endpoint,
  EndpointError,
  estimateUsage,
  type Format,
  replySchema,
  retry,
} from "./client/mod.ts";
import type { Ledger, LedgerRow } from "./ledger/mod.ts";
import { ledgerColumns, type ModelRequest } from "./model_request.ts";
import type { Outcome } from "./outcome.ts";
import { outcomeOf, unanswered } from "./outcome_of.ts";
import { type Question, standing } from "./pending.ts";
import type { ModelRecipe } from "./recipe.ts";
import type { RunReport } from "./run_report.ts";
import type { Limits, SendOptions } from "./send_options.ts";

/** Options of {@link Asker}. */
export interface AskerOptions extends Limits {
  readonly recipe: ModelRecipe;
  readonly ledger: Ledger;
  readonly options: SendOptions;
  /** Undefined if nothing may be sent. */
  readonly endpoint: Endpoint | undefined;
  /** Aborted when nothing more may be sent. */
  readonly stop: AbortSignal;
}

/** Unanswered requests in a row that end the run, before the first answer and after it. */
const FIRST_CONTACT = 8;
const GONE = 16;

/** Asks questions until each has an outcome. */
export class Asker {
  readonly #with: AskerOptions;
  readonly #schema: Call["schema"];
  readonly #jitter = random("backoff");
  readonly #asked = new Set<string>();
  #again = 0;
  #silent = 0;
  /** Whether the server has answered. */
  #reached = false;
  #lastFailure?: string;
  /** Replies stored. */
  replies = 0;
  /** Attempts without a reply. */
  failures = 0;

  constructor(options: AskerOptions) {
    this.#with = options;
    this.#schema = replySchema(options.recipe);
  }

  /** Counts for the report. */
  counts(): Pick<RunReport, "asked" | "askedAgain" | "replies" | "failures" | "lastFailure"> {
    const { replies, failures } = this;
    const last = this.#lastFailure === undefined ? {} : { lastFailure: this.#lastFailure };
    return { asked: this.#asked.size, askedAgain: this.#again, replies, failures, ...last };
  }

  /**
   * Asks until a reply is usable, the maximum of replies is reached, or the server does not answer.
   *
   * @throws {KitError} if the server accepts no request at all, or has not answered for long.
   */
  async ask(question: Question): Promise<Outcome> {
    const { recipe, ledger, options } = this.#with;
    while (true) {
      let completion: Completion;
      try {
        completion = await this.#answer(question);
      } catch (error) {
        if (!(error instanceof EndpointError)) throw error;
        const passing = error.fate === "foreign" && this.#reached;
        if (error.fate === "fatal" || (error.fate === "foreign" && !passing)) throw error;
        return this.#unserved(question, error);
      }
      this.#silent = 0;
      this.#reached = true;
      await ledger.append(ledgerRow(question, completion));
      this.replies++;
      question.rows = ledger.replies(question.request.key);
      const { again, outcome } = standing(question, { ...options, recipe, recorded: false });
      if (!again) return outcome;
    }
  }

  /** One answer to a question, after as many retries as it takes. */
  #answer(question: Question): Promise<Completion> {
    const { options, stop } = this.#with;
    let format: Format | undefined;
    return retry((failure) => {
      format = failure?.details.next ?? format;
      return this.#send(question, format);
    }, {
      maxRetries: options.maxRetries,
      base: options.backoff,
      random: this.#jitter,
      signal: stop,
      passing: () => this.#reached,
      onFailure: (error) => this.#failed(question.request, error),
    });
  }

  #failed(request: ModelRequest, error: EndpointError): void {
    if (error instanceof Exhausted) return;
    this.failures++;
    this.#lastFailure = error.message;
    this.#with.ledger.fail(request, error.status, error.message);
  }

  async #send({ request, rows, before }: Question, format: Format | undefined): Promise<Completion> {
    const { recipe, spending, rate, endpoint, stop, options } = this.#with;
    const { model, messages, sampling } = request;
    const seeded = sampling.seed === undefined ? sampling : { ...sampling, seed: sampling.seed + rows.length };
    const call: Call = { model, messages, sampling: seeded, schema: this.#schema };
    const expected = estimateUsage(request, recipe);
    const estimate = expected.prompt + expected.completion;
    await rate.take(estimate, stop);
    if (spending.exhausted) throw new Exhausted("rejected", null, spending.exhausted);
    if (stop.aborted) throw new CancelledError("Cancelled before a request was sent");
    spending.requests++;
    if (!this.#asked.has(request.key)) this.#again += Number(before);
    this.#asked.add(request.key);
    try {
      const completion = await endpoint!.complete(call, { signal: options.signal, format });
      rate.settle(estimate, spending.count(completion.usage, expected, completion.text));
      return completion;
    } catch (error) {
      if (error instanceof EndpointError && error.details.paid) spending.count(error.details.paid, expected);
      throw error;
    }
  }

  /** The outcome of a request that the server did not answer: that of an earlier reply, if there is one. */
  #unserved({ request, rows }: Question, error: EndpointError): Outcome {
    this.#checkContact(error);
    if (rows.length > 0) {
      const { outcome } = outcomeOf(rows, { request, recipe: this.#with.recipe, recorded: false });
      return { ...outcome, reason: `${outcome.reason}; no further reply: ${error.message}` };
    }
    if (error instanceof Exhausted) {
      const last = this.#with.ledger.lastFailure(request.key);
      return unanswered(request, "unsent", last ? `${error.message}; the last failure: ${last}` : error.message);
    }
    return unanswered(request, error.fate === "rejected" ? "rejected" : "unreachable", error.message);
  }

  /** Ends the run if the server answers no request, or has stopped answering. */
  #checkContact(error: EndpointError): void {
    if (error instanceof Exhausted) return;
    // A server that answers may reject any number of wrong requests.
    if (this.#reached && error.fate === "rejected") return;
    const most = !this.#reached ? FIRST_CONTACT : Math.max(GONE, 2 * (this.#with.options.concurrency ?? 8));
    if (++this.#silent < most) return;
    const which = !this.#reached ? `none of ${most} requests` : `none of the last ${most} requests`;
    throw new KitError(`Stopped: ${which} was answered; the last error: ${error.message}`);
  }
}

/** The budget was spent before a request was sent, or sent again after a failure. */
class Exhausted extends EndpointError {}

function ledgerRow({ request, asking }: Question, completion: Completion): Omit<LedgerRow, "attempt"> {
  return {
    ...ledgerColumns(request),
    reply: completion.text,
    finish_reason: completion.finishReason,
    prompt_tokens: completion.usage.promptTokens,
    completion_tokens: completion.usage.completionTokens,
    cost: completion.cost,
    latency_ms: completion.latencyMs,
    answered_at: new Date().toISOString(),
    origin: "request",
    asking,
  };
}
