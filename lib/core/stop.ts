import { CancelledError, checkCancelled, onCancel } from "./errors.ts";
import { pause } from "./pause.ts";
import { notebook } from "./progress.ts";

/** Milliseconds after a stopped cell within which a cell that begins was waiting in the queue: no hand is that quick. */
const QUEUED = 1000;
/** Milliseconds within which a press that came too late for the work under way ends the next. */
const MISSED = 1000;
/** Milliseconds that a loop may run before timers, displays and the stop button get a turn. */
const TURN = 50;

/** The stop button of this process, once it is listened to; a process has one, so this is shared. */
let button: { pressed: AbortController; queueUntil: number; missedUntil: number } | undefined;

/**
 * The signal that long work obeys. In a notebook the stop button is part of it, whatever `signal` was given; elsewhere it
 * is `signal` itself. Jupyter stops a cell by SIGINT, which kills a Deno kernel and all its variables where no one
 * listens: from the first call on, a press ends the work with a {@link CancelledError} instead, and kernel and variables
 * stay. Every long function of the kit calls this; call it for loops of your own.
 *
 * @throws {CancelledError} in a cell that waited in the queue behind a stopped one; see {@link checkQueue}.
 *
 * @example
 * ```ts
 * import { checkCancelled, stopSignal } from "@syneg/kit";
 * const signal = stopSignal(); // once before the loop: a signal that was pressed stays aborted
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
 * Ends a cell that Jupyter had queued behind a stopped one (_Run All Cells_). Python's kernel drops such cells, Deno's
 * runs them, on what the stopped cell left half-made. A cell that catches the error of its own stop goes on undisturbed.
 * A press that came when the work under way had made its last check ends the work that begins next.
 *
 * @throws {CancelledError} if this cell began within a second after a stopped one, or after another one refused here.
 */
export function checkQueue(): void {
  if (!button) return;
  const now = performance.now();
  if (now < button.missedUntil) throw new CancelledError("Cancelled: the stop button was pressed");
  if (now > button.queueUntil) return;
  throw new CancelledError("Not run: the cell before it was stopped. Run this cell again to continue from here");
}

/**
 * What a long loop awaits in every turn: throws a {@link CancelledError} once `signal` is aborted, and at least every
 * 50 ms lets the event loop run. Without that, a loop that never waits for anything hears no stop button and shows no
 * progress.
 *
 * @param work What is cancelled, for the message: "mining bm25".
 *
 * @example
 * ```ts
 * import { turns } from "@syneg/kit";
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
    // What begins later obeys the next press.
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
