import {
  BEIR,
  BUILT_IN,
  COLLECTION_FORMATS,
  type CollectionFiles,
  type CollectionFormat,
  convertCollection,
  describe,
  loadCollection,
  verifyCollection,
} from "../collections/mod.ts";
import { ArgumentError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { printable } from "../core/printable.ts";
import { progress } from "../core/progress.ts";
import { command } from "./arguments.ts";
import { main } from "./run_command.ts";

const GIB = 2 ** 30;

/** `deno task data`: loads, describes, verifies and converts a collection. */
export const data = command({
  name: "data",
  about: "Load a collection and print its counts, splits, text lengths, findings and first rows",
  positionals: [{
    name: "name?",
    about: "facets, a folder or zip file in BEIR's layout, beir/scifact, hf:owner/name@revision; #name at the end " +
      "selects one of several data sets; omit to list known names",
  }],
  options: {
    corpus: { type: "text", about: "documents: .jsonl, .parquet, .arrow, .csv, .tsv, also .gz", placeholder: "file" },
    queries: {
      type: "text",
      about: "queries: .jsonl, .parquet, .arrow, .csv, .tsv, or TREC topics",
      placeholder: "file",
    },
    qrels: {
      type: "list",
      about: "judgments of a split: TREC, .tsv, .csv, .jsonl, .parquet, .arrow; repeatable",
      placeholder: "split=file",
    },
    out: {
      type: "text",
      about: "convert the collection into this new folder",
      placeholder: "folder",
      formerly: "convert",
    },
    format: { type: "text", about: "format of the converted folder", choices: COLLECTION_FORMATS, default: "arrow" },
    verify: { type: "flag", about: "compare with published sizes and digests; exit code 1 on a difference" },
    limit: { type: "integer", about: "rows of each table to print", default: 3, formerly: "rows" },
    cache: { type: "text", about: "folder for downloads [default: data/cache]", placeholder: "folder" },
    refresh: { type: "flag", about: "look up a branch's commit again" },
    "unpack-limit": { type: "number", about: "most GiB that packed files may unpack to", default: 16 },
    "unpack-ratio": { type: "number", about: "most times its packed size that a file may unpack to", default: 100 },
  },
  examples: [
    "data facets",
    "data beir/scifact --verify",
    "data folder#en",
    "data scifact.zip --out data/cache/scifact-arrow",
    "data --corpus docs.jsonl --queries topics.txt --qrels test=qrels.txt",
  ],
  async run({ positionals: [name], options, signal, json }) {
    const { out, limit, cache, refresh } = options;
    const files = filesOf(options);
    if (name === undefined && files === undefined) return console.log(knownCollections());
    if (name !== undefined && files !== undefined) {
      throw new ArgumentError(`Cannot load both "${name}" and single files: give one of them`);
    }
    if (options.verify && files) {
      throw new ArgumentError("Cannot verify single files: no sizes or digests are published for them");
    }
    if (out !== undefined && await exists(out)) {
      throw new ArgumentError(`Cannot convert into a folder that exists: ${out}`);
    }
    const report = progress({ label: "loading", unit: "bytes" });
    const unpack = { mostBytes: options["unpack-limit"] * GIB, mostRatio: options["unpack-ratio"] };
    const load = { signal, progress: report, cache, refresh, unpack };
    const { collection, checks } = options.verify
      ? await verifyCollection(name, load)
      : { collection: await loadCollection(files ?? name, load), checks: undefined };
    report.finish();
    const description = describe(collection);
    if (!json) {
      const tables = limit > 0 ? [collection.corpus, collection.queries] : [];
      const rows = tables.map((table) => `\n${Deno.inspect(table.slice(0, Math.min(limit, table.length)))}`);
      const lines = checks?.map(({ what, passed }) => `${passed ? "right" : "WRONG"}  ${what}`) ?? [];
      if (checks?.length === 0) lines.push("No sizes or digests are published for this collection.");
      console.log(printable([String(description), ...rows, ...(lines.length > 0 ? ["", ...lines] : [])].join("\n")));
    }
    const outcome = { ...description, ...(checks ? { checks } : {}) };
    if (checks?.some(({ passed }) => !passed)) return { code: 1, ...outcome };
    if (out !== undefined) {
      await convertCollection(collection, out, { format: options.format as CollectionFormat });
      console.error(printable(`Wrote ${out}`));
    }
    return outcome;
  },
});

function filesOf(
  { corpus, queries, qrels }: { corpus?: string; queries?: string; qrels: readonly string[] },
): CollectionFiles | undefined {
  if (corpus === undefined && queries === undefined && qrels.length === 0) return undefined;
  if (corpus === undefined || queries === undefined) {
    throw new ArgumentError("Single files need --corpus and --queries");
  }
  const splits = qrels.map((text) => {
    const [, split, path] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (split === undefined) throw new ArgumentError(`--qrels must be split=file, found "${text}"`);
    return [split, path];
  });
  return { corpus, queries, qrels: Object.fromEntries(splits) };
}

function knownCollections(): string {
  return [
    `Built in: ${BUILT_IN.join(", ")}`,
    `From the Hugging Face hub: ${BEIR.join(", ")}, or any hf:owner/name`,
    "Or the path of a folder or zip file. See: deno task data --help",
  ].join("\n");
}

if (import.meta.main) await main(data);
