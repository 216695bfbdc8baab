import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { CancelledError, checkCancelled, KitError } from "../core/errors.ts";
import { exists, fileError } from "../core/files.ts";
import { type Hub, HubError, PATIENCE, type RemoteFile } from "./hub_api.ts";

/** Options of {@link download}. */
export interface DownloadOptions {
  signal?: AbortSignal;
  /** Told the bytes that arrived. */
  arrived?: (bytes: number) => void;
}

/** Attempts in a row that may bring nothing new. */
const FRUITLESS = 3;

/**
 * Fetches a file into `target`, which appears only when size and digest are right. What an interrupted download brought
 * stays in `target.part` and is continued by the next one; what turns out wrong is removed. Several processes may want
 * the same file: one fetches, the others wait.
 */
export async function download(
  hub: Hub,
  url: string,
  remote: RemoteFile,
  target: string,
  options: DownloadOptions = {},
): Promise<void> {
  const part = `${target}.part`;
  let file: Deno.FsFile;
  try {
    await Deno.mkdir(dirname(target), { recursive: true });
    file = await Deno.open(part, { read: true, write: true, create: true });
  } catch (cause) {
    throw fileError("write", part, cause);
  }
  try {
    await file.lock(true);
    if (await exists(target)) return void await Deno.remove(part).catch(() => {});
    const resumed = Math.min((await file.stat()).size, remote.size) > 0;
    await fetchInto(file, hub, url, remote, options);
    if (await digestOf(file, remote) !== remote.digest.hex) {
      if (!resumed) throw wrong(remote, "its content has another digest than the hub states");
      // The old beginning may belong to another content: once more, from the first byte.
      await file.truncate(0);
      await fetchInto(file, hub, url, remote, options);
      if (await digestOf(file, remote) !== remote.digest.hex) {
        throw wrong(remote, "its content has another digest than the hub states");
      }
    }
    await file.sync();
    await Deno.rename(part, target);
  } catch (cause) {
    // Without an answer, or cancelled: what came so far is good, as far as one can know.
    const keep = cause instanceof HubError ? cause.status === 0 : cause instanceof CancelledError;
    if (!keep) await Deno.remove(part).catch(() => {});
    throw fileError("write", target, cause);
  } finally {
    file.close();
  }
}

/** Whether a file is the one that the hub lists. */
export async function isIntact(path: string, remote: RemoteFile): Promise<boolean> {
  using file = await Deno.open(path);
  return (await file.stat()).size === remote.size && await digestOf(file, remote) === remote.digest.hex;
}

function wrong(remote: RemoteFile, why: string): HubError {
  return new HubError(`Cannot use ${remote.path} from the hub: ${why}`, 200, false);
}

/** Fills `file` up to the stated size, asking for the rest as often as that brings something. */
async function fetchInto(
  file: Deno.FsFile,
  hub: Hub,
  url: string,
  remote: RemoteFile,
  options: DownloadOptions,
): Promise<void> {
  let have = (await file.stat()).size;
  if (have > remote.size) await file.truncate(have = 0);
  let most = have;
  let fruitless = 0;
  let failure: unknown;
  for (let attempt = 1; have < remote.size; attempt++) {
    if (fruitless === FRUITLESS) {
      throw new HubError(
        `Cannot fetch ${remote.path}: only ${have} of ${remote.size} bytes came`,
        200,
        false,
        { cause: failure },
      );
    }
    if (attempt > 1) await hub.pause(Math.min(attempt - 1, 4));
    checkCancelled(options.signal, `fetching ${remote.path}`);
    const range: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
    const response = await hub.request(url, remote.path, range);
    const from = Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1] ?? 0);
    // A server that does not know ranges sends everything again.
    const began = response.status === 206 && from === have ? have : 0;
    if (began !== have) await file.truncate(have = 0);
    await file.seek(have, Deno.SeekMode.Start);
    try {
      for await (const block of patiently(response.body, options.signal)) {
        if (have + block.length > remote.size) throw wrong(remote, `more than the stated ${remote.size} bytes came`);
        for (let at = 0; at < block.length;) at += await file.write(block.subarray(at));
        have += block.length;
        options.arrived?.(block.length);
        checkCancelled(options.signal, `fetching ${remote.path}`);
      }
    } catch (cause) {
      if (cause instanceof KitError || fileError("write", "", cause) !== cause && !(cause instanceof TypeError)) {
        throw cause;
      }
      failure = cause;
    }
    fruitless = have > most ? 0 : fruitless + 1;
    most = Math.max(most, have);
  }
}

/** The blocks of a body; a silence of {@link PATIENCE} is an error. */
async function* patiently(body: ReadableStream<Uint8Array> | null, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    while (true) {
      const silence = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new TypeError(`nothing came for ${PATIENCE / 1000} s`)), PATIENCE);
      });
      const { done, value } = await Promise.race([reader.read(), silence]);
      clearTimeout(timer);
      if (done) return;
      yield value;
    }
  } catch (cause) {
    checkCancelled(signal, "fetching");
    throw cause;
  } finally {
    clearTimeout(timer);
    await reader.cancel().catch(() => {});
  }
}

async function digestOf(file: Deno.FsFile, { size, digest }: RemoteFile): Promise<string> {
  const hash = createHash(digest.kind === "sha256" ? "sha256" : "sha1");
  if (digest.kind === "git") hash.update(`blob ${size}\0`);
  await file.seek(0, Deno.SeekMode.Start);
  const block = new Uint8Array(1 << 20);
  for (let read = await file.read(block); read !== null; read = await file.read(block)) {
    hash.update(block.subarray(0, read));
  }
  return hash.digest("hex");
}
