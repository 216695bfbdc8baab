import { ArgumentError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { progress } from "../core/progress.ts";
import { writeTable } from "../files/arrow/ipc.ts";
import { loadEncoder } from "../encoders/mod.ts";
import { checkMining } from "../negatives/mod.ts";
import { exportNegatives, type ExportReport, mine, waterfall } from "../negatives/mod.ts";
import { positivesOf } from "../collections/mod.ts";
import { percent, textTable } from "../core/text_table.ts";
import { PROMPT_OPTIONS, promptsOf } from "./prompt_options.ts";
import { command } from "./arguments.ts";
import { main } from "./run_command.ts";
import { loadJudged } from "./judged.ts";
import { NEGATIVES_FORMATS, negativesFormat } from "./negatives_format.ts";
import { checkOutputPath } from "./output_path.ts";
import { tellCuts } from "./tell_cuts.ts";

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
    ...PROMPT_OPTIONS,
    depth: { type: "integer", about: "candidates per query, positives among them", default: 100 },
    from: { type: "integer", about: "first rank to keep; known positives have ranks, too", default: 1 },
    to: { type: "integer", about: "last rank to keep; else the depth" },
    "min-score": { type: "number", about: "lowest score to keep" },
    "max-score": { type: "number", about: "highest score to keep" },
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
      about: "what to write: every candidate (arrow), or the kept ones for another library (.jsonl, .parquet); " +
        "else by the ending: .arrow, .jsonl for flagembedding, .parquet for sentence-transformers-triplets",
      choices: NEGATIVES_FORMATS,
    },
    overwrite: { type: "flag", about: "replace the file" },
  },
  examples: [
    "mine facets --depth 20 --out data/runs/bm25.arrow",
    "mine facets --depth 20 --out data/runs/train.jsonl --format flagembedding",
    "mine facets --source dense --relative-margin 0.05 --out data/runs/dense.arrow",
  ],
  async run({ positionals: [name], options, signal }) {
    const { source, depth, from, to, split, seed, out, overwrite } = options;
    const wanted = options.encoder ?? (source === "dense" ? "built-in" : undefined);
    const [min, max] = [options["min-score"], options["max-score"]];
    const how = {
      source: source as "random" | "bm25" | "dense",
      depth,
      range: from === 1 && to === undefined ? undefined : [from, to ?? depth] as const,
      scoreWindow: min === undefined && max === undefined ? undefined : { min, max },
      margin: { absolute: options["absolute-margin"], relative: options["relative-margin"] },
      nearDuplicateThreshold: options.duplicates === 0 ? false as const : options.duplicates,
      split,
      seed,
      signal,
    };
    checkMining({ ...how, encoder: wanted === undefined ? undefined : {} });
    if (out === undefined && options.format !== undefined) {
      throw new ArgumentError(`Cannot write ${options.format}: --format needs --out`);
    }
    const format = out === undefined ? undefined : negativesFormat(out, options.format);
    if (out !== undefined) await checkOutputPath(out, { overwrite });
    const collection = await loadJudged(name, split, signal);
    const total = positivesOf(collection, { split }).size;
    const encoder = wanted === undefined ? undefined : await loadEncoder(wanted, promptsOf(options));
    if (encoder) tellCuts(encoder, collection, { train: split });
    const report = progress({ label: `mining ${source}`, total, unit: "queries" });
    const negatives = await mine(collection, { ...how, encoder, progress: report });
    report.finish();
    await encoder?.dispose();
    const steps = waterfall(negatives);
    const rows = steps.map(({ rule, dropped, left }) => [rule, dropped, left, percent(left / negatives.length)]);
    console.log(printable(textTable(["rule", "dropped", "left", "%"], rows)));
    if (out === undefined) return;
    if (format === "arrow") {
      await writeTable(out, negatives, { overwrite });
      console.log(printable(`\n${negatives.length} candidates of ${total} queries written to ${out}`));
    } else {
      const written = await exportNegatives(out, negatives, { collection, format: format!, split, overwrite });
      console.log(printable(`\n${exported(written, format!, out)}`));
    }
  },
});

/** What an export holds, and what it leaves out, in one line each. */
function exported({ rows, negatives, leftOut, without, unscored }: ExportReport, format: string, path: string): string {
  return [
    `${rows} rows written to ${path} as ${format}: ${negatives - leftOut} of ${negatives} kept negatives; ` +
    `${without} queries have none, and no row`,
    ...(unscored > 0 ? [`no scores are written: ${unscored} of the rows lack one`] : []),
  ].join("\n");
}

if (import.meta.main) await main(mineCommand);
