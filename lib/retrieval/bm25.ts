import { pause } from "../core/pause.ts";
import { passageText } from "../collections/passage.ts";
import { checkCancelled } from "../core/errors.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import type { Progress } from "../core/progress.ts";
import { stopSignal } from "../core/stop.ts";
import type { CORPUS } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { type AnalyzerChoice, analyzerOf } from "./analyzers/mod.ts";
import { Bm25Index } from "./bm25_index.ts";
import { BM25_VARIANTS } from "./bm25_variants.ts";
import { guessLanguage, type LanguageGuess } from "./guess_language.ts";
import { idsOf } from "./ids.ts";
import { IdsBuilder } from "./packed_ids.ts";
import { PostingsBuilder } from "./postings.ts";

/**
 * Options of {@link bm25}.
 *
 * @category Retrieval
 */
export interface Bm25Options {
  /**
   * Saturation of term frequency: 0 counts a term once, larger values let repetition count longer.
   * @default {0.9}
   */
  k1?: number;
  /**
   * Length normalization: 0 none, 1 full.
   * @default {0.4}
   */
  b?: number;
  /**
   * Formula: a name in {@link BM25_VARIANTS}.
   * @default {"lucene"}
   */
  variant?: string;
  /**
   * What BM25+ and BM25L add to frequencies. Only for these two.
   * @default {0.5}
   */
  delta?: number;
  /**
   * Turns text into terms: a name in {@link ANALYZERS}, a name with options, or an analyzer. Omit to choose by the language
   * of the corpus ({@link guessLanguage}); English has "english".
   */
  analyzer?: AnalyzerChoice;
  /** Reports the documents indexed. */
  progress?: Progress;
  /** Cancels the indexing. */
  signal?: AbortSignal;
}

/**
 * What {@link bm25} indexes: a corpus, or its parts one after the other, such as `readTableBlocks` gives them for a corpus
 * larger than memory. The parts are not kept; without an analyzer, the first one chooses.
 *
 * @category Retrieval
 */
export type Bm25Corpus = Table<typeof CORPUS> | AsyncIterable<Table<typeof CORPUS>>;

const BM25_OPTIONS: OptionKinds<Bm25Options> = {
  k1: "number",
  b: "number",
  variant: "string",
  delta: "number",
  analyzer: "string|object",
  progress: "object",
  signal: "object",
};

/**
 * Indexes a corpus (title, a space, text) for BM25, by default as Lucene computes it (Robertson and Zaragoza 2009; Lucene's
 * BM25Similarity): idf = ln(1 + (N - n + 0.5) / (n + 0.5)), frequency f / (f + k1 (1 - b + b length / mean length)).
 * One difference from Lucene: lengths are exact here; Lucene rounds them down to 4 significant bits.
 *
 * Reads the text document by document and keeps about 8 bytes per distinct term of a document.
 *
 * @throws {ArgumentError} if k1, b or delta is outside its domain, or a name is unknown.
 *
 * @example
 * ```ts
 * import { bm25, tableOf } from "@syneg/kit";
 * import { CORPUS } from "@syneg/kit/tables";
 * const corpus = tableOf(CORPUS, [
 *   { id: "d1", title: "Bees", text: "Bees dance to show where flowers are." },
 *   { id: "d2", title: "Wasps", text: "Wasps build nests of paper." },
 * ]);
 * const index = await bm25(corpus);
 * console.log(index.search("dancing bee", 10).map((hit) => hit.doc_id)); // ["d1"]
 * ```
 *
 * @category Retrieval
 */
export async function bm25(corpus: Bm25Corpus, options: Bm25Options = {}): Promise<Bm25Index> {
  checkOptions<Bm25Options>("bm25", options, BM25_OPTIONS);
  const { k1 = 0.9, b = 0.4, delta, variant = "lucene", progress } = options;
  const values = { k1, b, ...delta === undefined ? {} : { delta } };
  const formula = BM25_VARIANTS.make(variant, values);
  const signal = stopSignal(options.signal);
  const whole = "arrow" in corpus ? corpus : undefined;
  let guess: LanguageGuess | undefined;
  let builder: PostingsBuilder | undefined;
  let analyzer = options.analyzer === undefined ? undefined : analyzerOf(options.analyzer);
  const ids = new IdsBuilder();
  let done = 0;
  for await (const table of whole ? [whole] : corpus as AsyncIterable<Table<typeof CORPUS>>) {
    if (!analyzer) {
      guess = await guessLanguage(table);
      analyzer = analyzerOf(guess.analyzer);
    }
    builder ??= new PostingsBuilder(analyzer);
    await addTable(table, builder, (row) => {
      checkCancelled(signal, "indexing for BM25");
      progress?.update(done + row);
    });
    if (!whole) ids.add(table);
    done += table.length;
  }
  analyzer ??= analyzerOf("english");
  const postings = (builder ?? new PostingsBuilder(analyzer)).finish(formula);
  progress?.update(done);
  return new Bm25Index({
    ...{ postings, analyzer, guess, formula: { variant, ...values } },
    ids: whole ? idsOf(whole) : ids.finish(),
  });
}

/** Adds the documents of a table; `turn` is called now and then, with the row. */
async function addTable(
  table: Table<typeof CORPUS>,
  builder: PostingsBuilder,
  turn: (row: number) => void,
): Promise<void> {
  const titles = table.column("title");
  const texts = table.column("text");
  for (let row = 0; row < table.length; row++) {
    if (row % 4096 === 0) {
      await pause(0);
      turn(row);
    }
    builder.add(passageText({ title: titles.at(row), text: texts.at(row) }));
  }
}
