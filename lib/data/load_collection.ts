import { stopSignal } from "../core/stop.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ArgumentError, KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { suggestion } from "../core/nearest.ts";
import { digestCollection } from "./digest.ts";
import { inspect, type Tables } from "./findings.ts";
import { hubListing, hubSnapshot, parseRepository } from "./hub.ts";
import { HubError, type RepositoryType } from "./hub_api.ts";
import { type Layout, layoutOf, qrelsOf } from "./layout.ts";
import { READ_OPTIONS, type ReadOptions } from "./lines.ts";
import { Counter, readCorpus, readJudgements, readQueries } from "./read_parts.ts";
import { fileSource, type FileTree, folderTree, readHead } from "./source.ts";
import type { Collection } from "./types.ts";
import { packedBy, refusePointer } from "./unpack.ts";
import { UnpackBudget } from "./unpack_limits.ts";
import { zipTree } from "./zip.ts";

/** Options of {@link loadCollection}. */
export interface LoadCollectionOptions extends ReadOptions {
  /** Folder for what comes from a hub. @default data/cache of the kit */
  cache?: string;
  /** Ask the hub again what commit a branch stands for. @default false */
  refresh?: boolean;
  /** Hash what is in the hub's cache again. @default false */
  verify?: boolean;
}

/** Kinds of {@link LoadCollectionOptions}. */
export const LOAD_COLLECTION_OPTIONS: OptionKinds<LoadCollectionOptions> = {
  ...READ_OPTIONS,
  cache: "string",
  refresh: "boolean",
  verify: "boolean",
};

/** A collection of single files: JSONL, Parquet, Arrow; TREC's topics, qrels; `id<TAB>text` lines. */
export interface CollectionFiles {
  /** Path of the documents. */
  corpus: string;
  /** Path of the queries. */
  queries: string;
  /** Paths by split. */
  qrels?: Record<string, string>;
}

/** Collections that are part of the kit. */
export const BUILT_IN: readonly string[] = ["facets"];

/** The data sets of BEIR that the hub has under `BeIR/`. */
export const BEIR: readonly string[] = [
  "arguana climate-fever cqadupstack dbpedia-entity fever fiqa germanquad hotpotqa msmarco msmarco-v2 nfcorpus nq",
  "quora scidocs scifact trec-covid trec-news webis-touche2020",
].join(" ").split(" ").map((name) => `beir/${name}`);

