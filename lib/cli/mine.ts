import { KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { progress } from "../core/progress.ts";
import { writeTable } from "../data/ipc.ts";
import { loadEncoder } from "../encoders/mod.ts";
import { exportNegatives, type FormatName, formats, mine, positivesOf, waterfall } from "../samplers/mod.ts";
import { percent, textTable } from "../samplers/text_table.ts";
import { command, main } from "./arguments.ts";
import { loadJudged } from "./judged.ts";

/** `deno task mine`: mines negatives, shows which rule took how many, and writes them. */
export const mineCommand = command({
  name: "mine",
  about: "Mine negatives for every query with a known positive; each candidate keeps its verdict and reason",
  positionals: [{ name: "collection", about: "facets, a folder in BEIR's form, or what loadCollection takes" }],
  options: {
    source: {
      type: "text",
      about: "where candidates come from",
      choices: ["random", "bm25", "dense"],
      default: "bm25",
    },
    encoder: { type: "text", about: "a folder or hf:owner/name@revision; dense alone takes one [default: built-in]" },
    depth: { type: "integer", about: "candidates per query, positives among them", default: 100 },
    from: { type: "integer", about: "first rank to keep", default: 1 },
    to: { type: "integer", about: "last rank to keep; else the depth" },
    "absolute-margin": { type: "number", about: "keep scores below the lowest positive's minus this" },
    "relative-margin": { type: "number", about: "drop scores above the lowest positive's minus this part of it" },
    duplicates: {
      type: "number",
      about: "shingle overlap of near-duplicates of a positive; 0 for whole texts only",
      default: 0.8,
    },
    split: { type: "text", about: "split of the queries and their positives", default: "train" },
    seed: { type: "text", about: "for random negatives", default: "0" },
    out: { type: "text", about: "file to write; without it nothing is written", placeholder: "file" },
    format: {
      type: "text",
      about: "what to write: every candidate (arrow), or the kept ones for another library (.jsonl, .parquet)",
      choices: ["arrow", ...Object.keys(formats)],
      default: "arrow",
    },
    overwrite: { type: "flag", about: "replace the file" },
  },
  examples: [
    "mine facets --depth 20 --out data/runs/bm25.arrow",
    "mine facets --depth 20 --out data/runs/train.jsonl --format flagembedding",
    "mine facets --source dense --relative-margin 0.05 --out data/runs/dense.arrow",
  ],
  async run({ positionals: [name], options, signal }) {
    const { source, depth, from, to, split, seed, out } = options;
    if (out && !options.overwrite && await exists(out)) {
      throw new KitError("Cannot write: a file of this name exists; see --overwrite", { file: out });
    }
    const collection = await loadJudged(name, split, signal);
    const wanted = options.encoder ?? (source === "dense" ? "built-in" : undefined);
    const encoder = wanted === undefined ? undefined : await loadEncoder(wanted);
    const total = positivesOf(collection, { split }).size;
    const report = progress({ label: `mining ${source}`, total, unit: "queries" });
    const negatives = await mine(collection, {
      source: source as "random" | "bm25" | "dense",
      encoder,
      depth,
      range: from === 1 && to === undefined ? undefined : [from, to ?? depth],
      margin: { absolute: options["absolute-margin"], relative: options["relative-margin"] },
      duplicates: options.duplicates === 0 ? false : options.duplicates,
      split,
      seed,
      progress: report,
      signal,
    });
    report.finish();
    await encoder?.dispose();
    const steps = waterfall(negatives);
    const rows = steps.map(({ rule, dropped, left }) => [rule, dropped, left, percent(left / negatives.length)]);
    console.log(textTable(["rule", "dropped", "left", "%"], rows));
    if (out && options.format === "arrow") {
      await writeTable(out, negatives, { overwrite: options.overwrite });
      console.log(`\n${negatives.length} candidates of ${total} queries written to ${out}`);
    } else if (out) {
      const format = options.format as FormatName;
      const written = await exportNegatives(out, negatives, {
        collection,
        format,
        split,
        overwrite: options.overwrite,
      });
      console.log(
        `\n${written.rows} rows written to ${out}: ${written.negatives - written.leftOut} of ${written.negatives} ` +
          `kept negatives, ${written.without} queries without any`,
      );
    }
  },
});

if (import.meta.main) await main(mineCommand);
