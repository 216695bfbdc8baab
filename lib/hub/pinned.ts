import { join } from "node:path";
import { fileError, writeAtomic } from "../core/files.ts";
import type { ReadOptions } from "../files/lines.ts";
import { defaultCache } from "./default_cache.ts";
import { Hub } from "./hub_client.ts";
import type { RemoteFile, RepositoryType } from "./remote_file.ts";
import { parseRepository } from "./repository.ts";

/**
 * Options of {@link hubSnapshot} and {@link hubFile}.
 *
 * @category Core
 */
export interface HubOptions extends Pick<ReadOptions, "signal" | "progress"> {
  /**
   * What the repository contains.
   * @default {"model"}
   */
  type?: RepositoryType;
  /**
   * A branch, a tag or a commit. The commit that a branch or tag first resolves to is kept.
   * @default {"main"}
   */
  revision?: string;
  /** Folder of the cache. Omit for `data/cache` of the kit. */
  cache?: string;
  /**
   * Resolve a branch or tag again.
   * @default {false}
   */
  refresh?: boolean;
  /**
   * Verify files in the cache by their digests; broken ones are downloaded again.
   * @default {false}
   */
  verify?: boolean;
}

/** A repository at a commit. */
export interface Pinned {
  /** Folder of the repository in the cache. */
  readonly home: string;
  /** The commit. */
  readonly revision: string;
  /** All files at the commit. */
  readonly listing: readonly RemoteFile[];
  /** The client, created at the first request, so that a full cache needs neither network nor environment. */
  readonly hub: () => Hub;
}

/**
 * Resolves a repository to a commit and lists its files, from the cache if possible.
 *
 * @throws {HubError} if the hub refuses or fails.
 */
export async function pinned(name: string, options: HubOptions): Promise<Pinned> {
  const { type = "model", revision = "main", cache = defaultCache(), signal } = options;
  const { repository } = parseRepository(name);
  const home = join(cache, "hub", `${type}s`, ...repository.split("/"));
  let made: Hub | undefined;
  const hub = () => made ??= new Hub({ signal });
  const ask = () => hub().commit(repository, type, revision);
  const commit = await commitOf(revision, { home, refresh: options.refresh === true, ask });
  const path = join(home, `${commit}.json`);
  const known = await readJson(path);
  let listing = known as RemoteFile[];
  if (!Array.isArray(known)) {
    listing = await hub().list(repository, type, commit);
    await writeAtomic(path, JSON.stringify(listing), { overwrite: true });
  }
  return { home, revision: commit, listing, hub };
}

/** The commit of a revision: itself, or from the cache, or else from the hub. */
async function commitOf(
  revision: string,
  { home, refresh, ask }: { home: string; refresh: boolean; ask: () => Promise<string> },
): Promise<string> {
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
    // An unreadable file is requested again.
    if (cause instanceof Deno.errors.NotFound || cause instanceof SyntaxError) return undefined;
    throw fileError("read", path, cause);
  }
}