/**
 * Loads a collection: `facets` (built in), a folder or zip file in BEIR's form (JSONL, Parquet or Arrow inside), single
 * files, or a data set of the Hugging Face hub: `beir/scifact`, `hf:owner/name`, `hf:owner/name@revision` (two
 * revisions, parted by a comma, where the judgements are in a repository `owner/name-qrels`).
 *
 * The hub's validation split is called `dev`. Fields besides id, title and text become `metadata`.
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
export async function loadCollection(
  name: string | CollectionFiles,
  options: LoadCollectionOptions = {},
): Promise<Collection> {
  checkOptions<LoadCollectionOptions>("loadCollection", options, LOAD_COLLECTION_OPTIONS);
  const obeying = { ...options, signal: stopSignal(options.signal) };
  const budget = new UnpackBudget(options.unpack);
  const { layout, tree, origin } = typeof name === "string" ? await find(name, obeying, budget) : single(name, budget);
  const { tables, findings } = inspect(await read(layout, tree, obeying));
  const called = typeof name === "string" ? name : name.corpus;
  return { name: called, origin, ...tables, digest: digestCollection(tables), findings };
}

interface Found {
  layout: Layout;
  tree: FileTree;
  origin: string;
}

async function find(name: string, options: LoadCollectionOptions, budget: UnpackBudget): Promise<Found> {
  if (BUILT_IN.includes(name)) {
    const tree = await folderTree(fileURLToPath(new URL(`../../data/${name}`, import.meta.url)));
    return { layout: layoutOf(tree.files.keys(), name), tree, origin: name };
  }
  const [, short] = /^beir\/([^/@]+(?:@.+)?)$/i.exec(name) ?? [];
  if (name.startsWith("hf:")) return await fromHub(name, options, budget);
  if (short && !await exists(name)) {
    const known = BEIR.map((other) => other.slice("beir/".length));
    if (known.includes(short.split("@")[0].toLowerCase())) {
      return await fromHub(`hf:BeIR/${short.toLowerCase()}`, options, budget);
    }
  } else if (await exists(name)) {
    const tree = await ((await Deno.stat(name)).isDirectory ? folderTree(name, budget) : archiveTree(name, budget));
    return { layout: layoutOf(tree.files.keys(), name), tree, origin: name };
  }
  throw new ArgumentError(`Unknown collection "${name}": ${suggestion(name, [...BUILT_IN, ...BEIR])}`);
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

function single({ corpus, queries, qrels = {} }: CollectionFiles, budget: UnpackBudget): Found {
  const splits = Object.entries(qrels).map(([split, path]) => [split, [path]]);
  const layout: Layout = { corpus: [corpus], queries: [queries], qrels: Object.fromEntries(splits) };
  const paths = [corpus, queries, ...Object.values(qrels)];
  return {
    layout,
    tree: { name: corpus, files: new Map(paths.map((path) => [path, fileSource(path, budget)])) },
    origin: corpus,
  };
}

async function fromHub(name: string, options: LoadCollectionOptions, budget: UnpackBudget): Promise<Found> {
  const type: RepositoryType = "dataset";
  const { repository, revision } = parseRepository(name);
  const [own, other] = revision?.split(",") ?? [];
  const { files: listed, revision: commit } = await hubListing(repository, { ...options, type, revision: own });
  const layout = layoutOf(listed.map(({ path }) => path), repository);
  const wanted = [...layout.corpus, ...layout.queries, ...Object.values(layout.qrels).flat()];
  const snapshot = await hubSnapshot(repository, { ...options, type, revision: commit, patterns: wanted });
  const files = new Map(wanted.map((path) => [path, fileSource(join(snapshot.folder, path), budget)]));
  const origin = `hf:${repository}@${commit}`;
  if (Object.keys(layout.qrels).length > 0) return { layout, tree: { name: repository, files }, origin };

  // Many data sets keep their judgements in a repository of their own.
  const judged = await judgements(`${repository}-qrels`, { ...options, type, revision: other });
  if (judged === undefined) return { layout, tree: { name: repository, files }, origin };
  for (const path of Object.values(judged.qrels).flat()) {
    files.set(`qrels:${path}`, fileSource(join(judged.folder, path), budget));
  }
  const qrels = Object.fromEntries(
    Object.entries(judged.qrels).map(([split, paths]) => [split, paths.map((path) => `qrels:${path}`)]),
  );
  return { layout: { ...layout, qrels }, tree: { name: repository, files }, origin: `${origin},${judged.revision}` };
}

/** The judgements' own repository, or undefined if there is none. */
async function judgements(
  repository: string,
  options: LoadCollectionOptions & { type: RepositoryType; revision?: string },
) {
  let listing;
  try {
    listing = await hubListing(repository, options);
  } catch (error) {
    if (error instanceof HubError && error.missing) return undefined;
    throw error;
  }
  const qrels = qrelsOf(listing.files.map(({ path }) => path), "", true);
  const patterns = Object.values(qrels).flat();
  const { folder, revision } = await hubSnapshot(repository, { ...options, revision: listing.revision, patterns });
  return { qrels, folder, revision };
}

async function read(layout: Layout, tree: FileTree, { signal, progress }: ReadOptions): Promise<Tables> {
  const options = { signal, progress: new Counter(progress) };
  const sources = (paths: readonly string[]) => paths.map((path) => tree.files.get(path)!);
  const corpus = await readCorpus(sources(layout.corpus), options);
  const queries = await readQueries(sources(layout.queries), options);
  const qrels: Record<string, Tables["qrels"][string]> = {};
  for (const [split, paths] of Object.entries(layout.qrels)) {
    qrels[split] = await readJudgements(sources(paths), options);
  }
  return { corpus, queries, qrels };
}
