import { dirname } from "node:path";
import { KitError } from "../core/errors.ts";

/** What SQLite's result codes mean for the one who reads. */
const CODES: Readonly<Record<number, string>> = {
  5: "another process has it locked; try again when that one has ended",
  8: "it is read-only",
  10: "the disk fails to read or write",
  11: "it is damaged; move it away, or restore a copy",
  13: "the disk is full",
  14: "it cannot be opened",
  26: "it is no SQLite database, so no ledger",
};

const BUSY = 5;

/** Whether another process held the database for too long. */
export function isBusy(error: unknown): boolean {
  return codeOf(error) === BUSY;
}

/** What SQLite refused, as a {@link KitError} that names the ledger; an error of the kit as it is. */
export function ledgerError(doing: "open" | "read" | "write", path: string, cause: unknown): KitError {
  if (cause instanceof KitError) return cause;
  const { message } = cause as Error;
  const code = codeOf(cause);
  const why = code === undefined ? undefined : CODES[code];
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path.replaceAll("\0", "\\0");
  const text = why ? `${why} (SQLite: ${message})` : message;
  return new KitError(`Cannot ${doing} the ledger: ${text}`, { file: shown }, { cause });
}

/** Why no ledger can be at `path`, as far as its name and its folder tell; undefined if one can. */
export function pathFault(path: string): string | undefined {
  if (path.trim() === "") return "its path is empty";
  if (path.includes("\0")) return "its path holds a NUL byte";
  if (path.split(/[/\\]/).some((part) => new TextEncoder().encode(part).length > 255)) {
    return `its path is too long (${path.length} letters; a name may have 255 bytes)`;
  }
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

function codeOf(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | undefined)?.errcode;
  // Extended codes hold the plain one in their last byte.
  return typeof code === "number" ? code & 255 : undefined;
}
