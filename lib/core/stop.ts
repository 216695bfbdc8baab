import { CancelledError, checkCancelled, onCancel } from "./errors.ts";
import { pause } from "./pause.ts";
import { notebook } from "./notebook.ts";

/** Milliseconds after a stopped cell in which a new cell must have been queued: no one starts one that fast. */
const QUEUED = 1000;
/** Milliseconds in which a press that came too late for the current work ends the next. */
const MISSED = 1000;
/** Milliseconds that a loop runs before timers, displays and the stop button get a turn. */
const TURN = 50;

/** The stop button, once listened to. A process has only one, so this is shared. */
let button: { pressed: AbortController; queueUntil: number; missedUntil: number } | undefined;

/**
 * The signal that cancels long work: `signal`, and in a notebook the stop button as well. Jupyter stops a cell by SIGINT,
 * which kills a Deno kernel with all its variables unless something listens. After the first call, the stop button ends
 * the work with a {@link CancelledError} instead, and kernel and variables remain. Every long function of the kit calls
 * this; call it before loops of your own.
 *
 * @throws {CancelledError} in a cell that was queued behind a stopped one; see {@link checkQueue}.
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { checkCancelled } from "./mod.ts";
 * import { stopSignal } from "@syneg/kit";
 * const signal = stopSignal(); // once, before the loop
 * for (let turn = 0; turn < 3; turn++) checkCancelled(signal, "counting");
 * ```
 */
export function stopSignal(signal?: AbortSignal): AbortSignal | undefined {
  if (!notebook()) return signal;
  checkQueue();
  button ??= listen();
  return signal ? AbortSignal.any([signal, button.pressed.signal]) : button.pressed.signal;
}

/**
 * Ends a cell that was queued behind a stopped one (_Run All Cells_): Python's kernel drops such cells, Deno's runs them,
 * on the incomplete results of the stopped cell. A cell that catches the error of its own stop continues. A press after
 * the last check of the current work ends the work that begins next.
 *
 * @throws {CancelledError} if this cell began within a second after a cell that was stopped or refused here.
 *
 * @example
 * ```ts
 * import { checkQueue } from "./stop.ts";
 * checkQueue(); // does nothing outside a notebook
 * ```
 */
export function checkQueue(): void {
  if (!button) return;
  const now = performance.now();
  if (now < button.missedUntil) throw new CancelledError("Cancelled: the stop button was pressed");
  if (now > button.queueUntil) return;
  throw new CancelledError("Not run: the cell before it was stopped. Run this cell again to continue from here");
}

/**
 * Returns the function to await in every turn of a long loop: it throws a {@link CancelledError} once `signal` is aborted,
 * and lets the event loop run at least every 50 ms. A loop that never waits would not notice the stop button or show
 * progress.
 *
 * @param work What is cancelled, for the message: "mining bm25".
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { turns } from "./mod.ts";
 * const turn = turns(undefined, "counting");
 * for (let i = 0; i < 1000; i++) await turn();
 * ```
 */
export function turns(signal: AbortSignal | undefined, work: string): () => Promise<void> | void {
  let last = performance.now();
  return () => {
    checkCancelled(signal, work);
    if (performance.now() - last < TURN) return;
    return pause(0).then(() => {
      last = performance.now();
      checkCancelled(signal, work);
    });
  };
}

function listen(): NonNullable<typeof button> {
  const made = { pressed: new AbortController(), queueUntil: -Infinity, missedUntil: -Infinity };
  Deno.addSignalListener("SIGINT", () => {
    const before = made.pressed;
    // Later work is cancelled by the next press.
    made.pressed = new AbortController();
    made.missedUntil = performance.now() + MISSED;
    before.abort(new Error("the stop button was pressed"));
  });
  onCancel({
    made: () => made.missedUntil = -Infinity,
    endedCell: () => made.queueUntil = performance.now() + QUEUED,
  });
  return made;
}
