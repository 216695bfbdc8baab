import { dirname } from "node:path";
import { KitError } from "../../core/errors.ts";
import { pathFault } from "../../core/files.ts";

/** Messages of SQLite in words; some come without a code. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/is locked/, "another process has locked it; try again when that process has ended"],
  [/readonly/, "it is read-only"],
  [/I\/O error/, "the disk cannot be read or written"],
  [/malformed/, "it is damaged; move it away, or restore a copy"],
  [/is full/, "the disk is full"],
  [/unable to open/, "it cannot be opened"],
  [/not a database/, "it is not an SQLite database"],
];

/** Whether another process held the database for too long. */
export function isBusy(error: unknown): boolean {
  return MEANINGS[0][0].test((error as Error).message);
}

/** An error of SQLite as a {@link KitError} that names the ledger; an error of the kit unchanged. */
export function ledgerError(doing: "open" | "read" | "write", path: string, cause: unknown): KitError {
  if (cause instanceof KitError) return cause;
  const { message } = cause as Error;
  const [, why] = MEANINGS.find(([pattern]) => pattern.test(message)) ?? [];
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path.replaceAll("\0", "\\0");
  const text = why ? `${why} (SQLite: ${message})` : message;
  return new KitError(`Cannot ${doing} the ledger: ${text}`, { file: shown }, { cause });
}

/** Runs `work` on the ledger at `path`; an error of SQLite becomes a {@link KitError}, any other is left as it is. */
export function guarded<T>(doing: "read" | "write", path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw (cause as { code?: unknown }).code === "ERR_SQLITE_ERROR" ? ledgerError(doing, path, cause) : cause;
  }
}

/**
 * Checks that a ledger can be at `path`, by its name and folder.
 *
 * @throws {KitError} if it cannot.
 *
 * @example
 * ```ts
 * import { checkLedgerPath } from "./ledger_errors.ts";
 * checkLedgerPath(":memory:");
 * ```
 *
 * @category Generation
 */
export function checkLedgerPath(path: string): void {
  const fault = path === ":memory:" ? undefined : pathFault(path) ?? folderFault(path);
  if (fault) throw ledgerError("open", path, new Error(fault));
}

function folderFault(path: string): string | undefined {
  const at = stat(path);
  if (at instanceof Deno.errors.NotADirectory) return `${dirname(path)} is below a file, not a folder`;
  if (at instanceof Error && !(at instanceof Deno.errors.NotFound)) return at.message;
  if (!(at instanceof Error)) {
    return at.isDirectory ? "it must be a file, found a folder" : at.isFile ? undefined : "it is not a file";
  }
  const folder = stat(dirname(path));
  return folder instanceof Error || folder.isDirectory ? undefined : `${dirname(path)} is not a folder`;
}

function stat(path: string): Deno.FileInfo | Error {
  try {
    return Deno.statSync(path);
  } catch (error) {
    return error as Error;
  }
}
