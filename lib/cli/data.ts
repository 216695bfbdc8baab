import { ArgumentError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { printable } from "../core/printable.ts";
import { progress } from "../core/progress.ts";
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
import { command } from "./arguments.ts";
import { main } from "./run_command.ts";

/** `deno task data`: loads a collection, describes it, converts it, verifies it. */
export const data = command({
  name: "data",
  about: "Load a collection and describe it: counts, splits, lengths, what is odd, first rows.",
  positionals: [{
    name: "name?",
    about:
      "facets, a folder or zip file in BEIR's form, beir/scifact, hf:owner/name@revision; #name at the end chooses " +
      "one of several data sets; without it: known names",
  }],
  options: {
    corpus: { type: "text", about: "documents: .jsonl, .parquet, .arrow, .csv, .tsv (also .gz)", placeholder: "file" },
    queries: {
      type: "text",
      about: "queries: .jsonl, .parquet, .arrow, .csv, .tsv, or TREC topics",
      placeholder: "file",
    },
    qrels: {
      type: "list",
      about: "judgements of a split: TREC, .tsv, .csv, .jsonl, .parquet, .arrow",
      placeholder: "split=file",
    },
    convert: { type: "text", about: "write the collection into this new folder", placeholder: "folder" },
    format: { type: "text", about: "form of the converted folder", choices: COLLECTION_FORMATS, default: "arrow" },
    verify: { type: "flag", about: "compare with the stated sizes and digests; exit code 1 if one differs" },
    rows: { type: "integer", about: "first rows to show", default: 3 },
    cache: { type: "text", about: "folder for what comes from a hub [default: data/cache]", placeholder: "folder" },
    refresh: { type: "flag", about: "ask the hub again what commit a branch stands for" },
    json: { type: "flag", about: "print the description as JSON" },
  },
  examples: [
    "data facets",
    "data beir/scifact --verify",
    "data folder#en",
    "data scifact.zip --convert data/cache/scifact-arrow",
    "data --corpus docs.jsonl --queries topics.txt --qrels test=qrels.txt",
  ],
  async run({ positionals: [name], options, signal }) {
    const files = filesOf(options);
    if (name === undefined && files === undefined) return console.log(known());
    if (name !== undefined && files !== undefined) {
      throw new ArgumentError(`Cannot load both "${name}" and single files: give one of them`);
    }
    if (options.verify && files) throw new ArgumentError("Cannot verify single files: nothing is stated of them");
    if (options.convert && await exists(options.convert)) {
      throw new ArgumentError(`Cannot convert into a folder that exists: ${options.convert}`);
    }
    const report = progress({ label: "loading", unit: "bytes" });
    const load = { signal, progress: report, cache: options.cache, refresh: options.refresh };
    const { collection, checks } = options.verify
      ? await verifyCollection(name, load)
      : { collection: await loadCollection(files ?? name, load), checks: undefined };
    report.finish();
    const description = describe(collection);
    if (options.json) console.log(printable(JSON.stringify({ ...description, checks }, null, 2)));
    else {
      const first = (rows: { slice(from: number, to: number): unknown; length: number }) =>
        Deno.inspect(rows.slice(0, Math.min(options.rows, rows.length)));
      const shown = options.rows > 0 ? [collection.corpus, collection.queries].map((table) => `\n${first(table)}`) : [];
      const checked = checks?.map(({ what, passed }) => `${passed ? "right" : "WRONG"}  ${what}`) ?? [];
      if (checks?.length === 0) checked.push("Nothing is stated of this collection that could be compared.");
      console.log(
        printable([String(description), ...shown, ...(checked.length > 0 ? ["", ...checked] : [])].join("\n")),
      );
    }
    if (checks?.some(({ passed }) => !passed)) return 1;
    if (options.convert) {
      await convertCollection(collection, options.convert, { format: options.format as CollectionFormat });
      console.error(printable(`Wrote ${options.convert}`));
    }
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
    if (split === undefined) throw new ArgumentError(`Cannot read --qrels ${text}: wanted split=file`);
    return [split, path];
  });
  return { corpus, queries, qrels: Object.fromEntries(splits) };
}

function known(): string {
  return [
    `Built in: ${BUILT_IN.join(", ")}`,
    `From the hub: ${BEIR.join(", ")}, or any hf:owner/name`,
    "Or the path of a folder or zip file. See: deno task data --help",
  ].join("\n");
}

if (import.meta.main) await main(data);
