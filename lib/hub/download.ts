import { dirname } from "node:path";
import { CancelledError, checkCancelled, KitError } from "../core/errors.ts";
import { exists, fileError } from "../core/files.ts";
import { type Hub, PATIENCE } from "./hub_client.ts";
import { HubError } from "./hub_error.ts";
import type { RemoteFile } from "./remote_file.ts";
import { hasDigest } from "./verify_digest.ts";

/** A file to download. */
export interface Source {
  /** Client that sends the requests. */
  readonly hub: Hub;
  /** Address of the file. */
  readonly url: string;
  /** Path, size and digest that the hub states. */
  readonly remote: RemoteFile;
}

/** Options of {@link download}. */
export interface DownloadOptions {
  /** Cancels the download. */
  signal?: AbortSignal;
  /** Called with the number of bytes of each block. */
  arrived?: (bytes: number) => void;
}

/** Successive attempts without new bytes before the download fails. */
const FRUITLESS = 3;

/**
 * Downloads a file to `target`, which appears once size and digest are verified. An interrupted download stays in
 * `target.part` and is resumed by the next one; wrong content is removed. If several processes want the same file, one
 * downloads it and the others wait.
 *
 * @throws {HubError} if the hub refuses or fails, or the content is wrong.
 * @throws {CancelledError} if the signal aborts.
 */
export async function download(source: Source, target: string, options: DownloadOptions = {}): Promise<void> {
  const { remote } = source;
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
    await fetchInto(file, source, options);
    if (!await hasDigest(file, remote)) {
      if (!resumed) throw wrong(remote, "its content has another digest than the hub states");
      // The resumed part may be of another content: start again.
      await file.truncate(0);
      await fetchInto(file, source, options);
      if (!await hasDigest(file, remote)) throw wrong(remote, "its content has another digest than the hub states");
    }
    await file.sync();
    await Deno.rename(part, target);
  } catch (cause) {
    // After a broken connection or a cancellation, the part may be good and is kept.
    const keep = cause instanceof HubError ? cause.status === 0 : cause instanceof CancelledError;
    if (!keep) await Deno.remove(part).catch(() => {});
    throw fileError("write", target, cause);
  } finally {
    file.close();
  }
}

function wrong(remote: RemoteFile, why: string): HubError {
  return new HubError(`Cannot use ${remote.path} from the hub: ${why}`, 200, false);
}

/** Fills `file` up to the stated size, requesting the rest as long as new bytes arrive. */
async function fetchInto(file: Deno.FsFile, { hub, url, remote }: Source, options: DownloadOptions): Promise<void> {
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
    // A server without support for ranges sends the whole file again.
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

/** The blocks of a body. @throws {TypeError} if none arrives for {@link PATIENCE}. */
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
