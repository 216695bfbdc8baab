import { CancelledError } from "./errors.ts";

/**
 * Waits for `milliseconds`; with 0, gives signals, timers and other work a turn.
 *
 * @throws {CancelledError} as soon as `signal` is aborted.
 *
 * @example
 * ```ts
 * import { pause } from "./pause.ts";
 * await pause(5);
 * ```
 */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = () => {
      clearTimeout(timer);
      reject(new CancelledError("Cancelled while waiting", {}, { cause: signal!.reason }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", cancel);
      resolve();
    }, milliseconds);
    if (signal?.aborted) cancel();
    else signal?.addEventListener("abort", cancel, { once: true });
  });
}
