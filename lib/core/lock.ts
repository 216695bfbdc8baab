import { hostname } from "node:os";
import { dirname } from "node:path";
import { checkCancelled, KitError } from "./errors.ts";
import { fileError } from "./files.ts";
import { pause } from "./pause.ts";

/**
 * A lock held by this process.
 *
 * @category Core
 */
export interface Lock {
  /** Releases the lock and removes its file. */
  release(): Promise<void>;
}

/**
 * Options of {@link lockFile}.
 *
 * @category Core
 */
export interface LockOptions {
  /** What the lock is for, as the error says it: "resume the run". */
  doing: string;
  /** Wait for the lock; called with the name of its holder. Omit to fail at once. */
  wait?: (holder: string) => void;
  /** Cancels the wait. */
  signal?: AbortSignal;
}

/** Milliseconds between two attempts to take a lock. */
const INTERVAL = 200;

/**
 * Keeps other processes out while this one works, by an advisory lock of the operating system on a file that names its
 * holder. The system releases the lock when the process ends, however it ends.
 *
 * @throws {KitError} naming the process that holds the lock, its machine, and since when.
 * @throws {CancelledError} if the signal aborts the wait.
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { lockFile } from "./lock.ts";
 * const lock = await lockFile(`${await Deno.makeTempDir()}/lock`, { doing: "resume the run" });
 * await lock.release();
 * ```
 */
export async function lockFile(path: string, { doing, wait, signal }: LockOptions): Promise<Lock> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    while (true) {
      checkCancelled(signal, `waiting to ${doing}`);
      const file = await Deno.open(path, { read: true, write: true, create: true });
      if (await taken(file, path)) {
        await describe(file);
        return { release: () => release(file, path) };
      }
      file.close();
      const holder = await holderOf(path);
      // Undefined: released meanwhile.
      if (holder === undefined) continue;
      if (!wait) throw new KitError(`Cannot ${doing}: ${holder} does so. Wait for it, or stop it`, { file: path });
      wait(holder);
      await pause(INTERVAL);
    }
  } catch (error) {
    throw fileError(doing, path, error);
  }
}

/** Locks the file; false if it is locked, or its last holder removed it meanwhile. */
async function taken(file: Deno.FsFile, path: string): Promise<boolean> {
  const locked = await file.tryLock(true).catch((error) => {
    console.warn(`${path}: the file system has no locks (${error.message}), so a second process is not kept out`);
    return true;
  });
  if (!locked) return false;
  const [mine, named] = [await file.stat(), await Deno.stat(path).catch(() => undefined)];
  return named !== undefined && mine.ino === named.ino && mine.dev === named.dev;
}

async function describe(file: Deno.FsFile): Promise<void> {
  const holder = { pid: Deno.pid, host: hostname(), since: new Date().toISOString() };
  await file.truncate(0);
  await file.write(new TextEncoder().encode(`${JSON.stringify(holder)}\n`));
}

async function holderOf(path: string): Promise<string | undefined> {
  let text = "";
  try {
    // The holder may not have written its name yet.
    for (let i = 0; i < 20 && text === ""; i++) {
      if (i > 0) await pause(5);
      text = await Deno.readTextFile(path);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    return "another process";
  }
  try {
    const { pid, host, since } = JSON.parse(text);
    const who = pid === Deno.pid && host === hostname() ? "this process" : `process ${pid} on ${host}`;
    return `${who} (since ${since})`;
  } catch {
    return "another process";
  }
}

async function release(file: Deno.FsFile, path: string): Promise<void> {
  // Removed while locked: a process that opened it meanwhile finds that it is no longer the file of that name.
  await Deno.remove(path).catch(() => {});
  file.close();
}
