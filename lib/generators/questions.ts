import { pause } from "../core/pause.ts";
import type { Claims } from "./ledger/mod.ts";
import type { Question } from "./pending.ts";

/** Milliseconds until a question that another run holds is tried again. */
const LOOK_AGAIN = 250;

/** Options of {@link Questions}. */
export interface QuestionsOptions {
  readonly claims: Claims;
  /** Questions claimed per write. */
  readonly block: number;
  /** Whether questions need no claim because none of them will be asked. */
  readonly unclaimed: () => boolean;
}

/**
 * Hands out questions that this run has claimed. Those that another run holds come last: when that run has answered or
 * released them, or has been killed.
 */
export class Questions {
  readonly #list: Iterator<Question>;
  readonly #options: QuestionsOptions;
  readonly #ready: Question[] = [];
  #elsewhere: { question: Question; due: number }[] = [];
  #more = true;
  #filling?: Promise<void>;

  constructor(list: Iterable<Question>, options: QuestionsOptions) {
    this.#list = list[Symbol.iterator]();
    this.#options = options;
  }

  /** Questions that another run holds. */
  get elsewhere(): number {
    return this.#elsewhere.length;
  }

  /** The next question, or undefined after the last; rejects with a CancelledError when `signal` is aborted. */
  async next(signal: AbortSignal): Promise<Question | undefined> {
    while (true) {
      const ready = this.#ready.shift();
      if (ready || (!this.#more && this.#elsewhere.length === 0 && !this.#filling)) return ready;
      this.#filling ??= this.#fill(signal).finally(() => this.#filling = undefined);
      await this.#filling;
    }
  }

  async #fill(signal: AbortSignal): Promise<void> {
    const { claims, block, unclaimed } = this.#options;
    const now = Date.now();
    const free = unclaimed();
    const due = this.#elsewhere.filter((one) => free || one.due <= now).slice(0, Math.max(block, 500));
    const questions = due.map(({ question }) => question);
    for (let taken = 0; taken < block && this.#more; taken++) {
      const { value, done } = this.#list.next();
      if (done) this.#more = false;
      else questions.push(value);
    }
    if (questions.length === 0) {
      if (this.#elsewhere.length > 0) {
        await pause(Math.max(1, Math.min(...this.#elsewhere.map((one) => one.due)) - now), signal);
      }
      return;
    }
    const mine = free ? undefined : await claims.take(questions.map(({ request }) => request.key));
    const again = Date.now() + LOOK_AGAIN;
    const left = questions.filter(({ request }) => mine && !mine.has(request.key));
    const looked = new Set(due);
    this.#elsewhere = this.#elsewhere.filter((one) => !looked.has(one));
    this.#elsewhere.push(...left.map((question) => ({ question, due: again })));
    this.#ready.push(...questions.filter(({ request }) => !mine || mine.has(request.key)));
  }
}
