import { boundedFetch, LimitError } from "../core/bounded_fetch.ts";
import { environment } from "../core/environment.ts";
import { checkCancelled, KitError } from "../core/errors.ts";
import { pause } from "../core/pause.ts";

/** Whether a repository of the hub holds a model or a data set. */
export type RepositoryType = "model" | "dataset";

/** A refusal or a failure of the hub. */
export class HubError extends KitError {
  /** Tells the kinds apart. */
  override readonly name = "HubError";
  /** The HTTP status, or 0 when there was no answer. */
  readonly status: number;
  /** Whether the repository or file does not exist (as far as this token may know). */
  readonly missing: boolean;

  /** Made by the client of the hub. */
  constructor(message: string, status: number, missing: boolean, options?: ErrorOptions) {
    super(message, {}, options);
    this.status = status;
    this.missing = missing;
  }
}

/** A file of a repository at one commit. */
export interface RemoteFile {
  readonly path: string;
  readonly size: number;
  /** Hex digest: sha256 of the content (large files) or sha1 of the Git blob (all others). */
  readonly digest: { readonly kind: "sha256" | "git"; readonly hex: string };
}

/** How often a request is sent before its failure counts. */
const ATTEMPTS = 4;
/** Milliseconds until the first answer, and between two blocks of a body. */
export const PATIENCE = 30_000;
/** Bytes and milliseconds of one answer in JSON, a page of at most 1,000 files. */
const ANSWER = { bytes: 32 << 20, timeout: 60_000 };
/** Pages of a list of files. */
const PAGES = 2000;
const REDIRECTS = 10;

/** A hub: by default https://huggingface.co, else HF_ENDPOINT; the token is HF_TOKEN and goes to that host only. */
export class Hub {
  readonly endpoint: string;
  readonly #token: string | undefined;
  readonly #signal: AbortSignal | undefined;
  /** Milliseconds before the second attempt; doubled for each further one. */
  readonly #pause: number;
  readonly #get: typeof fetch;

  constructor(
    { signal, pause = 250, answer = ANSWER }: { signal?: AbortSignal; pause?: number; answer?: typeof ANSWER } = {},
  ) {
    this.endpoint = (environment("HF_ENDPOINT") || "https://huggingface.co").replace(/\/+$/, "");
    if (!/^https?:$/.test(URL.parse(this.endpoint)?.protocol ?? "")) {
      const found = JSON.stringify(this.endpoint);
      throw new HubError(`Cannot ask the hub: HF_ENDPOINT must be an http or https address, found ${found}`, 0, false);
    }
    this.#get = boundedFetch(() => answer);
    this.#token = environment("HF_TOKEN") || undefined;
    this.#signal = signal;
    this.#pause = pause;
    if (["1", "true"].includes(environment("HF_HUB_OFFLINE") ?? "")) {
      throw new HubError("Cannot ask the hub: HF_HUB_OFFLINE is set, and the cache lacks what is wanted", 0, false);
    }
  }

  /** The commit of a branch, a tag or a commit. */
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

  /** The address of a list's next page. @throws {HubError} if it leads elsewhere, in a circle, or there is no end. */
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

  /** Where a file's content is. */
  address(repository: string, type: RepositoryType, commit: string, path: string): string {
    const prefix = type === "dataset" ? "datasets/" : "";
    return `${this.endpoint}/${prefix}${repository}/resolve/${commit}/${
      path.split("/").map(encodeURIComponent).join("/")
    }`;
  }

  /** Sends a GET; retries what may pass (429, 5xx, a broken connection); any other refusal is an error. */
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
          // After a redirect it is a storage host that was refused; Deno's message names it.
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

  /** Follows redirects by hand, so that the token stays with the hub and never reaches a storage host. */
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

  /** An answer in JSON, its headers with it. */
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
      return fail("it is no JSON", cause);
    }
  }
}

/** Where a redirect leads: http or https, and never from https back to http. */
function redirected(from: URL, location: string, what: string): URL {
  const target = URL.parse(location, from.href);
  const found = target?.protocol ?? JSON.stringify(location.slice(0, 60));
  if (!target || !/^https?:$/.test(target.protocol)) {
    throw new HubError(`Cannot fetch ${what}: the hub leads to ${found}, wanted http or https`, 302, false);
  }
  if (from.protocol === "https:" && target.protocol === "http:") {
    throw new HubError(`Cannot fetch ${what}: the hub leads from https to http (${target.host})`, 302, false);
  }
  return target;
}

function refusal(response: Response, what: string, token: boolean): HubError {
  const { status } = response;
  const said = response.headers.get("x-error-message");
  const missing = status === 404 || response.headers.get("x-error-code") === "RepoNotFound";
  const advice: Record<number, string> = {
    401: token
      ? "HF_TOKEN is not accepted, or there is no such repository"
      : "there is no such repository, or HF_TOKEN must be set",
    403: "this token may not read it; accept its conditions on the hub's page first",
    404: "there is no such repository, revision or file",
    429: "too many requests; try again later",
  };
  const why = advice[status] ?? (status >= 500 ? "the hub fails; try again later" : "the hub refuses");
  return new HubError(`Cannot fetch ${what}: status ${status}, ${why}${said ? ` (${said})` : ""}`, status, missing);
}

function remoteFile(entry: Record<string, unknown>, repository: string): RemoteFile {
  const { path, size, oid, lfs } = entry as {
    path: unknown;
    size: unknown;
    oid: unknown;
    lfs?: Record<string, unknown>;
  };
  const digest = lfs ? { kind: "sha256" as const, hex: lfs.oid } : { kind: "git" as const, hex: oid };
  const bytes = lfs?.size ?? size;
  const fine = typeof path === "string" && Number.isSafeInteger(bytes) && (bytes as number) >= 0 &&
    typeof digest.hex === "string" && (lfs ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/).test(digest.hex);
  if (!fine) throw new HubError(`Cannot read the hub's list of ${repository}: an entry is broken`, 200, false);
  const steps = path.split("/");
  if (
    path.includes("\\") || path.includes("\0") || /^[a-z]:/i.test(path) ||
    steps.some((step) => ["", ".", ".."].includes(step))
  ) {
    throw new HubError(
      `Cannot store a file of ${repository}: its path ${JSON.stringify(path)} leaves its folder`,
      200,
      false,
    );
  }
  return { path, size: bytes as number, digest: { kind: digest.kind, hex: digest.hex as string } };
}
