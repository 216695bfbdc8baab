import { hostname } from "node:os";
import { dirname } from "node:path";
import { checkCancelled, KitError } from "./errors.ts";
import { fileError } from "./files.ts";
import { pause } from "./pause.ts";

/** A lock that is held. */
export interface Lock {
  /** Gives it up and removes its file. */
  release(): Promise<void>;
}

/** Options of {@link lockFile}. */
export interface LockOptions {
  /** What the lock is for, as the message says it: "resume the run". */
  doing: string;
  /** Wait until the holder gives it up, and hear who it is. @default refuse at once */
  wait?: (holder: string) => void;
  signal?: AbortSignal;
}

/** Milliseconds between two looks at a lock that another process holds. */
const INTERVAL = 200;

/**
 * Keeps other processes out while this one works: an advisory lock of the operating system on a file that names its
 * holder. The system gives it up when the holder ends, however it ends, so no lock outlives its process.
 *
 * @throws {KitError} naming the process that holds it, on which machine, since when.
 * @throws {CancelledError} if the signal aborts while it waits.
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
      // Undefined: it was given up meanwhile.
      if (holder === undefined) continue;
      if (!wait) throw new KitError(`Cannot ${doing}: ${holder} does so. Wait for it, or stop it`, { file: path });
      wait(holder);
      await pause(INTERVAL);
    }
  } catch (error) {
    throw fileError(doing, path, error);
  }
}

/** Whether the file is locked now, and still is the one of that name: its last holder may have removed it. */
async function taken(file: Deno.FsFile, path: string): Promise<boolean> {
  const locked = await file.tryLock(true).catch((error) => {
    console.warn(`${path}: the file system has no locks (${error.message}), so nothing keeps a second process out`);
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
    // Its holder may not have written yet who it is.
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
  // Removed while it is held: whoever opened it meanwhile finds that it is no longer the file of that name.
  await Deno.remove(path).catch(() => {});
  file.close();
}
