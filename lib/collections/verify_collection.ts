import { checkOptions } from "../core/options.ts";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exists } from "../core/files.ts";
import { sha256File } from "../core/hash.ts";
import { MANIFEST } from "./convert_collection.ts";
import { BUILT_IN } from "./known_collections.ts";
import { loadCollection } from "./load_collection.ts";
import { LOAD_COLLECTION_OPTIONS, type LoadCollectionOptions } from "./load_options.ts";
import type { Collection } from "./types.ts";

/**
 * One comparison.
 *
 * @category Collections
 */
export interface CollectionCheck {
  /** What was compared with what. */
  readonly what: string;
  /** Whether they are the same. */
  readonly passed: boolean;
}

/**
 * Verifies a collection: a built-in one against the sizes and sha256 in its README, one from the hub against the hub's
 * digests (a damaged file is downloaded again), a converted folder against the digest of its rows. Checksums of zip
 * entries are verified on every read.
 *
 * @returns the comparisons; empty if there is nothing to compare with.
 *
 * @example
 * ```ts
 * import { verifyCollection } from "@syneg/kit";
 * const { checks } = await verifyCollection("facets");
 * console.log(checks.every(({ passed }) => passed)); // true
 * ```
 *
 * @category Collections
 */
export async function verifyCollection(
  name: string,
  options: LoadCollectionOptions = {},
): Promise<{ collection: Collection; checks: CollectionCheck[] }> {
  checkOptions<LoadCollectionOptions>("verifyCollection", options, LOAD_COLLECTION_OPTIONS);
  const collection = await loadCollection(name, { ...options, verify: true });
  if (BUILT_IN.includes(name)) {
    const checks = await verifyReadme(fileURLToPath(new URL(`../../data/${name}`, import.meta.url)));
    return { collection, checks };
  }
  if (collection.origin?.startsWith("hf:")) {
    return { collection, checks: [{ what: `files of ${collection.origin}: size and digest`, passed: true }] };
  }
  const manifest = join(name, MANIFEST);
  if (!await exists(manifest)) return { collection, checks: [] };
  const { digest } = JSON.parse(await Deno.readTextFile(manifest)) as { digest?: unknown };
  return {
    collection,
    checks: [{ what: `digest of all rows, as ${MANIFEST} states it`, passed: digest === collection.digest }],
  };
}

async function verifyReadme(folder: string): Promise<CollectionCheck[]> {
  const readme = await Deno.readTextFile(join(folder, "README.md"));
  const checks: CollectionCheck[] = [];
  for (const [, path, bytes, digest] of readme.matchAll(/^\| (\S+) \| (\d+) \| `([0-9a-f]{64})` \|$/gm)) {
    const file = join(folder, path);
    const { size } = await Deno.stat(file);
    checks.push({
      what: `${path}: size and sha256`,
      passed: size === Number(bytes) && await sha256File(file) === digest,
    });
  }
  return checks;
}
