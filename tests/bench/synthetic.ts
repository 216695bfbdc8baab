import { CORPUS, QUERIES, TableBuilder } from "../../lib/tables/mod.ts";
import { ENGLISH_STOP_WORDS } from "../../lib/retrieval/mod.ts";
import { type Random, random, type Table } from "../../mod.ts";

/** Vocabulary size; the most frequent words are English stop words. */
const VOCABULARY = 200_000;

/**
 * Seeded text after Zipf's law: the word of rank r has a probability proportional to 1 / r. Lengths are log-normal around
 * 56 words, as in MS MARCO.
 */
export class SyntheticText {
  readonly #stream: Random;
  readonly #words: string[];
  readonly #share: Float64Array;
  readonly #alias: Int32Array;

  constructor(seed: number) {
    this.#stream = random(seed).fork("synthetic text");
    this.#words = words(this.#stream.fork("words"));
    ({ share: this.#share, alias: this.#alias } = aliasTable(VOCABULARY));
  }

  /** A text of `count` words. */
  words(count: number): string {
    const drawn = new Array<string>(count);
    for (let i = 0; i < count; i++) {
      const cell = this.#stream.next() * VOCABULARY;
      const rank = cell - Math.floor(cell) < this.#share[Math.floor(cell)]
        ? Math.floor(cell)
        : this.#alias[Math.floor(cell)];
      drawn[i] = this.#words[rank];
    }
    return drawn.join(" ");
  }

  /** A corpus of `size` passages, none of them kept as a JavaScript string. */
  corpus(size: number): Table<typeof CORPUS> {
    const builder = new TableBuilder(CORPUS);
    for (let i = 0; i < size; i++) {
      const length = Math.max(5, Math.round(Math.exp(Math.log(52) + 0.4 * this.#stream.normal())));
      builder.append({ id: `d${i}`, title: "", text: this.words(length) });
    }
    return builder.finish();
  }

  /** Queries of six words, drawn like the text; the analyzer drops their stop words. */
  queries(size: number): Table<typeof QUERIES> {
    const builder = new TableBuilder(QUERIES);
    for (let i = 0; i < size; i++) builder.append({ id: `q${i}`, text: this.words(6) });
    return builder.finish();
  }
}

function words(stream: Random): string[] {
  const syllables = ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "t", "v", "z"].flatMap((consonant) =>
    ["a", "e", "i", "o", "u"].flatMap((vowel) => [consonant + vowel, consonant + vowel + "n"])
  );
  const known = new Set<string>(ENGLISH_STOP_WORDS);
  while (known.size < VOCABULARY) {
    let word = "";
    for (let n = 2 + stream.integer(3); n > 0; n--) word += syllables[stream.integer(syllables.length)];
    known.add(word);
  }
  return [...known];
}

/** Walker's alias table for weights 1 / rank. */
function aliasTable(size: number): { share: Float64Array; alias: Int32Array } {
  let sum = 0;
  for (let r = 1; r <= size; r++) sum += 1 / r;
  const share = Float64Array.from({ length: size }, (_, i) => size / (i + 1) / sum);
  const alias = Int32Array.from({ length: size }, (_, i) => i);
  const small: number[] = [];
  const large: number[] = [];
  share.forEach((value, i) => (value < 1 ? small : large).push(i));
  while (small.length > 0 && large.length > 0) {
    const low = small.pop()!;
    const high = large[large.length - 1];
    alias[low] = high;
    share[high] -= 1 - share[low];
    if (share[high] < 1) small.push(large.pop()!);
  }
  return { share, alias };
}
