import { ArgumentError, KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { printable } from "../core/printable.ts";
import { progress } from "../core/progress.ts";
import { concatenate } from "../tables/concatenate.ts";
import { readTable } from "../files/arrow/ipc.ts";
import { NEGATIVES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import type { Collection } from "../collections/types.ts";
import { loadEncoder } from "../encoders/mod.ts";
import type { Encoder } from "../encoders/types.ts";
import { generate } from "../generators/mod.ts";
import { absoluteMargin, nearDuplicates, rankWindow, relativeMargin } from "../negatives/filters/mod.ts";
import {
  audit,
  type Filter,
  type FilterEffect,
  filterEffects,
  type FormatName,
  importNegatives,
  mine,
  rescore,
  shortcut,
} from "../negatives/mod.ts";
import { checkThreshold } from "../negatives/rules/positive_rules.ts";
import { percent, textTable } from "../core/text_table.ts";
import { PROMPT_OPTIONS, promptsOf } from "./prompt_options.ts";
import { command } from "./arguments.ts";
import { main } from "./run_command.ts";
import { loadJudged } from "./judged.ts";
import { NEGATIVES_FORMATS, negativesFormat } from "./negatives_format.ts";
import { tellCuts } from "./tell_cuts.ts";

/** `deno task audit`: checks negatives before anything is trained on them. Exit code 1 when an error is found. */
export const auditCommand = command({
  name: "audit",
  about: "Check negatives: positives among them, duplicates, dead ids, false negatives; exit code 1 on errors",
  positionals: [
    { name: "collection", about: "facets, a folder in BEIR's form, or what loadCollection takes" },
    { name: "negatives…", about: "files of negatives; without them, BM25, dense and (facets) recorded ones" },
  ],
  options: {
    format: {
      type: "text",
      about: "what the files are; else by the ending: .arrow, .jsonl for flagembedding, .parquet for " +
        "sentence-transformers-triplets",
      choices: NEGATIVES_FORMATS,
    },
    split: { type: "text", about: "split of the known positives", default: "train" },
    duplicates: { type: "number", about: "shingle overlap of near-duplicates of a positive", default: 0.8 },
    shortcut: { type: "flag", about: "can style alone tell written from mined negatives?" },
    filters: { type: "flag", about: "false-negative rates by source before and after each filter" },
    encoder: {
      type: "text",
      about: "built-in, a folder or hf:owner/name@revision; mines and scores",
      default: "built-in",
    },
    ...PROMPT_OPTIONS,
    depth: { type: "integer", about: "candidates per query where no files are given", default: 20 },
  },
  examples: [
    "audit facets data/runs/bm25.arrow --shortcut",
    "audit facets --filters",
  ],
  async run({ positionals: [name, ...files], options, signal }) {
    const { split } = options;
    checkThreshold(options.duplicates);
    if (options.format !== undefined && files.length === 0) {
      throw new ArgumentError(`Cannot read ${options.format}: --format needs files of negatives`);
    }
    const formatsOf = files.map((file) => negativesFormat(file, options.format));
    for (const file of files) if (!await exists(file)) throw new KitError("Cannot read: no such file", { file });
    const collection = await loadJudged(name, split, signal);
    if (options.filters && !("complete" in collection.qrels)) {
      throw new ArgumentError(
        `Cannot show what filters do: ${name} has no complete judgements (split "complete"), which --filters counts by`,
      );
    }
    if (options.shortcut && files.length === 0 && collection.name !== "facets") {
      throw new ArgumentError("Cannot look for a shortcut: --shortcut needs files with written and mined negatives");
    }
    const scoring = options.filters || files.length === 0;
    const encoder = scoring ? await loadEncoder(options.encoder, promptsOf(options)) : undefined;
    if (encoder) tellCuts(encoder, collection, { train: split });
    const tables = files.length > 0
      ? await Promise.all(files.map((file, i) => read(file, formatsOf[i], collection)))
      : await candidates(collection, { ...options, encoder, signal });
    const negatives = concatenate(tables);
    const styles = options.shortcut ? shortcut(negatives, collection) : [];
    const report = await audit(negatives, collection, { split, nearDuplicateThreshold: options.duplicates });
    console.log(printable(String(report)));
    if (options.shortcut) {
      const rows = styles.map(({ recipe, written, mined, auc, error, by }) => [
        recipe,
        written,
        mined,
        Number(auc.toFixed(3)),
        Number(error.toFixed(3)),
        ...Object.values(by).map((value) => Number(value.toFixed(3))),
      ]);
      console.log("\nsource shortcut: cross-validated AUC by style alone (0.5 cannot tell, 1 always can)");
      console.log(
        printable(textTable(["recipe", "written", "mined", "AUC", "+-", "length", "punctuation", "vocabulary"], rows)),
      );
    }
    if (options.filters) {
      console.log(printable(`\n${effectTable(await effects(negatives, collection, { split, encoder, signal }))}`));
    }
    await encoder?.dispose();
    return report.ok ? 0 : 1;
  },
});

async function read(
  file: string,
  format: "arrow" | FormatName,
  collection: Collection,
): Promise<Table<typeof NEGATIVES>> {
  if (format === "arrow") return await readTable(file, NEGATIVES);
  return (await importNegatives(file, { format, collection })).negatives;
}

interface Wishes {
  split: string;
  encoder: Encoder | undefined;
  signal: AbortSignal;
}

/** BM25's candidates, the encoder's where one is given, and the recorded replies of facets. */
async function candidates(
  collection: Collection,
  { split, encoder, depth, signal }: Wishes & { depth: number },
): Promise<Table<typeof NEGATIVES>[]> {
  const report = progress({ label: "mining", unit: "queries" });
  const shared = { split, depth, signal, progress: report };
  const tables = [await mine(collection, { ...shared, source: "bm25" })];
  if (encoder) tables.push(await mine(collection, { ...shared, source: "dense", encoder }));
  report.finish();
  if (collection.name === "facets") {
    tables.push(await generate(collection, { recipe: "syneg", replay: true, split, quiet: true, signal }));
  }
  return tables;
}

/** Rates before and after filters by the miners' own scores, then by the encoder's for all sources alike. */
async function effects(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  { split, encoder, signal }: Wishes,
): Promise<FilterEffect[]> {
  const present = new Set(negatives.column("source"));
  const mined = (["bm25", "dense", "model"] as const).filter((source) => present.has(source));
  const own: Record<string, Filter[]> = { "near-duplicates 0.8": [nearDuplicates()] };
  if (mined.length > 0) {
    own["ranks 1 to 4"] = [rankWindow({ to: 4, sources: mined })];
    own["ranks from 5"] = [rankWindow({ from: 5, sources: mined })];
    own["relative margin 5 %"] = [relativeMargin(0.05, { sources: mined })];
    own["relative margin 20 %"] = [relativeMargin(0.2, { sources: mined })];
  }
  const rows = await filterEffects(negatives, collection, own, { split, signal });
  if (!encoder) return rows;
  const report = progress({ label: `scoring by ${encoder.name}`, unit: "texts" });
  const scored = await rescore(negatives, collection, encoder, { split, progress: report, signal });
  report.finish();
  const all: Record<string, Filter[]> = {
    [`relative margin 5 % by ${encoder.name}`]: [relativeMargin(0.05)],
    [`relative margin 20 % by ${encoder.name}`]: [relativeMargin(0.2)],
    [`absolute margin 0.1 by ${encoder.name}`]: [absoluteMargin(0.1)],
    "all of these": [
      nearDuplicates(),
      ...mined.length > 0 ? [rankWindow({ from: 5, sources: mined })] : [],
      relativeMargin(0.2),
      absoluteMargin(0.1),
    ],
  };
  const more = await filterEffects(scored, collection, all, { split, signal });
  return [...rows, ...more.filter((row) => row.filter !== "before")];
}

function effectTable(rows: readonly FilterEffect[]): string {
  return textTable(
    ["filter", "source", "kept", "false negatives", "%", "fully relevant", "%"],
    rows.map((row) => [
      row.filter,
      row.source,
      row.kept,
      row.relevant,
      percent(row.rate),
      row.full,
      percent(row.full / row.judged),
    ]),
  );
}

if (import.meta.main) await main(auditCommand);
