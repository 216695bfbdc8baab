import { ArgumentError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { printable } from "../core/printable.ts";
import { progress } from "../core/progress.ts";
import {
  type AnalyzerChoice,
  ANALYZERS,
  bm25,
  BM25_VARIANTS,
  type Bm25Index,
  guessLanguage,
  openBm25,
} from "../retrieval/mod.ts";
import type { CORPUS, Table } from "../tables/mod.ts";

/** Options of every command that ranks with BM25. */
export const ANALYZER_OPTIONS = {
  analyzer: {
    type: "text",
    about: "how BM25 splits texts into terms [default: by the language of the collection]",
    choices: ANALYZERS.parts,
  },
  tokenizer: {
    type: "text",
    about: "for the analyzer subword: a tokenizer.json or a folder with one [default: the built-in encoder's]",
    placeholder: "path",
  },
} as const;

/** Options of a command that builds its own index. */
export const BM25_OPTIONS = {
  ...ANALYZER_OPTIONS,
  variant: { type: "text", about: "formula of BM25 [default: lucene]", choices: BM25_VARIANTS.parts },
  k1: { type: "number", about: "BM25 term-frequency saturation [default: 0.9]" },
  b: { type: "number", about: "BM25 length normalization: 0 none, 1 full [default: 0.4]" },
  delta: { type: "number", about: "for bm25+ and bm25l: what is added to frequencies [default: 0.5]" },
  index: {
    type: "text",
    about: "BM25 index on disk: opened if the folder exists, else built and saved there",
    placeholder: "folder",
  },
} as const;

/** Values of {@link ANALYZER_OPTIONS}. */
export type AnalyzerFlags = { readonly [name in keyof typeof ANALYZER_OPTIONS]: string | undefined };

/** Values of {@link BM25_OPTIONS}. */
export interface Bm25Flags extends AnalyzerFlags {
  readonly variant: string | undefined;
  readonly k1: number | undefined;
  readonly b: number | undefined;
  readonly delta: number | undefined;
  readonly index: string | undefined;
}

/** The analyzer that flags name; undefined if there is none. */
export function analyzerFlag({ analyzer, tokenizer }: AnalyzerFlags): AnalyzerChoice | undefined {
  if (tokenizer === undefined) return analyzer;
  if (analyzer !== "subword") throw new ArgumentError("--tokenizer needs --analyzer subword");
  return { name: analyzer, tokenizer };
}

/** The analyzer that flags name, or the one for the language of a corpus, which is reported. */
export async function analyzerFor(flags: AnalyzerFlags, corpus: Table<typeof CORPUS>): Promise<AnalyzerChoice> {
  const chosen = analyzerFlag(flags);
  if (chosen !== undefined) return chosen;
  const guess = await guessLanguage(corpus);
  console.error(printable(guess.text));
  return guess.analyzer;
}

/** The index that flags describe: opened from disk, or built and, on request, saved. */
export async function bm25For(
  corpus: Table<typeof CORPUS>,
  flags: Bm25Flags & { readonly signal?: AbortSignal },
): Promise<Bm25Index> {
  const { index: folder, variant, k1, b, delta, signal } = flags;
  if (folder !== undefined && await exists(folder)) {
    const opened = await openBm25(folder, { analyzer: analyzerFlag(flags) });
    for (const [name, wanted] of Object.entries({ variant, k1, b, delta })) {
      const found = opened.formula[name];
      if (wanted === undefined || found === wanted) continue;
      throw new ArgumentError(`Cannot use the index ${folder}: its ${name} is ${found}, --${name} asks for ${wanted}`);
    }
    opened.checkCorpus(corpus);
    return opened;
  }
  const analyzer = await analyzerFor(flags, corpus);
  const report = progress({ label: "indexing", total: corpus.length, unit: "documents" });
  const index = await bm25(corpus, { analyzer, variant, k1, b, delta, progress: report, signal });
  report.finish();
  if (folder !== undefined) await index.save(folder);
  return index;
}
