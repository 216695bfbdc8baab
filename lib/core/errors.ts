/** Where an error was found: a file, a line of it (from 1), a field of that line. */
export interface Place {
  /** Path of the file. */
  file?: string;
  /** Line, from 1. */
  line?: number;
  /** Field or column. */
  field?: string;
}

/**
 * An error that the kit declares: bad input, an impossible wish, a broken file. Its message says what was found, what
 * was wanted, and where. Anything else that is thrown is a fault of the kit.
 */
export class KitError extends Error {
  /** Tells the kinds apart. */
  override readonly name: string = "KitError";
  /** Where it was found. */
  readonly place: Place;

  /** `place` is told behind the message. */
  constructor(message: string, place: Place = {}, options?: ErrorOptions) {
    super(locate(message, place), options);
    this.place = place;
  }
}

/** A value outside its domain: an option, an argument, a configuration key. */
export class ArgumentError extends KitError {
  /** Tells the kinds apart. */
  override readonly name = "ArgumentError";
}

/** What a notebook's stop button wants to know of a {@link CancelledError}. */
export interface CancelListener {
  /** One was made. */
  made(): void;
  /** The kernel shows one as the end of a cell. */
  endedCell(): void;
}

let listener: CancelListener | undefined;

/** Sets who is told of every {@link CancelledError}; no one is outside a notebook. */
export function onCancel(told: CancelListener): void {
  listener = told;
}

/** The work was cancelled by its AbortSignal. What was finished is kept. */
export class CancelledError extends KitError {
  /** Tells the kinds apart. */
  override readonly name = "CancelledError";

  /** `place` is told behind the message. */
  constructor(message: string, place: Place = {}, options?: ErrorOptions) {
    super(message, place, options);
    if (!listener) return;
    listener.made();
    // Deno's kernel reads the stack of an error that ended a cell, from no other function; a cell that catches it does not.
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

/** Throws a {@link CancelledError} if `signal` is aborted. Call it once in every turn of a long loop. */
export function checkCancelled(signal: AbortSignal | undefined, work: string): void {
  if (signal?.aborted) throw new CancelledError(`Cancelled ${work}`, {}, { cause: signal.reason });
}

/** A name as a message shows it: not too long, on one line. */
function shortened(name: string): string {
  return (name.length > 300 ? `${name.slice(0, 300)}…` : name).replaceAll("\0", "\\0");
}

function locate(message: string, { file, line, field }: Place): string {
  const path = file === undefined ? "" : shortened(file);
  const where = [line === undefined || path === "" ? path : `${path}:${line}`, field && `field "${shortened(field)}"`];
  const place = where.filter(Boolean).join(", ");
  return place ? `${message} (${place})` : message;
}
