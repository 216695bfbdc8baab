import type { CORPUS } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { SNOWBALL_LANGUAGES } from "./analyzers/mod.ts";

/**
 * The language of a corpus, as {@link guessLanguage} finds it.
 *
 * @category Retrieval
 */
export interface LanguageGuess {
  /** ISO 639-1 code, such as "de"; undefined if the texts are too short or no language is clear. */
  readonly language: string | undefined;
  /** Analyzer for it: a name in {@link ANALYZERS}. */
  readonly analyzer: string;
  /** Documents that were read. */
  readonly documents: number;
  /** Share of their letters that is in the language. */
  readonly share: number;
  /** The guess and its reason in one sentence. */
  readonly text: string;
}

/** Documents that a guess reads, spread over the corpus, and letters of each. */
const DOCUMENTS = 200;
const LETTERS = 500;
/** Fewer letters are too few to guess from; a letter of a script without spaces counts as three. */
const LEAST = 150;
const DENSE =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Mymr}]/gu;
/** Share of a corpus that must be in clear language at all, in one language, and in English. */
const CLEAR = 0.5;
const SINGLE = 0.7;
const ENGLISH = 0.5;

/** Languages with dictionaries in Unicode's segmenter. */
const SEGMENTED = ["zh", "ja", "th", "lo", "km", "my"];
const ANALYZER_OF: ReadonlyMap<string, string> = new Map([
  ["en", "english"],
  ["ko", "cjk"],
  ["nb", "norwegian"],
  ...SEGMENTED.map((code) => [code, "icu"] as const),
  ...SNOWBALL_LANGUAGES.map(({ code, name }) => [code, name] as const),
]);

/**
 * Guesses the language of a corpus from 200 of its documents, and the analyzer for it. English unless another language is
 * clear; `icu` for a mixture; `standard` for a language without an analyzer.
 *
 * @example
 * ```ts
 * import { loadCollection } from "@syneg/kit";
 * import { guessLanguage } from "@syneg/kit/retrieval";
 * const { corpus } = await loadCollection("facets");
 * console.log((await guessLanguage(corpus)).analyzer); // english
 * ```
 *
 * @category Retrieval
 */
export async function guessLanguage(corpus: Table<typeof CORPUS>): Promise<LanguageGuess> {
  const { eld } = await import("eld/small");
  const [titles, texts] = [corpus.column("title"), corpus.column("text")];
  const documents = Math.min(DOCUMENTS, corpus.length);
  const letters = new Map<string, number>();
  let total = 0;
  for (let i = 0; i < documents; i++) {
    const row = Math.floor(i * corpus.length / documents);
    const text = `${titles.at(row)} ${texts.at(row)}`.slice(0, LETTERS);
    const length = lettersOf(text);
    const found = eld.detect(text);
    total += length;
    if (found.language && found.isReliable()) letters.set(found.language, (letters.get(found.language) ?? 0) + length);
  }
  return judged({ letters, total, documents });
}

function lettersOf(text: string): number {
  return (text.match(/\p{L}/gu)?.length ?? 0) + 2 * (text.match(DENSE)?.length ?? 0);
}

interface Counts {
  readonly letters: ReadonlyMap<string, number>;
  readonly total: number;
  readonly documents: number;
}

function judged({ letters, total, documents }: Counts): LanguageGuess {
  const guess = (language: string | undefined, analyzer: string, reason: string): LanguageGuess => {
    const share = language === undefined || total === 0 ? 0 : letters.get(language)! / total;
    return { language, analyzer, documents, share, text: `${reason}; analyzer ${analyzer}` };
  };
  if (total < LEAST) return guess(undefined, "english", `Too little text to guess its language: ${total} letters`);
  const clear = letters.values().reduce((sum, count) => sum + count, 0) / total;
  const [first, count] = [...letters].reduce((most, entry) => entry[1] > most[1] ? entry : most, ["", 0]);
  const english = (letters.get("en") ?? 0) / total;
  const from = `guessed from ${documents} documents`;
  if (english >= ENGLISH) return guess("en", "english", `Language: English, ${from}`);
  if (clear < CLEAR) return guess(undefined, "english", `No language is clear, ${from}`);
  if (count / total < SINGLE) return guess(undefined, "icu", `Language: mixed, ${from}`);
  const name = new Intl.DisplayNames(["en"], { type: "language" }).of(first) ?? first;
  const analyzer = ANALYZER_OF.get(first);
  if (analyzer === undefined) return guess(first, "standard", `Language: ${name}, ${from}, which has no stemmer here`);
  return guess(first, analyzer, `Language: ${name}, ${from}`);
}
