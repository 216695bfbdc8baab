import { boundedFetch, LimitError } from "../core/bounded_fetch.ts";
import { environment } from "../core/environment.ts";
import { checkCancelled, KitError } from "../core/errors.ts";
import { pause } from "../core/pause.ts";
import { HubError, refusal } from "./hub_error.ts";
import { type RemoteFile, remoteFile, type RepositoryType } from "./remote_file.ts";

/** Attempts of a request. */
const ATTEMPTS = 4;
/** Maximum milliseconds until the answer starts, and between two blocks of a body. */
export const PATIENCE = 30_000;
/** Limits of an answer in JSON, a page of at most 1,000 files. */
const ANSWER = { bytes: 32 << 20, timeout: 60_000 };
/** Maximum pages of a list of files. */
const PAGES = 2000;
/** Maximum redirects of a request. */
const REDIRECTS = 10;

/** Options of {@link Hub}. */
export interface HubClientOptions {
  /** Cancels requests. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds before the second attempt; doubled for each further one.
   * @default {250}
   */
  readonly pause?: number;
  /** Limits of an answer in JSON. Omit for 32 MiB in 60 s. */
  readonly answer?: typeof ANSWER;
}

/** A client of HF_ENDPOINT, or else https://huggingface.co. The token HF_TOKEN is sent to that host only. */
export class Hub {
  /** Address of the hub. */
  readonly endpoint: string;
  readonly #token: string | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #pause: number;
  readonly #get: typeof fetch;

  /**
   * Reads HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE.
   *
   * @throws {HubError} if HF_ENDPOINT is invalid, or HF_HUB_OFFLINE is set.
   */
  constructor({ signal, pause = 250, answer = ANSWER }: HubClientOptions = {}) {
    this.endpoint = (environment("HF_ENDPOINT") ?? "https://huggingface.co").replace(/\/+$/, "");
    if (!/^https?:$/.test(URL.parse(this.endpoint)?.protocol ?? "")) {
      const found = JSON.stringify(this.endpoint);
      throw new HubError(`Cannot ask the hub: HF_ENDPOINT must be an http or https address, found ${found}`, 0, false);
    }
    this.#get = boundedFetch(() => answer);
    this.#token = environment("HF_TOKEN");
    this.#signal = signal;
    this.#pause = pause;
    if (["1", "true"].includes(environment("HF_HUB_OFFLINE") ?? "")) {
      throw new HubError(
        "Cannot ask the hub: HF_HUB_OFFLINE is set, and the cache does not have these files",
        0,
        false,
      );
    }
  }

  /** The commit of a revision: a branch, a tag or a commit. */
  async commit(repository: string, type: RepositoryType, revision: string): Promise<string> {
    const url = `${this.endpoint}/api/${type}s/${repository}/revision/${encodeURIComponent(revision)}`;
    const what = `${repository} at "${revision}"`;
    const { value } = await this.#json(url, what);
    if (typeof value !== "object" || value === null) {
      throw new HubError(`Cannot read the hub's answer on ${what}`, 200, false);
    }
    const { sha } = value as { sha?: unknown };
    if (typeof sha !== "string" || !/^[0-9a-f]{40}$/.test(sha)) {
      throw new HubError(`Cannot read the hub's answer on ${what}: it names no commit`, 200, false);
    }
    return sha;
  }

  /** All files of a repository at a commit. */
  async list(repository: string, type: RepositoryType, commit: string): Promise<RemoteFile[]> {
    const files: RemoteFile[] = [];
    let url: string | undefined = `${this.endpoint}/api/${type}s/${repository}/tree/${commit}?recursive=true`;
    const seen = new Set<string>();
    while (url !== undefined) {
      seen.add(url);
      const { value, headers } = await this.#json(url, `the files of ${repository}`);
      if (!Array.isArray(value)) throw new HubError(`Cannot read the hub's list of ${repository}`, 200, false);
      for (const entry of value) {
        if (entry?.type !== "directory") files.push(remoteFile({ ...entry }, repository));
      }
      const next: string | undefined = /<([^>]*)>;\s*rel="?next"?/.exec(headers.get("link") ?? "")?.[1];
      if (next === undefined) return files;
      url = this.#nextPage(next, url, repository, seen);
    }
    return files;
  }

