import type { Collection } from "../collections/types.ts";
import { passageText } from "../collections/passage.ts";
import { words } from "../core/words.ts";

/** Passages that the frequencies of words are counted in, spread over the corpus. */
const MOST = 20_000;

/** Overlap of words between queries and documents, rare words weighing more. */
export class LexicalOverlap {
  readonly #frequency = new Map<string, number>();
  readonly #passages: number;

  constructor({ corpus }: Collection) {
    const step = Math.max(1, Math.floor(corpus.length / MOST));
    let count = 0;
    for (let row = 0; row < corpus.length; row += step) {
      count++;
      for (const word of new Set(words(passageText(corpus.row(row))))) {
        this.#frequency.set(word, (this.#frequency.get(word) ?? 0) + 1);
      }
    }
    this.#passages = count;
  }

  /** Share of the query's words, by inverse document frequency, that the document has: 0 to 1. */
  of(query: string, document: string): number {
    const own = new Set(words(query));
    const other = new Set(words(document));
    let [shared, all] = [0, 0];
    for (const word of own) {
      const weight = this.#weight(word);
      all += weight;
      if (other.has(word)) shared += weight;
    }
    return all > 0 ? shared / all : 0;
  }

  #weight(word: string): number {
    const frequency = this.#frequency.get(word) ?? 0;
    return Math.log(1 + (this.#passages - frequency + 0.5) / (frequency + 0.5));
  }
}
