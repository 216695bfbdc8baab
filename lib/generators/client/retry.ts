import { pause } from "../../core/pause.ts";
import { duration } from "../../core/progress.ts";
import type { Random } from "../../core/random.ts";
import { EndpointError } from "./endpoint_error.ts";

/** Options of {@link retry}. */
export interface RetryOptions {
  /** Attempts after the first. @default {5} */
  maxRetries?: number;
  /** Milliseconds before the second attempt; doubled for each one after it. @default {500} */
  base?: number;
  /** Longest wait of the kit's own choice, in milliseconds. @default 30000 */
  cap?: number;
  /** Longest wait a server may ask for, in milliseconds; beyond it the request is given up. @default 120000 */
  patience?: number;
  /** Draws the jitter. */
  random: Random;
  signal?: AbortSignal;
  /** Whether somebody else's answer, such as a proxy's page, may pass. @default never */
  passing?: () => boolean;
  /** Told of every failed attempt. */
  onFailure?: (error: EndpointError) => void;
}

/**
 * The one place where requests are repeated. Waits between half and all of a doubling time, never less than the server
 * asks for; gives up on errors that another attempt cannot mend. A refused format is no attempt: the next format is
 * tried at once.
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
