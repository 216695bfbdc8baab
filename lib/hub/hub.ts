import { checkOptions, type OptionKinds } from "../core/options.ts";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ArgumentError, checkCancelled, KitError } from "../core/errors.ts";
import { exists, fileError, writeAtomic } from "../core/files.ts";
import { matchesGlob } from "../core/glob.ts";
import { suggestion } from "../core/nearest.ts";
import { download, isIntact } from "./download.ts";
import { Hub, type RemoteFile, type RepositoryType } from "./hub_api.ts";
import type { ReadOptions } from "../files/lines.ts";

/** Options of {@link hubSnapshot} and {@link hubFile}. */
export interface HubOptions extends Pick<ReadOptions, "signal" | "progress"> {
  /** What the repository holds. @default "model" */
  type?: RepositoryType;
  /** A branch, a tag or a commit. The commit that a branch or tag stood for at first is kept. @default "main" */
  revision?: string;
  /** Folder of the cache. @default data/cache of the kit */
  cache?: string;
  /** Ask the hub again what commit a branch or tag stands for. @default false */
  refresh?: boolean;
  /** Hash files again that are in the cache already; broken ones are fetched anew. @default false */
  verify?: boolean;
}

const HUB_OPTIONS: OptionKinds<HubOptions> = {
  signal: "object",
  progress: "object",
  type: "string",
  revision: "string",
  cache: "string",
  refresh: "boolean",
  verify: "boolean",
};

/** Files of a repository at one commit, on this disk. */
export interface Snapshot {
  /** Where the files are. */
  readonly folder: string;
  /** The commit, 40 hex digits. */
  readonly revision: string;
  /** Paths in the folder. */
  readonly files: readonly string[];
}

/** The folder for what comes from a hub, `data/cache` of the kit. */
export function defaultCache(): string {
  const url = new URL("../../data/cache", import.meta.url);
  return url.protocol === "file:" ? fileURLToPath(url) : resolve("data", "cache");
}

/**
 * Files of a repository of the Hugging Face hub (HF_ENDPOINT, HF_TOKEN), pinned by commit, verified by size and digest.
 * What is in the cache needs no network; an interrupted download goes on where it stopped.
 *
 * @param repository `owner/name`
 * @param options `patterns`: only files that match one of them; `*` stands for any characters.
 * @throws {HubError} on a refusal, a failure, or wrong bytes; nothing broken is left in the cache.
 */
export async function hubSnapshot(
  repository: string,
  options: HubOptions & { patterns?: readonly string[] } = {},
): Promise<Snapshot> {
  checkOptions("hubSnapshot", options, { ...HUB_OPTIONS, patterns: "array" });
  const { patterns = ["*"], signal, progress } = options;
  const { home, revision, listing, hub } = await pinned(repository, options);
  const wanted = listing.filter(({ path }) => patterns.some((pattern) => matchesGlob(path, pattern)));
  const folder = join(home, revision);
  let arrived = 0;
  for (const remote of wanted) {
    checkCancelled(signal, `fetching ${repository}`);
    const target = join(folder, remote.path);
    if (await exists(target)) {
      if ((await Deno.stat(target)).size === remote.size && (!options.verify || await isIntact(target, remote))) {
        continue;
      }
      await Deno.remove(target);
    }
    await download(hub(), hub().address(repository, options.type ?? "model", revision, remote.path), remote, target, {
      signal,
      arrived: (bytes) => progress?.update(arrived += bytes, remote.path),
    });
  }
  return { folder, revision, files: wanted.map(({ path }) => path) };
}

/** The path of one file of a repository, fetched if need be. See {@link hubSnapshot}. */
export async function hubFile(repository: string, path: string, options: HubOptions = {}): Promise<string> {
  checkOptions<HubOptions>("hubFile", options, HUB_OPTIONS);
  const { listing } = await pinned(repository, options);
  if (!listing.some((file) => file.path === path)) {
    const known = listing.map((file) => file.path);
    throw new KitError(`Cannot fetch ${path} of ${repository}: there is no such file; ${suggestion(path, known)}`);
  }
  const { folder } = await hubSnapshot(repository, { ...options, patterns: [path] });
  return join(folder, path);
}

/** All files of a repository at a commit, and which commit that is; from the cache if it knows. */
export async function hubListing(
  repository: string,
  options: HubOptions = {},
): Promise<{ revision: string; files: readonly RemoteFile[] }> {
  const { revision, listing } = await pinned(repository, options);
  return { revision, files: listing };
}

/** Splits `owner/name@revision`, with or without `hf:` before it. */
export function parseRepository(name: string): { repository: string; revision?: string } {
  const match = /^(?:hf:)?([\w.-]+\/[\w.-]+)(?:@([\w.,/-]+))?$/.exec(name);
  if (!match || /(^|\/)\.{1,2}(\/|$)/.test(match[1])) {
    throw new ArgumentError(`Cannot read "${name}" as a repository: wanted hf:owner/name or hf:owner/name@revision`);
  }
  return { repository: match[1], revision: match[2] };
}

interface Pinned {
  home: string;
  revision: string;
  listing: RemoteFile[];
  /** Made only when a request is needed, so that a full cache needs neither network nor environment. */
  hub: () => Hub;
}

async function pinned(name: string, options: HubOptions): Promise<Pinned> {
  const { type = "model", revision = "main", cache = defaultCache(), signal } = options;
  const { repository } = parseRepository(name);
  const home = join(cache, "hub", `${type}s`, ...repository.split("/"));
  let made: Hub | undefined;
  const hub = () => made ??= new Hub({ signal });
  const commit = await commitOf(
    home,
    revision,
    options.refresh === true,
    () => hub().commit(repository, type, revision),
  );
  const path = join(home, `${commit}.json`);
  const known = await readJson(path);
  let listing = known as RemoteFile[];
  if (!Array.isArray(known)) {
    listing = await hub().list(repository, type, commit);
    await writeAtomic(path, JSON.stringify(listing), { overwrite: true });
  }
  return { home, revision: commit, listing, hub };
}

async function commitOf(home: string, revision: string, refresh: boolean, ask: () => Promise<string>): Promise<string> {
  if (/^[0-9a-f]{40}$/.test(revision)) return revision;
  const path = join(home, "commits.json");
  const known = { ...(await readJson(path) as Record<string, string> | undefined) };
  if (!refresh && /^[0-9a-f]{40}$/.test(known[revision])) return known[revision];
  const commit = await ask();
  await writeAtomic(path, JSON.stringify({ ...known, [revision]: commit }), { overwrite: true });
  return commit;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    // What is unreadable is asked for again.
    if (cause instanceof Deno.errors.NotFound || cause instanceof SyntaxError) return undefined;
    throw fileError("read", path, cause);
  }
}
