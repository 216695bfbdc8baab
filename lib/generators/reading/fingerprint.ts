import { words as wordsOf } from "../../core/words.ts";
import { equalText } from "../../collections/equal_text.ts";

/** Words in a run. */
export const RUN = 5;

/** A text with its words and hashes of its five-word runs, which find copies quickly. */
export interface Fingerprint {
  readonly text: string;
  /** Words as the whole kit splits them. */
  readonly words: readonly string[];
  /** One hash per run. */
  readonly runs: readonly number[];
}

/** The fingerprint of a text. */
export function fingerprint(text: string): Fingerprint {
  const words = wordsOf(text);
  const numbers = words.map(numberOf);
  const runs: number[] = [];
  for (let i = 0; i + RUN <= numbers.length; i++) {
    let run = 0;
    for (let j = i; j < i + RUN; j++) run = Math.imul(run ^ numbers[j], 0x9e3779b1) ^ (run >>> 15);
    runs.push(run);
  }
  return { text, words, runs };
}

/** Share of `item`'s runs that occur in `source`; 1 for equal texts of any length. */
export function copied(item: Fingerprint, source: Fingerprint): number {
  if (same(item, source)) return 1;
  if (item.runs.length === 0) return 0;
  const known = new Set(source.runs);
  let shared = 0;
  for (const run of item.runs) if (known.has(run)) shared++;
  return shared / item.runs.length;
}

/** Whether two texts are equal, apart from case, spacing and punctuation. */
export function same(a: Fingerprint, b: Fingerprint): boolean {
  return a.words.length > 0 && a.words.length === b.words.length && equalText(a.text, b.text);
}

/** FNV-1a over the word's UTF-16 units. */
function numberOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash;
}
