import { createHash } from "node:crypto";

/** How a {@link FakeHub} misbehaves: a status, or a faulty body. */
export type Trick =
  | number
  | "half, then the rest by range"
  | "half, always"
  | "wrong bytes"
  | "too many bytes"
  | "no json"
  | "endless json"
  | "half a json, then silence"
  | "half a json, then nothing more"
  | `redirect to ${string}`
  | `next page ${string}`
  | "elsewhere";

/** A hub on loopback with the API that the kit uses: commit, tree (two files per page), resolve with ranges. */
export class FakeHub {
  /** Requested paths and ranges, in order. */
  readonly requests: { path: string; range: string | null; authorization: string | null }[] = [];
  /** By a part of the path; the first match counts. */
  readonly tricks = new Map<string, Trick>();
  /** Requests that reached the storage host. */
  readonly stored: { path: string; authorization: string | null }[] = [];
  /** Milliseconds between two blocks of 64 kB. */
  delay = 0;
  readonly #repositories: Record<string, Record<string, Uint8Array>>;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #storage: Deno.HttpServer<Deno.NetAddr>;

  /** Repositories as "datasets/owner/name" or "models/owner/name" with files by path; those that end in .bin are "large". */
  constructor(repositories: Record<string, Record<string, string | Uint8Array>>) {
    const bytes = (content: string | Uint8Array) =>
      typeof content === "string" ? new TextEncoder().encode(content) : content;
    this.#repositories = Object.fromEntries(
      Object.entries(repositories).map(([name, files]) => [
        name,
        Object.fromEntries(Object.entries(files).map(([path, content]) => [path, bytes(content)])),
      ]),
    );
    const quiet = { port: 0, hostname: "127.0.0.1", onListen() {} };
    this.#server = Deno.serve(quiet, (request) => this.#answer(request));
    this.#storage = Deno.serve(quiet, (request) => {
      const { pathname } = new URL(request.url);
      this.stored.push({ path: pathname, authorization: request.headers.get("authorization") });
      return new Response(this.#content(pathname) as BodyInit);
    });
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  commit(name: string): string {
    return createHash("sha1").update(name).digest("hex");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#server.shutdown(), this.#storage.shutdown()]);
  }

  #content(pathname: string): Uint8Array | undefined {
    const [, before, path] = /^\/(.+)\/resolve\/[0-9a-f]{40}\/(.+)$/.exec(decodeURIComponent(pathname)) ?? [];
    return this.#repositories[before?.startsWith("datasets/") ? before : `models/${before}`]?.[path];
  }

  #answer(request: Request): Response {
    const url = new URL(request.url);
    const range = request.headers.get("range");
    this.requests.push({ path: url.pathname, range, authorization: request.headers.get("authorization") });
    const trick = [...this.tricks].find(([part]) => url.pathname.includes(part))?.[1];
    if (typeof trick === "number") {
      return new Response("refused", {
        status: trick,
        headers: trick === 401 ? { "x-error-code": "RepoNotFound" } : {},
      });
    }
    if (trick === "no json") return new Response("<html>");
    if (trick === "endless json") return new Response(endless());
    if (trick === "half a json, then silence") return new Response(half(false));
    if (trick === "half a json, then nothing more") return new Response(half(true));
    if (typeof trick === "string" && trick.startsWith("redirect to ")) {
      return new Response(null, { status: 302, headers: { location: trick.slice("redirect to ".length) } });
    }
    if (typeof trick === "string" && trick.startsWith("next page ")) {
      const next = trick.slice("next page ".length).replace("*", crypto.randomUUID());
      return Response.json([], { headers: { link: `<${next}>; rel="next"` } });
    }
    const revision = /^\/api\/((?:datasets|models)\/[^/]+\/[^/]+)\/revision\/([^/]+)$/.exec(url.pathname);
    if (revision) {
      if (!(revision[1] in this.#repositories) || revision[2] === "gone") return new Response("", { status: 404 });
      return Response.json({ sha: this.commit(revision[1]) });
    }
    const tree = /^\/api\/((?:datasets|models)\/[^/]+\/[^/]+)\/tree\//.exec(url.pathname);
    if (tree) return this.#tree(tree[1], Number(url.searchParams.get("cursor") ?? 0), url);
    if (trick === "elsewhere") {
      return Response.redirect(`http://127.0.0.1:${this.#storage.addr.port}${url.pathname}`, 302);
    }
    const content = this.#content(url.pathname);
    if (content === undefined) return new Response("", { status: 404 });
    return this.#file(content, range, trick);
  }

  #tree(name: string, cursor: number, url: URL): Response {
    const files = Object.entries(this.#repositories[name] ?? {}).map(([path, content]) => {
      const oid = createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
      const lfs = { oid: createHash("sha256").update(content).digest("hex"), size: content.length };
      return path.endsWith(".bin")
        ? { type: "file", path, size: content.length, oid: this.commit(path), lfs }
        : { type: "file", path, size: content.length, oid };
    });
    const entries = [{ type: "directory", path: "folder", size: 0, oid: this.commit("d") }, ...files];
    url.searchParams.set("cursor", String(cursor + 2));
    const headers: Record<string, string> = cursor + 2 < entries.length ? { link: `<${url.href}>; rel="next"` } : {};
    return Response.json(entries.slice(cursor, cursor + 2), { headers });
  }

  #file(content: Uint8Array, range: string | null, trick: Trick | undefined): Response {
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    if (trick === "wrong bytes") {
      content = content.slice();
      content[content.length >> 1] ^= 1;
    }
    if (trick === "too many bytes") content = new Uint8Array([...content, 1, 2, 3]);
    const half = content.length >> 1;
    const cut = trick === "half, always" || (trick === "half, then the rest by range" && from === 0);
    if (trick === "half, always") return new Response(stream(content.slice(0, half), this.delay));
    const rest = content.slice(from, cut ? half : undefined);
    const headers = from > 0 ? { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` } : undefined;
    return new Response(stream(rest, this.delay), { status: from > 0 ? 206 : 200, headers });
  }
}

/** A list that never ends. */
function endless(): ReadableStream<Uint8Array> {
  const block = new TextEncoder().encode(`[${'"x",'.repeat(16_000)}`);
  return new ReadableStream({ pull: (controller) => controller.enqueue(block) });
}

function half(broken: boolean): ReadableStream<Uint8Array> {
  const block = new TextEncoder().encode('[{"path": "a"');
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent && broken) return controller.error(new Error("broken"));
      if (sent) return new Promise(() => {});
      sent = true;
      controller.enqueue(block);
    },
  });
}

function stream(bytes: Uint8Array, delay: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      if (delay > 0 && at > 0) await new Promise((resolve) => setTimeout(resolve, delay));
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at += 65536));
    },
  });
}
