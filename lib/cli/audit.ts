import type { Collection } from "../collections/mod.ts";
import { ArgumentError, KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { printable } from "../core/printable.ts";
import { percentCell, textTable } from "../core/text_table.ts";
import { type Encoder, loadEncoder } from "../encoders/mod.ts";
import { audit, checkThreshold, type FilterEffect, readNegatives, shortcut } from "../negatives/mod.ts";
import { concatenate, type NEGATIVES, type Table } from "../tables/mod.ts";
import { command } from "./arguments.ts";
import { auditCandidates } from "./audit_candidates.ts";
import { auditFilters } from "./audit_filters.ts";
import { auditVerdicts } from "./audit_verdicts.ts";
import { ANALYZER_OPTIONS, analyzerFlag, analyzerFor } from "./bm25_flags.ts";
import { loadJudged } from "./load_judged.ts";
import { BY_EXTENSION, NEGATIVES_FORMATS, negativesFormat } from "../negatives/exchange/mod.ts";
import { reportCuts } from "./report_cuts.ts";
import { main } from "./run_command.ts";
import { COLLECTION, PROMPT_OPTIONS, promptsOf } from "./shared_options.ts";

/** `deno task audit`: checks negatives before training. Exits with 1 if it finds an error. */
export const auditCommand = command({
  name: "audit",
  about: "Check negatives for positives, duplicates, unknown ids and false negatives; exit code 1 on errors",
  positionals: [
    COLLECTION,
    { name: "negatives…", about: "files of negatives [default: mine BM25 and dense; for facets, recorded ones too]" },
  ],
  options: {
    format: { type: "text", about: `format of the files [default: ${BY_EXTENSION}]`, choices: NEGATIVES_FORMATS },
    split: { type: "text", about: "split of the known positives", default: "train" },
    "near-duplicate-threshold": {
      type: "number",
      about: "shingle overlap at which a text is a near-duplicate of a positive",
      default: 0.8,
      formerly: "duplicates",
    },
    shortcut: { type: "flag", about: "test whether style alone separates written from mined negatives" },
    filters: { type: "flag", about: "print false-negative rates by source before and after each filter" },
    verdicts: {
      type: "list",
      about: "a reviewer's verdicts: print kappa between reviewers and against the judge; may be given several times",
      placeholder: "file",
    },
    encoder: {
      type: "text",
      about: "mines and scores: built-in, a folder or hf:owner/name@revision",
      placeholder: "name",
      default: "built-in",
    },
    ...PROMPT_OPTIONS,
    ...ANALYZER_OPTIONS,
    depth: { type: "integer", about: "candidates per query to mine if no files are given", default: 20 },
  },
  examples: [
    "audit facets data/runs/bm25.arrow --shortcut",
    "audit facets --filters",
    "audit facets judged.arrow --verdicts ada.jsonl --verdicts bo.jsonl",
  ],
  async run({ positionals: [name, ...files], options, signal }) {
    const { split } = options;
    const threshold = options["near-duplicate-threshold"];
    checkThreshold(threshold);
    if (options.format !== undefined && files.length === 0) {
      throw new ArgumentError("--format needs files of negatives");
    }
    if (analyzerFlag(options) !== undefined && files.length > 0) {
      throw new ArgumentError("--analyzer is for mining, but files of negatives are given");
    }
    const formats = files.map((file) => negativesFormat(file, options.format));
    for (const file of [...files, ...options.verdicts]) {
      if (!await exists(file)) throw new KitError("Cannot read: no such file", { file });
    }
    const collection = await loadJudged(name, split, signal);
    checkAvailable(collection, { ...options, files });
    const scoring = options.filters || files.length === 0;
    const encoder = scoring ? await loadEncoder(options.encoder, promptsOf(options)) : undefined;
    if (encoder) reportCuts(encoder, collection, { train: split });
    try {
      const negatives = concatenate(
        files.length > 0
          ? await Promise.all(files.map((file, i) => readNegatives(file, { format: formats[i], collection })))
          : await auditCandidates(collection, {
            ...{ split, depth: options.depth, encoder, signal },
            analyzer: await analyzerFor(options, collection.corpus),
          }),
      );
      const styles = options.shortcut ? shortcut(negatives, collection) : undefined;
      const report = await audit(negatives, collection, { split, nearDuplicateThreshold: threshold });
      console.log(printable(String(report)));
      if (styles) console.log(printable(`\n${shortcutTable(styles)}`));
      if (options.verdicts.length > 0) {
        console.log(printable(`\n${await auditVerdicts(options.verdicts, negatives, collection)}`));
      }
      if (options.filters) await printFilters(negatives, collection, { split, encoder, signal });
      return report.ok ? 0 : 1;
    } finally {
      await encoder?.dispose();
    }
  },
});

/** Refuses a report that this collection or these files cannot give. */
function checkAvailable(
  { name, qrels }: Collection,
  { filters, shortcut, files }: { filters: boolean; shortcut: boolean; files: readonly string[] },
): void {
  if (filters && !("complete" in qrels)) {
    throw new ArgumentError(
      `--filters counts false negatives by complete judgments, but ${name} has no complete judgments (split "complete")`,
    );
  }
  if (shortcut && files.length === 0 && name !== "facets") {
    throw new ArgumentError("--shortcut needs files with written and mined negatives");
  }
}

function shortcutTable(styles: ReturnType<typeof shortcut>): string {
  const rounded = (value: number) => Number(value.toFixed(3));
  const rows = styles.map(({ recipe, written, mined, auc, error, by }) => [
    ...[recipe, written, mined],
    ...[auc, error, ...Object.values(by)].map(rounded),
  ]);
  return [
    "source shortcut: cross-validated AUC by style alone (0.5 chance, 1 perfect separation)",
    textTable(["recipe", "written", "mined", "AUC", "+-", "length", "punctuation", "vocabulary"], rows),
  ].join("\n");
}

async function printFilters(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  options: { split: string; encoder: Encoder | undefined; signal: AbortSignal },
): Promise<void> {
  const rows = (await auditFilters(negatives, collection, options)).map((row: FilterEffect) => [
    ...[row.filter, row.source, row.kept],
    ...[row.relevant, percentCell(row.rate), row.full, percentCell(row.full / row.judged)],
  ]);
  const head = ["filter", "source", "kept", "false negatives", "%", "fully relevant", "%"];
  console.log(printable(`\n${textTable(head, rows)}`));
}

if (import.meta.main) await main(auditCommand);
