import { pause } from "../../core/pause.ts";

/**
 * Limits of the rate of requests.
 *
 * @category Generation
 */
export interface RateOptions {
  /** Requests per minute. Omit for no limit. */
  requestsPerMinute?: number;
  /** Prompt and completion tokens per minute. Omit for no limit. */
  tokensPerMinute?: number;
}

/** A clock that tests replace. */
export interface Clock {
  now(): number;
  pause(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Spaces requests evenly, so that neither their number nor their tokens exceed a rate per minute. */
export class RateLimit {
  readonly #perRequest: number;
  readonly #perToken: number;
  readonly #clock: Clock;
  #request = -Infinity;
  #token = -Infinity;

  constructor({ requestsPerMinute = Infinity, tokensPerMinute = Infinity }: RateOptions = {}, clock?: Clock) {
    this.#perRequest = 60_000 / requestsPerMinute;
    this.#perToken = 60_000 / tokensPerMinute;
    this.#clock = clock ?? { now: () => performance.now(), pause };
  }

  /** Waits until a request of about `tokens` may be sent. Requests are sent in their order. */
  async take(tokens: number, signal?: AbortSignal): Promise<void> {
    if (this.#perRequest === 0 && this.#perToken === 0) return;
    const now = this.#clock.now();
    const start = Math.max(now, this.#request, this.#token);
    this.#request = start + this.#perRequest;
    this.#token = Math.max(start, this.#token) + tokens * this.#perToken;
    if (start > now) await this.#clock.pause(start - now, signal);
  }

  /** Corrects the estimate of {@link take} when the tokens are counted. */
  settle(estimated: number, counted: number): void {
    this.#token += (counted - estimated) * this.#perToken;
  }
}
