import { stopSignal } from "../core/stop.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ArgumentError, KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { digestCollection } from "./digest_collection.ts";
import { inspect, type Tables } from "./findings.ts";
import { parseRepository } from "../hub/repository.ts";
import { hubListing, hubSnapshot } from "../hub/snapshot.ts";
import { HubError } from "../hub/hub_error.ts";
import type { RepositoryType } from "../hub/remote_file.ts";
import { BEIR, BUILT_IN } from "./known_collections.ts";
import { type Layout, layoutOf, qrelsOf } from "./layout.ts";
import { READ_OPTIONS, type ReadOptions } from "../files/lines.ts";
import { Counter, readCorpus, readJudgments, readQueries } from "./read_parts.ts";
import { fileSource, folderTree, readHead } from "../files/source.ts";
import type { FileTree } from "../files/byte_source.ts";
import { Tally } from "../files/tally.ts";
import type { Collection } from "./types.ts";
import { unknownCollection } from "./unknown_collection.ts";
import { packedBy, refusePointer } from "../files/packed/unpack.ts";
import { UnpackBudget } from "../files/packed/unpack_limits.ts";
import { zipTree } from "../files/packed/zip.ts";

/**
 * Options of {@link loadCollection}.
 *
 * @category Collections
 */
export interface LoadCollectionOptions extends ReadOptions {
  /**
   * One of several data sets in a folder, archive or repository, such as `en` where `en/corpus.jsonl` lies beside
   * `de/corpus.jsonl`. Same as `#en` at the end of the name. Omit if there is only one.
   */
  subset?: string;
  /**
   * Folder for downloads from the hub.
   *
   * @default {undefined} data/cache of the kit
   */
  cache?: string;
  /**
   * Ask the hub again which commit a branch points to.
   *
   * @default {false}
   */
  refresh?: boolean;
  /**
   * Hash cached files again.
   *
   * @default {false}
   */
  verify?: boolean;
}

/** Kinds of {@link LoadCollectionOptions}. */
export const LOAD_COLLECTION_OPTIONS: OptionKinds<LoadCollectionOptions> = {
  ...READ_OPTIONS,
  subset: "string",
  cache: "string",
  refresh: "boolean",
  verify: "boolean",
};

/**
 * A collection of single files: JSONL, Parquet, Arrow; TREC's topics, qrels; `id<TAB>text` lines.
 *
 * @category Collections
 */
export interface CollectionFiles {
  /** Path of the documents. */
  corpus: string;
  /** Path of the queries. */
  queries: string;
  /** Paths by split. */
  qrels?: Record<string, string>;
}

/**
 * Loads a collection: `facets` (built in), a folder or zip file in BEIR's form (JSONL, Parquet or Arrow inside), single
 * files, or a data set of the Hugging Face hub: `beir/scifact`, `hf:owner/name`, `hf:owner/name@revision` (two
 * revisions separated by a comma if the judgments are in a repository `owner/name-qrels`). If there are several data
 * sets, `#` and a name select one: `folder#en`, `hf:owner/name@revision#en`.
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
 * @category Collections
 */
export async function loadCollection(
  name: string | CollectionFiles,
  options: LoadCollectionOptions = {},
): Promise<Collection> {
  checkOptions<LoadCollectionOptions>("loadCollection", options, LOAD_COLLECTION_OPTIONS);
  const obeying = { ...options, signal: stopSignal(options.signal) };
  const budget = new UnpackBudget(options.unpack);
  const found = typeof name === "string" ? await find(name, obeying, budget) : single(name, options, budget);
  const tally = new Tally();
  const read = await readAllTables(found, obeying, tally);
  const { tables, findings } = inspect(read, tally);
  const { layout: { passedOver, twins: _, ...files }, origin } = found;
  if (passedOver.length > 0) {
    findings.push({ kind: "files passed over", count: passedOver.length, examples: passedOver });
  }
  const called = typeof name === "string" ? name : name.corpus;
  return { name: called, origin, ...tables, digest: digestCollection(tables), findings, files };
}

interface Found {
  layout: Layout;
  tree: FileTree;
  origin: string;
}

/** A name without the `#subset` at its end; a file or folder whose own name has a `#` keeps it. */
export async function parseCollectionName(name: string, subset?: string): Promise<{ name: string; subset?: string }> {
  const at = name.lastIndexOf("#");
  if (at <= 0 || await exists(name)) return { name, subset };
  const [plain, own] = [name.slice(0, at), name.slice(at + 1)];
  if (subset !== undefined && subset !== own) {
    throw new ArgumentError(`Cannot load two data sets: "${name}" names "${own}", the option subset "${subset}"`);
  }
  if (own === "") throw new ArgumentError(`Cannot load "${name}": there is no name after #`);
  return { name: plain, subset: own };
}

