import { fileURLToPath } from "node:url";
import { ArgumentError, KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { suggestion } from "../core/nearest.ts";
import { digestCollection } from "./digest.ts";
import { inspect } from "./findings.ts";
import { readLayout } from "./layout.ts";
import type { ReadOptions } from "./lines.ts";
import { type FileTree, folderTree } from "./source.ts";
import type { Collection } from "./types.ts";

/** Options of {@link loadCollection}. */
export interface LoadCollectionOptions extends ReadOptions {
  /** Folder for what comes from a hub. @default data/cache of the kit */
  cache?: string;
}

/** Collections that are part of the kit. */
export const BUILT_IN: readonly string[] = ["facets"];

/**
 * Loads a collection: `facets` (built in) or a folder in BEIR's form (corpus.jsonl, queries.jsonl, qrels/*.tsv).
 *
 * @throws {KitError} on a broken record, with file, line and field; on an unknown name, with the nearest known ones.
 *
 * @example
 * ```ts
 * import { loadCollection } from "@syneg/kit";
 * const { corpus, queries, qrels } = await loadCollection("facets");
 * console.log(corpus.length, queries.length, Object.keys(qrels));
 * ```
 */
export async function loadCollection(name: string, options: LoadCollectionOptions = {}): Promise<Collection> {
  const tree = await treeOf(name);
  const { tables, findings } = await readLayout(tree, options);
  return { name, ...tables, digest: digestCollection(tables), findings: [...findings, ...inspect(tables)] };
}

async function treeOf(name: string): Promise<FileTree> {
  if (BUILT_IN.includes(name)) {
    return await folderTree(fileURLToPath(new URL(`../../data/${name}`, import.meta.url)));
  }
  if (!await exists(name)) throw new ArgumentError(`Unknown collection "${name}": ${suggestion(name, BUILT_IN)}`);
  if ((await Deno.stat(name)).isDirectory) return await folderTree(name);
  throw new KitError("Cannot load a collection: found a file, wanted a folder", { file: name });
}
