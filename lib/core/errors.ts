/** Where an error was found: a file, a line of it (from 1), a field of that line. */
export interface Place {
  file?: string;
  line?: number;
  field?: string;
}

/**
 * An error that the kit declares: bad input, an impossible wish, a broken file. Its message says what was found, what
 * was wanted, and where. Anything else that is thrown is a fault of the kit.
 */
export class KitError extends Error {
  override readonly name: string = "KitError";
  readonly place: Place;

  constructor(message: string, place: Place = {}, options?: ErrorOptions) {
    super(locate(message, place), options);
    this.place = place;
  }
}

/** A value outside its domain: an option, an argument, a configuration key. */
export class ArgumentError extends KitError {
  override readonly name = "ArgumentError";
}

/** The work was cancelled by its AbortSignal. What was finished is kept. */
export class CancelledError extends KitError {
  override readonly name = "CancelledError";
}

/** Throws a {@link CancelledError} if `signal` is aborted. Call it once in every turn of a long loop. */
export function checkCancelled(signal: AbortSignal | undefined, work: string): void {
  if (signal?.aborted) throw new CancelledError(`Cancelled ${work}`, {}, { cause: signal.reason });
}

function locate(message: string, { file, line, field }: Place): string {
  const where = [file === undefined ? "" : line === undefined ? file : `${file}:${line}`, field && `field "${field}"`];
  const place = where.filter(Boolean).join(", ");
  return place ? `${message} (${place})` : message;
}
