import { dirname } from "node:path";
import { KitError } from "./errors.ts";

/** What {@link writeAtomic} writes: bytes, text, or a stream of bytes. */
export type Content = Uint8Array | string | ReadableStream<Uint8Array>;

/** Options of {@link writeAtomic}. */
export interface WriteOptions {
  /** Replace an existing file. @default false */
  overwrite?: boolean;
}

let serial = 0;

/**
 * Writes a file whole or not at all: temporary file beside it, fsync, rename. On an error the temporary file is removed
 * and what stood there before is untouched. Folders on the way are made.
 *
 * @throws {KitError} if the file exists and `overwrite` is not set.
 */
export async function writeAtomic(path: string, content: Content, options: WriteOptions = {}): Promise<void> {
  if (!options.overwrite && await exists(path)) {
    throw new KitError("Cannot write: a file of this name exists", { file: path });
  }
  await Deno.mkdir(dirname(path), { recursive: true });
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
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/** Whether something of this name exists. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}