async function find(called: string, options: LoadCollectionOptions, budget: UnpackBudget): Promise<Found> {
  const { name, subset } = await parseCollectionName(called, options.subset);
  const from = (tree: FileTree, place: string): Found => ({
    layout: layoutOf(tree.files.keys(), place, { subset }),
    tree,
    origin: subset === undefined ? place : `${place}#${subset}`,
  });
  if (BUILT_IN.includes(name)) {
    return from(await folderTree(fileURLToPath(new URL(`../../data/${name}`, import.meta.url))), name);
  }
  if (name.startsWith("hf:")) return await fromHub(name, { ...options, subset }, budget);
  if (await exists(name)) {
    const folder = (await Deno.stat(name)).isDirectory;
    return from(await (folder ? folderTree(name, budget) : archiveTree(name, budget)), name);
  }
  const [, short] = /^beir\/([^/@]+(?:@.+)?)$/i.exec(name) ?? [];
  if (short && BEIR.includes(`beir/${short.split("@")[0].toLowerCase()}`)) {
    return await fromHub(`hf:BeIR/${short.toLowerCase()}`, { ...options, subset }, budget);
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

function single(
  { corpus, queries, qrels = {} }: CollectionFiles,
  { subset }: LoadCollectionOptions,
  budget: UnpackBudget,
): Found {
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

async function fromHub(
  name: string,
  { subset, ...options }: LoadCollectionOptions,
  budget: UnpackBudget,
): Promise<Found> {
  const type: RepositoryType = "dataset";
  const { repository, revision } = parseRepository(name);
  const [own, other] = revision?.split(",") ?? [];
  const { files: listed, revision: commit } = await hubListing(repository, { ...options, type, revision: own });
  const layout = layoutOf(listed.map(({ path }) => path), `hf:${repository}`, { subset, twins: true });
  const wanted = [
    ...layout.corpus,
    ...layout.queries,
    ...[layout.qrels, layout.twins].flatMap((splits) => Object.values(splits).flat()),
  ];
  const snapshot = await hubSnapshot(repository, { ...options, type, revision: commit, patterns: wanted });
  const files = new Map(wanted.map((path) => [path, fileSource(join(snapshot.folder, path), budget)]));
  const choice = subset === undefined ? "" : `#${subset}`;
  const origin = `hf:${repository}@${commit}`;
  const tree = { name: repository, files };
  if (Object.keys(layout.qrels).length > 0) return { layout, tree, origin: origin + choice };

  // Many data sets keep their judgments in a repository of their own.
  const judged = await judgments(`${repository}-qrels`, { ...options, type, revision: other });
  if (judged === undefined) return { layout, tree, origin: origin + choice };
  for (const path of Object.values(judged.qrels).flat()) {
    files.set(`qrels:${path}`, fileSource(join(judged.folder, path), budget));
  }
  const qrels = Object.fromEntries(
    Object.entries(judged.qrels).map(([split, paths]) => [split, paths.map((path) => `qrels:${path}`)]),
  );
  return { layout: { ...layout, qrels }, tree, origin: `${origin},${judged.revision}${choice}` };
}

/** The judgments' own repository, or undefined if there is none. */
async function judgments(
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
  const qrels = qrelsOf(listing.files.map(({ path }) => path), `hf:${repository}`);
  const patterns = Object.values(qrels).flat();
  const { folder, revision } = await hubSnapshot(repository, { ...options, revision: listing.revision, patterns });
  return { qrels, folder, revision };
}

/** Whether two tables have the same judgments, in whatever order. */
function sameJudgments(a: Tables["qrels"][string], b: Tables["qrels"][string]): boolean {
  const rows = (table: typeof a) => Array.from(table.rows(), (row) => JSON.stringify(Object.values(row))).sort();
  return a.length === b.length && rows(a).join("\n") === rows(b).join("\n");
}

async function readAllTables(
  { layout, tree }: Found,
  { signal, progress }: ReadOptions,
  tally: Tally,
): Promise<Tables> {
  const options = { signal, progress: new Counter(progress), tally };
  const sources = (paths: readonly string[]) => paths.map((path) => tree.files.get(path)!);
  const corpus = await readCorpus(sources(layout.corpus), options);
  const queries = await readQueries(sources(layout.queries), options);
  const qrels: Record<string, Tables["qrels"][string]> = {};
  for (const [split, paths] of Object.entries(layout.qrels)) {
    qrels[split] = await readJudgments(sources(paths), options);
    for (const twin of layout.twins[split] ?? []) {
      const other = await readJudgments(sources([twin]), { signal });
      if (sameJudgments(qrels[split], other)) continue;
      throw new KitError(`Cannot choose the qrels of ${split}: ${paths.join(", ")} and ${twin} differ`, {
        file: tree.name,
      });
    }
  }
  return { corpus, queries, qrels };
}
