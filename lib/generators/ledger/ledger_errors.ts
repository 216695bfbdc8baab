import { dirname } from "node:path";
import { KitError } from "../../core/errors.ts";
import { pathFault } from "../../core/files.ts";

/** What SQLite's messages mean for the one who reads; they come without a code where a statement is not prepared. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/is locked/, "another process has it locked; try again when that one has ended"],
  [/readonly/, "it is read-only"],
  [/I\/O error/, "the disk fails to read or write"],
  [/malformed/, "it is damaged; move it away, or restore a copy"],
  [/is full/, "the disk is full"],
  [/unable to open/, "it cannot be opened"],
  [/not a database/, "it is no SQLite database, so no ledger"],
];

/** Whether another process held the database for too long. */
export function isBusy(error: unknown): boolean {
  return MEANINGS[0][0].test((error as Error).message);
}

/** What SQLite refused, as a {@link KitError} that names the ledger; an error of the kit as it is. */
export function ledgerError(doing: "open" | "read" | "write", path: string, cause: unknown): KitError {
  if (cause instanceof KitError) return cause;
  const { message } = cause as Error;
  const [, why] = MEANINGS.find(([pattern]) => pattern.test(message)) ?? [];
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path.replaceAll("\0", "\\0");
  const text = why ? `${why} (SQLite: ${message})` : message;
  return new KitError(`Cannot ${doing} the ledger: ${text}`, { file: shown }, { cause });
}

/** @throws {KitError} if no ledger can be at `path`, as far as its name and its folder tell. */
export function checkLedgerPath(path: string): void {
  const fault = path === ":memory:" ? undefined : pathFault(path) ?? folderFault(path);
  if (fault) throw ledgerError("open", path, new Error(fault));
}

function folderFault(path: string): string | undefined {
  const at = stat(path);
  if (at instanceof Deno.errors.NotADirectory) return `${dirname(path)} lies below a file, not a folder`;
  if (at instanceof Error && !(at instanceof Deno.errors.NotFound)) return at.message;
  if (!(at instanceof Error)) {
    return at.isDirectory ? "it is a folder, wanted a file" : at.isFile ? undefined : "it is no file";
  }
  const folder = stat(dirname(path));
  return folder instanceof Error || folder.isDirectory ? undefined : `${dirname(path)} is no folder`;
}

function stat(path: string): Deno.FileInfo | Error {
  try {
    return Deno.statSync(path);
  } catch (error) {
    return error as Error;
  }
}
