import type { OptionKinds } from "./options.ts";
import { dirname, isAbsolute } from "node:path";
import { KitError } from "./errors.ts";

/**
 * Content of a file: bytes, text, or a stream of bytes.
 *
 * @category Core
 */
export type Content = Uint8Array | string | ReadableStream<Uint8Array>;

/**
 * Options for writing a file.
 *
 * @category Core
 */
export interface WriteOptions {
  /**
   * Replace an existing file.
   * @default {false}
   */
  overwrite?: boolean;
}

/** Kinds of {@link WriteOptions}. */
export const WRITE_OPTIONS: OptionKinds<WriteOptions> = { overwrite: "boolean" };

let serial = 0;

/**
 * Writes a file whole or not at all: a temporary file beside it, fsync, rename. On an error the temporary file is removed
 * and an existing file is left unchanged. Missing parent folders are created.
 *
 * @throws {KitError} if the file exists and `overwrite` is not set, or the system cannot write it.
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { writeAtomic } from "./files.ts";
 * await writeAtomic(`${await Deno.makeTempDir()}/results/note.txt`, "done");
 * ```
 */
export async function writeAtomic(path: string, content: Content, options: WriteOptions = {}): Promise<void> {
  if (!options.overwrite && await exists(path)) {
    throw new KitError("Cannot write: a file of this name exists", { file: path });
  }
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw fileError("write", path, error);
  }
  const temporary = `${path}.${Deno.pid}-${serial++}.part`;
  try {
    {
      using file = await Deno.open(temporary, { write: true, createNew: true });
      const write = async (bytes: Uint8Array) => {
        for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      };
      if (typeof content === "string") await write(new TextEncoder().encode(content));
      else if (content instanceof Uint8Array) await write(content);
      else for await (const block of content) await write(block);
      await file.sync();
    }
    if (options.overwrite) await Deno.rename(temporary, path);
    else await place(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw fileError("write", path, error);
  }
}

/** Renames a file unless the new name was taken meanwhile: a link fails then, a rename would replace. */
async function place(temporary: string, path: string): Promise<void> {
  const taken = () => new KitError("Cannot write: a file of this name exists", { file: path });
  try {
    await Deno.link(temporary, path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw taken();
    // Some file systems have no links, and some permissions forbid them.
    if (await exists(path)) throw taken();
    return await Deno.rename(temporary, path);
  }
  await Deno.remove(temporary);
}

/**
 * Why a path is invalid; undefined if it is valid.
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { pathFault } from "./files.ts";
 * console.log(pathFault(" ")); // its path is empty
 * ```
 */
export function pathFault(path: string): string | undefined {
  if (path.trim() === "") return "its path is empty";
  if (path.includes("\0")) return "its path holds a NUL byte";
  const long = path.length > 4000 || path.split(/[/\\]/).some((part) => new TextEncoder().encode(part).length > 255);
  return long ? `its path is too long (${path.length} letters; a name may have 255 bytes)` : undefined;
}

/**
 * Whether a file, folder or link of this name exists.
 *
 * @throws {KitError} if the system does not let it find out.
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { exists } from "./files.ts";
 * console.log(await exists("no/such/file")); // false
 * ```
 */
export async function exists(path: string): Promise<boolean> {
  if (pathFault(path)) return false;
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw fileError("look for", path, error);
  }
}

/**
 * Turns an error of the operating system (a missing file, a full disk …) into a {@link KitError}; returns any other error
 * unchanged.
 *
 * @param doing What failed, for the message: "read".
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { fileError } from "./files.ts";
 * console.log(String(fileError("read", "a.txt", new Deno.errors.NotFound("os error 2"))));
 * // KitError: Cannot read: there is no such file; you are in /home/ada (a.txt)
 * ```
 */
export function fileError(doing: string, path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof KitError) return cause;
  const refusal = Object.entries(Deno.errors).find(([, kind]) => cause instanceof kind);
  const system = refusal || "code" in cause || /\(os error \d+\)|NUL byte|[Ee]mpty path/.test(cause.message);
  if (!system) return cause;
  const why = pathFault(path) ??
    (cause instanceof Deno.errors.NotFound ? `there is no such file${lookedIn(path)}` : cause.message);
  // The system's own message repeats the path.
  const short = why.length > 200 ? why.slice(0, why.indexOf(")") + 1) || why.slice(0, 200) : why;
  return new KitError(`Cannot ${doing}: ${short}`, { file: path }, { cause });
}

/** Where a relative path was looked for: in a notebook, that is the notebook's folder. */
function lookedIn(path: string): string {
  if (isAbsolute(path)) return "";
  try {
    return `; you are in ${Deno.cwd()}`;
  } catch {
    return "";
  }
}
