import { count, counted } from "../core/format_numbers.ts";
import { positivesOf } from "../collections/mod.ts";
import { ArgumentError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { progress } from "../core/progress.ts";
import { percentCell, textTable } from "../core/text_table.ts";
import { loadEncoder } from "../encoders/mod.ts";
import { writeTable } from "../files/mod.ts";
import {
  checkMining,
  exportNegatives,
  type ExportReport,
  mine,
  type MineOptions,
  MINERS,
  waterfall,
} from "../negatives/mod.ts";
import { openBm25 } from "../retrieval/mod.ts";
import { command } from "./arguments.ts";
import { ANALYZER_OPTIONS, analyzerFlag, analyzerFor } from "./bm25_flags.ts";
import { loadJudged } from "./load_judged.ts";
import { BY_EXTENSION, NEGATIVES_FORMATS, negativesFormat } from "../negatives/exchange/mod.ts";
import { checkOutputPath } from "./output_path.ts";
import { reportCuts } from "./report_cuts.ts";
import { main } from "./run_command.ts";
import { COLLECTION, PROMPT_OPTIONS, promptsOf } from "./shared_options.ts";

/** `deno task mine`: mines negatives, reports how many each rule dropped, and writes them. */
export const mineCommand = command({
  name: "mine",
  about: "Mine negatives for every query with a known positive; each candidate keeps its verdict and reason",
  positionals: [COLLECTION],
  options: {
    source: {
      type: "text",
      about: "miner",
      choices: MINERS.parts.filter(({ name }) => name !== "model"),
      default: "bm25",
    },
    encoder: {
      type: "text",
      about: "for dense: built-in, a folder or hf:owner/name@revision [default: built-in]",
      placeholder: "name",
    },
    ...PROMPT_OPTIONS,
    ...ANALYZER_OPTIONS,
    index: { type: "text", about: "for bm25: an index that `search --index` saved", placeholder: "folder" },
    depth: { type: "integer", about: "candidates per query, positives included", default: 100 },
    from: { type: "integer", about: "first rank to keep; known positives have ranks, too", default: 1 },
    to: { type: "integer", about: "last rank to keep [default: the depth]" },
    "min-score": { type: "number", about: "lowest score to keep" },
    "max-score": { type: "number", about: "highest score to keep" },
    "absolute-margin": { type: "number", about: "drop scores above the lowest positive's minus this" },
    "relative-margin": { type: "number", about: "drop scores above the lowest positive's minus this share of it" },
    "near-duplicate-threshold": {
      type: "number",
      about: "drop candidates whose shingle overlap with a positive reaches this; 0 drops equal texts only",
      default: 0.8,
      formerly: "duplicates",
    },
    split: { type: "text", about: "split of the queries and their positives", default: "train" },
    seed: { type: "text", about: "seed of random negatives", default: "0" },
    out: { type: "text", about: "file to write [default: none]", placeholder: "file" },
    format: {
      type: "text",
      about: `every candidate (arrow), or the kept ones for another library [default: ${BY_EXTENSION}]`,
      choices: NEGATIVES_FORMATS,
    },
    overwrite: { type: "flag", about: "replace an existing file" },
  },
  examples: [
    "mine facets --depth 20 --out data/runs/bm25.arrow",
    "mine facets --depth 20 --out data/runs/train.jsonl --format flagembedding",
    "mine facets --source dense --relative-margin 0.05 --out data/runs/dense.arrow",
  ],
  async run({ positionals: [name], options, signal }) {
    const { source, depth, from, to, split, seed, out, overwrite } = options;
    const encoderName = options.encoder ?? (source === "dense" ? "built-in" : undefined);
    const [min, max] = [options["min-score"], options["max-score"]];
    const threshold = options["near-duplicate-threshold"];
    const settings = {
      source: source as MineOptions["source"],
      depth,
      range: from === 1 && to === undefined ? undefined : [from, to ?? depth] as const,
      scoreWindow: min === undefined && max === undefined ? undefined : { min, max },
      margin: { absolute: options["absolute-margin"], relative: options["relative-margin"] },
      nearDuplicateThreshold: threshold === 0 ? false as const : threshold,
      ...{ split, seed, signal },
    };
    const chosen = analyzerFlag(options);
    checkMining({ ...settings, analyzer: chosen, encoder: encoderName === undefined ? undefined : {} });
    if (out === undefined && options.format !== undefined) throw new ArgumentError("--format needs --out");
    const format = out === undefined ? undefined : negativesFormat(out, options.format);
    if (out !== undefined) await checkOutputPath(out, { overwrite });
    const collection = await loadJudged(name, split, signal);
    const total = positivesOf(collection, { split }).size;
    const encoder = encoderName === undefined ? undefined : await loadEncoder(encoderName, promptsOf(options));
    if (encoder) reportCuts(encoder, collection, { train: split });
    const index = options.index === undefined ? undefined : await openBm25(options.index, { analyzer: chosen });
    const terms = source !== "bm25" || index ? {} : { analyzer: await analyzerFor(options, collection.corpus) };
    const report = progress({ label: `mining ${source}`, total, unit: "queries" });
    const negatives = await mine(collection, { ...settings, ...terms, index, encoder, progress: report });
    index?.close();
    report.finish();
    await encoder?.dispose();
    const steps = waterfall(negatives);
    const rows = steps.map(({ rule, dropped, left }) => [rule, dropped, left, percentCell(left / negatives.length)]);
    console.log(printable(textTable(["rule", "dropped", "left", "%"], rows)));
    if (out === undefined) return;
    if (format === "arrow") {
      await writeTable(out, negatives, { overwrite });
      console.log(
        printable(
          `\nWrote ${counted(negatives.length, "candidate")} of ${counted(total, "query", "queries")} to ${out}`,
        ),
      );
    } else {
      const written = await exportNegatives(out, negatives, { collection, format: format!, split, overwrite });
      console.log(printable(`\n${describe(written, format!, out)}`));
    }
  },
});

/** What an export holds and leaves out. */
function describe({ rows, negatives, leftOut, without, unscored }: ExportReport, format: string, path: string): string {
  return [
    `Wrote ${counted(rows, "row")} to ${path} as ${format}: ${count(negatives - leftOut)} of ${
      count(negatives)
    } kept ` +
    `negatives; ${counted(without, "query", "queries")} without negatives omitted`,
    ...(unscored > 0 ? [`Wrote no scores: ${counted(unscored, "row")} without one`] : []),
  ].join("\n");
}

if (import.meta.main) await main(mineCommand);
