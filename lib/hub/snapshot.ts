import { join } from "node:path";
import { checkCancelled, KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { matchesGlob } from "../core/glob.ts";
import { suggestion } from "../core/nearest.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { download } from "./download.ts";
import { type HubOptions, pinned } from "./pinned.ts";
import type { RemoteFile } from "./remote_file.ts";
import { isIntact } from "./verify_digest.ts";

const HUB_OPTIONS: OptionKinds<HubOptions> = {
  signal: "object",
  progress: "object",
  type: "string",
  revision: "string",
  cache: "string",
  refresh: "boolean",
  verify: "boolean",
};

/**
 * Files of a repository at a commit, on this disk.
 *
 * @category Core
 */
export interface Snapshot {
  /** Folder of the files. */
  readonly folder: string;
  /** The commit, 40 hex digits. */
  readonly revision: string;
  /** Paths of the files in the folder. */
  readonly files: readonly string[];
}

/**
 * Downloads files of a repository of the Hugging Face hub (HF_ENDPOINT, HF_TOKEN), pinned by commit and verified by size
 * and digest. Files in the cache need no network; an interrupted download is resumed.
 *
 * @param repository `owner/name`
 * @param options `patterns`: only files that match one of them, in which `*` matches any characters.
 * @throws {HubError} if the hub refuses or fails, or the content is wrong; nothing broken stays in the cache.
 *
 * @category Core
 *
 * @example
 * ```ts ignore
 * import { hubSnapshot } from "./mod.ts";
 * const { folder } = await hubSnapshot("BeIR/scifact-qrels", { type: "dataset", patterns: ["*.tsv"] });
 * console.log(folder);
 * ```
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
    const url = hub().address(repository, options.type ?? "model", revision, remote.path);
    await download({ hub: hub(), url, remote }, target, {
      signal,
      arrived: (bytes) => progress?.update(arrived += bytes, remote.path),
    });
  }
  return { folder, revision, files: wanted.map(({ path }) => path) };
}

/**
 * The local path of a file of a repository, downloaded if necessary; see {@link hubSnapshot}.
 *
 * @throws {KitError} if the repository has no such file.
 *
 * @category Core
 *
 * @example
 * ```ts ignore
 * import { hubFile } from "./mod.ts";
 * console.log(await hubFile("BeIR/scifact-qrels", "test.tsv", { type: "dataset" }));
 * ```
 */
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

/** All files of a repository and their commit, from the cache if possible. */
export async function hubListing(
  repository: string,
  options: HubOptions = {},
): Promise<{ revision: string; files: readonly RemoteFile[] }> {
  const { revision, listing } = await pinned(repository, options);
  return { revision, files: listing };
}
