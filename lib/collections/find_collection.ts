import { fileURLToPath } from "node:url";
import { ArgumentError, KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import type { FileTree } from "../files/byte_source.ts";
import { packedBy, refusePointer } from "../files/packed/unpack.ts";
import type { UnpackBudget } from "../files/packed/unpack_limits.ts";
import { zipTree } from "../files/packed/zip.ts";
import { fileSource, folderTree, readHead } from "../files/source.ts";
import { parseCollectionName } from "./collection_name.ts";
import { findInHub } from "./find_in_hub.ts";
import type { FoundCollection } from "./found_collection.ts";
import { BEIR, BUILT_IN } from "./known_collections.ts";
import { layoutOf } from "./layout.ts";
import type { CollectionFiles, LoadCollectionOptions } from "./load_options.ts";
import { unknownCollection } from "./unknown_collection.ts";

/** Finds the files of a collection by its name: built in, in a folder or archive, or on the hub. */
export async function findCollection(
  called: string,
  options: LoadCollectionOptions,
  budget: UnpackBudget,
): Promise<FoundCollection> {
  const { name, subset } = await parseCollectionName(called, options.subset);
  const from = (tree: FileTree, place: string): FoundCollection => ({
    layout: layoutOf(tree.files.keys(), place, { subset }),
    tree,
    origin: subset === undefined ? place : `${place}#${subset}`,
  });
  if (BUILT_IN.includes(name)) {
    return from(await folderTree(fileURLToPath(new URL(`../../data/${name}`, import.meta.url))), name);
  }
  if (name.startsWith("hf:")) return await findInHub(name, { ...options, subset }, budget);
  if (await exists(name)) {
    const folder = (await Deno.stat(name)).isDirectory;
    return from(await (folder ? folderTree(name, budget) : archiveTree(name, budget)), name);
  }
  const [, short] = /^beir\/([^/@]+(?:@.+)?)$/i.exec(name) ?? [];
  if (short && BEIR.includes(`beir/${short.split("@")[0].toLowerCase()}`)) {
    return await findInHub(`hf:BeIR/${short.toLowerCase()}`, { ...options, subset }, budget);
  }
  throw await unknownCollection(name);
}

/** The files of a zip archive; any other file is refused with what to do. */
async function archiveTree(path: string, budget: UnpackBudget): Promise<FileTree> {
  const head = await readHead(path);
  refusePointer(head, path);
  const [format, command] = packedBy(head) ?? [];
  if (format === "zip" || path.endsWith(".zip")) return await zipTree(path, budget);
  const unpack = /\.(tar|tgz|tbz2?|txz)$|\.tar\.\w+$/i.test(path) ? "tar -xf" : command;
  const advice = format
    ? `unpack it first (${unpack} ${path}) and load the folder`
    : 'for single files pass {corpus: "…", queries: "…", qrels: {test: "…"}}';
  const found = format ? `a ${format} file` : "a file";
  throw new KitError(`Cannot load a collection: found ${found}, wanted a folder or a zip file; ${advice}`, {
    file: path,
  });
}

/** A collection of single files. */
export function singleFiles(
  { corpus, queries, qrels = {} }: CollectionFiles,
  { subset }: LoadCollectionOptions,
  budget: UnpackBudget,
): FoundCollection {
  if (subset !== undefined) {
    throw new ArgumentError(`Cannot choose the data set "${subset}" of single files: their paths choose`);
  }
  const splits = Object.entries(qrels).map(([split, path]) => [split, [path]]);
  const layout = { corpus: [corpus], queries: [queries], qrels: Object.fromEntries(splits), twins: {}, passedOver: [] };
  const paths = [corpus, queries, ...Object.values(qrels)];
  return {
    layout,
    tree: { name: corpus, files: new Map(paths.map((path) => [path, fileSource(path, budget)])) },
    origin: corpus,
  };
}
