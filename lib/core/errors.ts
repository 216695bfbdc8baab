/**
 * Where an error was found: a file, a line, a field.
 *
 * @category Core
 */
export interface Place {
  /** Path of the file. */
  file?: string;
  /** Line, from 1. */
  line?: number;
  /** Name of the field or column. */
  field?: string;
}

/**
 * An error caused by input: a bad value, an impossible request, a broken file. Its message says what was found, what is
 * expected, and where. Any other error is a fault of the kit.
 *
 * @category Core
 */
export class KitError extends Error {
  /** Name of the class. */
  override readonly name: string = "KitError";
  /** Where the error was found. */
  readonly place: Place;

  /** Appends `place` to the message. */
  constructor(message: string, place: Place = {}, options?: ErrorOptions) {
    super(locate(message, place), options);
    this.place = place;
  }
}

/**
 * An option, argument or configuration key has an invalid value.
 *
 * @category Core
 */
export class ArgumentError extends KitError {
  /** Name of the class. */
  override readonly name = "ArgumentError";
}

/** Observes every {@link CancelledError}, for the stop button of a notebook. */
export interface CancelListener {
  /** An error was created. */
  made(): void;
  /** The kernel reports the error as the end of a cell. */
  endedCell(): void;
}

let listener: CancelListener | undefined;

/** Sets the listener for every {@link CancelledError}. Used only in notebooks. */
export function onCancel(observer: CancelListener): void {
  listener = observer;
}

/**
 * The work was cancelled by its AbortSignal. Finished parts are kept.
 *
 * @category Core
 */
export class CancelledError extends KitError {
  /** Name of the class. */
  override readonly name = "CancelledError";

  /** Appends `place` to the message. */
  constructor(message: string, place: Place = {}, options?: ErrorOptions) {
    super(message, place, options);
    if (!listener) return;
    listener.made();
    // Deno's kernel reads the stack of an error that ends a cell, without any other function on the call stack; a cell
    // that catches the error does not.
    const { stack } = this;
    Object.defineProperty(this, "stack", {
      configurable: true,
      get() {
        const readers = new Error().stack!.split("\n").slice(2);
        if (readers.every((frame) => /^ *at (?:async )?<anonymous>:/.test(frame))) listener!.endedCell();
        return stack;
      },
    });
  }
}

/**
 * Throws a {@link CancelledError} if `signal` is aborted. Call it in every turn of a long loop.
 *
 * @param work What is cancelled, for the message: "mining bm25".
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { checkCancelled } from "./mod.ts";
 * checkCancelled(undefined, "counting"); // no signal, so never cancelled
 * ```
 */
export function checkCancelled(signal: AbortSignal | undefined, work: string): void {
  if (signal?.aborted) throw new CancelledError(`Cancelled ${work}`, {}, { cause: signal.reason });
}

/** A name as a message shows it: cut to 300 characters, NUL escaped. */
function shortened(name: string): string {
  return (name.length > 300 ? `${name.slice(0, 300)}…` : name).replaceAll("\0", "\\0");
}

function locate(message: string, { file, line, field }: Place): string {
  const path = file === undefined ? "" : shortened(file);
  const where = [line === undefined || path === "" ? path : `${path}:${line}`, field && `field "${shortened(field)}"`];
  const place = where.filter(Boolean).join(", ");
  return place ? `${message} (${place})` : message;
}