  /** The address of the next page of a list. @throws {HubError} if it is elsewhere, was read before, or is one too many. */
  #nextPage(next: string, from: string, repository: string, seen: ReadonlySet<string>): string {
    const fail = (why: string): never => {
      throw new HubError(`Cannot follow the hub's list of ${repository}: ${why}`, 200, false);
    };
    const target = URL.parse(next, from);
    if (target?.origin !== new URL(this.endpoint).origin) fail("it leads to another host");
    if (seen.has(target!.href)) fail("it leads in a circle");
    if (seen.size >= PAGES) fail(`it has more than ${PAGES} pages`);
    return target!.href;
  }

  /** The address of a file. */
  address(repository: string, type: RepositoryType, commit: string, path: string): string {
    const prefix = type === "dataset" ? "datasets/" : "";
    return `${this.endpoint}/${prefix}${repository}/resolve/${commit}/${
      path.split("/").map(encodeURIComponent).join("/")
    }`;
  }

  /**
   * Sends a GET request; retries after 429, 5xx and broken connections.
   *
   * @param what What is fetched, for errors.
   * @throws {HubError} for any other refusal, or when the last attempt fails.
   */
  async request(
    url: string,
    what: string,
    headers: Record<string, string> = {},
    get: typeof fetch = fetch,
  ): Promise<Response> {
    for (let attempt = 1;; attempt++) {
      let failure: HubError;
      const wait = new AbortController();
      const timer = setTimeout(() => wait.abort(new Error(`no answer within ${PATIENCE / 1000} s`)), PATIENCE);
      try {
        const response = await this.#follow(url, { headers, get, what }, wait.signal);
        if (response.ok) return response;
        await response.body?.cancel();
        failure = refusal(response, what, this.#token !== undefined);
        if (response.status !== 429 && response.status < 500) throw failure;
      } catch (cause) {
        if (cause instanceof KitError) throw cause;
        if (cause instanceof Deno.errors.NotCapable) {
          // After a redirect, a storage host was refused; Deno's message names it.
          const [, host = new URL(url).host] = /net access to "([^":]+)/.exec(cause.message) ?? [];
          throw new HubError(
            `Cannot reach ${host}: this command has no permission for it (--allow-net=${host})`,
            0,
            false,
          );
        }
        checkCancelled(this.#signal, `fetching ${what}`);
        const { message, cause: deeper } = cause as Error;
        const why = deeper instanceof Error ? `${message}: ${deeper.message}` : message;
        failure = new HubError(`Cannot reach the hub for ${what}: ${why}`, 0, false, { cause });
      } finally {
        clearTimeout(timer);
      }
      if (attempt === ATTEMPTS) throw failure;
      await this.pause(attempt);
    }
  }

  /** Waits before the next attempt. */
  async pause(attempt: number): Promise<void> {
    await pause(this.#pause * 2 ** (attempt - 1), this.#signal);
    checkCancelled(this.#signal, "waiting for the hub");
  }

  /** Follows redirects itself, so that the token is never sent to a storage host. */
  async #follow(
    url: string,
    { headers, get, what }: { headers: Record<string, string>; get: typeof fetch; what: string },
    wait: AbortSignal,
  ): Promise<Response> {
    const signal = this.#signal ? AbortSignal.any([this.#signal, wait]) : wait;
    const home = new URL(this.endpoint).origin;
    let at = new URL(url);
    for (let hops = 0; hops < REDIRECTS; hops++) {
      const own = at.origin === home && this.#token ? { authorization: `Bearer ${this.#token}` } : undefined;
      const response = await get(at, { headers: { ...headers, ...own }, redirect: "manual", signal });
      const next = response.headers.get("location");
      if (response.status < 300 || response.status >= 400 || next === null) return response;
      await response.body?.cancel();
      at = redirected(at, next, what);
    }
    throw new HubError(`Cannot fetch ${what}: more than ${REDIRECTS} redirects`, 302, false);
  }

  /** An answer in JSON, with its headers. */
  async #json(url: string, what: string): Promise<{ value: unknown; headers: Headers }> {
    const response = await this.request(url, what, {}, this.#get);
    const fail = (why: string, cause: unknown): never => {
      throw new HubError(`Cannot read the hub's answer on ${what}: ${why}`, response.status, false, { cause });
    };
    let text = "";
    try {
      text = await response.text();
    } catch (cause) {
      checkCancelled(this.#signal, `fetching ${what}`);
      fail(cause instanceof LimitError ? cause.message : `it broke off (${(cause as Error).message})`, cause);
    }
    try {
      return { value: JSON.parse(text), headers: response.headers };
    } catch (cause) {
      return fail("it is not JSON", cause);
    }
  }
}

/** The target of a redirect. @throws {HubError} unless it is http or https, and not http after https. */
function redirected(from: URL, location: string, what: string): URL {
  const target = URL.parse(location, from.href);
  const found = target?.protocol ?? JSON.stringify(location.slice(0, 60));
  if (!target || !/^https?:$/.test(target.protocol)) {
    throw new HubError(`Cannot fetch ${what}: the hub leads to ${found}, expected http or https`, 302, false);
  }
  if (from.protocol === "https:" && target.protocol === "http:") {
    throw new HubError(`Cannot fetch ${what}: the hub leads from https to http (${target.host})`, 302, false);
  }
  return target;
}
