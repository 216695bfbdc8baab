import { KitError } from "../core/errors.ts";
import { checkOptions } from "../core/options.ts";
import { stopSignal } from "../core/stop.ts";
import type { ReadOptions } from "../files/lines.ts";
import { UnpackBudget } from "../files/packed/unpack_limits.ts";
import { Tally } from "../files/tally.ts";
import { findCollection, singleFiles } from "./find_collection.ts";
import { inspect, type Tables } from "./findings.ts";
import { trusted } from "./trusted.ts";
import type { FoundCollection } from "./found_collection.ts";
import { type CollectionFiles, LOAD_COLLECTION_OPTIONS, type LoadCollectionOptions } from "./load_options.ts";
import { LoadedCollection } from "./loaded_collection.ts";
import { Counter, readCorpus, readJudgments, readQueries } from "./read_parts.ts";

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
): Promise<LoadedCollection> {
  checkOptions<LoadCollectionOptions>("loadCollection", options, LOAD_COLLECTION_OPTIONS);
  const obeying = { ...options, signal: stopSignal(options.signal) };
  const budget = new UnpackBudget(options.unpack);
  const found = typeof name === "string"
    ? await findCollection(name, obeying, budget)
    : singleFiles(name, options, budget);
  const tally = new Tally();
  const read = await readAllTables(found, obeying, tally);
  const known = typeof name !== "string" || options.verify ? undefined : await trusted(name, found);
  const { tables, findings } = known ? { tables: read, findings: known.findings } : inspect(read, tally);
  const { layout: { passedOver, twins: _, ...files }, origin } = found;
  if (passedOver.length > 0) {
    findings.push({ kind: "files passed over", count: passedOver.length, examples: passedOver });
  }
  const called = typeof name === "string" ? name : name.corpus;
  return new LoadedCollection({ name: called, origin, ...tables, digest: known?.digest, findings, files });
}

async function readAllTables(
  { layout, tree }: FoundCollection,
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

/** Whether two tables have the same judgments, in whatever order. */
function sameJudgments(a: Tables["qrels"][string], b: Tables["qrels"][string]): boolean {
  const rows = (table: typeof a) => Array.from(table.rows(), (row) => JSON.stringify(Object.values(row))).sort();
  return a.length === b.length && rows(a).join("\n") === rows(b).join("\n");
}
