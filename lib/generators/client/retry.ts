import { pause } from "../../core/pause.ts";
import { duration } from "../../core/duration.ts";
import type { Random } from "../../core/random.ts";
import { EndpointError } from "./endpoint_error.ts";

/** Options of {@link retry}. */
export interface RetryOptions {
  /** Attempts after the first. @default {5} */
  maxRetries?: number;
  /** Milliseconds before the second attempt, doubled each time. @default {500} */
  base?: number;
  /** Maximum milliseconds between two attempts, unless the server asks for more. @default {30000} */
  cap?: number;
  /** Maximum milliseconds that the server may ask to wait; beyond it the request fails. @default {120000} */
  patience?: number;
  /** Draws the jitter. */
  random: Random;
  signal?: AbortSignal;
  /** Whether an answer of another server, such as a proxy's page, may pass. Omit for never. */
  passing?: () => boolean;
  /** Called for every failed attempt. */
  onFailure?: (error: EndpointError) => void;
}

/**
 * Repeats a request until it succeeds. Waits between half and all of a doubling time, and at least as long as the server
 * asks for. Fails at once on errors that persist. A refused format does not count as an attempt: the next format is tried
 * at once.
 */
export async function retry<T>(work: (failure?: EndpointError) => Promise<T>, options: RetryOptions): Promise<T> {
  const { maxRetries = 5, base = 500, cap = 30_000, patience = 120_000, random, signal, onFailure } = options;
  let failure: EndpointError | undefined;
  for (let attempt = 1;; attempt++) {
    try {
      return await work(failure);
    } catch (error) {
      if (!(error instanceof EndpointError)) throw error;
      onFailure?.(error);
      failure = error;
      const { fate, details: { retryAfter = 0, next } } = error;
      if (next) {
        attempt--;
        continue;
      }
      if (fate !== "again" && !(fate === "foreign" && options.passing?.()) || attempt > maxRetries) throw error;
      if (retryAfter > patience) throw tooLong(error, retryAfter, patience);
      const own = Math.min(cap, base * 2 ** (attempt - 1)) * (0.5 + 0.5 * random.next());
      await pause(Math.max(own, retryAfter), signal);
    }
  }
}

function tooLong({ fate, status, message, details }: EndpointError, wait: number, patience: number): EndpointError {
  const asked = `; the server asks to wait ${duration(wait / 1000)}, longer than ${duration(patience / 1000)}`;
  return new EndpointError(fate, status, message + asked, details);
}
