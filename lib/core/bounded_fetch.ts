import { KitError } from "./errors.ts";

/** Limits of a server's answer. */
export interface AnswerLimits {
  /** Largest answer in bytes, unpacked. */
  bytes: number;
  /** Longest time in milliseconds from sending the request to the last byte. */
  timeout: number;
}

/** An answer exceeded a limit of {@link boundedFetch}. */
export class LimitError extends KitError {
  /** The limit exceeded. */
  readonly limit: "bytes" | "timeout";

  /** The error of the limit that was exceeded. */
  constructor(limit: "bytes" | "timeout", message: string) {
    super(message);
    this.limit = limit;
  }
}

/** Bytes read of an error's answer. */
const ERROR_BYTES = 65536;

/**
 * A `fetch` with limits: if an answer is too large or too slow, reading its body fails with a {@link LimitError}. The body
 * of an error (status >= 400) is cut at 64 KiB instead, so that status and message are always available.
 *
 * @param limits The limits for an address.
 *
 * @example
 * ```ts
 * import { boundedFetch } from "./bounded_fetch.ts";
 * const get = boundedFetch(() => ({ bytes: 1e6, timeout: 10_000 }));
 * ```
 */
export function boundedFetch(
  limits: (url: string) => AnswerLimits,
  { client }: { client?: Deno.HttpClient } = {},
): typeof fetch {
  return async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    const { bytes, timeout } = limits(url);
    const stop = new AbortController();
    const late = new LimitError("timeout", `no whole answer within ${timeout} ms`);
    const timer = setTimeout(() => stop.abort(late), timeout);
    const caller = init.signal ?? undefined;
    const forward = () => stop.abort(caller!.reason);
    if (caller?.aborted) forward();
    else caller?.addEventListener("abort", forward, { once: true });
    const end = () => {
      clearTimeout(timer);
      caller?.removeEventListener("abort", forward);
    };
    try {
      const response = await fetch(
        input,
        { ...init, client, signal: stop.signal } as RequestInit & { client: Deno.HttpClient },
      );
      if (!response.body) return end(), response;
      const body = bounded(response.body, { bytes, failed: response.status >= 400, signal: stop.signal, end });
      const { status, statusText, headers } = response;
      return named(new Response(body, { status, statusText, headers }), response.url);
    } catch (error) {
      end();
      throw stop.signal.aborted ? stop.signal.reason : error;
    }
  };
}

function named(response: Response, url: string): Response {
  return Object.defineProperty(response, "url", { value: url });
}

/** A body that fails at its limit, or ends there if it belongs to an error. */
function bounded(
  source: ReadableStream<Uint8Array>,
  { bytes, failed, signal, end }: { bytes: number; failed: boolean; signal: AbortSignal; end: () => void },
): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  const most = failed ? Math.min(bytes, ERROR_BYTES) : bytes;
  let read = 0;
  const leave = (reason?: unknown) => {
    end();
    reader.cancel(reason).catch(() => {});
  };
  const stopped = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  stopped.catch(() => {});
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await Promise.race([reader.read(), stopped]);
        if (done) return end(), controller.close();
        read += value.length;
        if (read <= most) return controller.enqueue(value);
        if (!failed) throw new LimitError("bytes", `an answer of more than ${size(bytes)}`);
        controller.enqueue(value.subarray(0, most - (read - value.length)));
        leave();
        controller.close();
      } catch (error) {
        leave(error);
        // The part of an error's message that arrived in time is used.
        if (failed && error instanceof LimitError) controller.close();
        else controller.error(error);
      }
    },
    cancel: leave,
  });
}

function size(bytes: number): string {
  return bytes >= 1 << 20 ? `${Math.round(bytes / (1 << 20))} MiB` : `${bytes} bytes`;
}
