/** Words of a shingle. */
const WORDS = 3;

/**
 * Text as it is compared: Unicode NFKC, lower case, everything that is neither letter nor digit as one space, none at
 * the ends.
 */
export function normalisedText(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, " ").trim();
}

/** The different shingles (three words in a row; all words of a shorter text) as sorted 32-bit hashes. */
export function shingles(normalised: string): Uint32Array {
  if (normalised === "") return new Uint32Array(0);
  const words = normalised.split(" ").map(hash);
  const length = Math.min(WORDS, words.length);
  const found = new Set<number>();
  for (let i = 0; i + length <= words.length; i++) {
    let h = length;
    for (let j = i; j < i + length; j++) h = scramble(Math.imul(h, 0x9e3779b1) ^ words[j]);
    found.add(h >>> 0);
  }
  return Uint32Array.from(found).sort();
}

/** Jaccard overlap of two sets of shingles: shared / all; 0 if both are empty. */
export function shingleOverlap(a: Uint32Array, b: Uint32Array): number {
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) {
      shared++;
      i++;
      j++;
    } else if (a[i] < b[j]) i++;
    else j++;
  }
  const all = a.length + b.length - shared;
  return all === 0 ? 0 : shared / all;
}

/** FNV-1a over UTF-16 units, finished by murmur3's scramble. */
function hash(word: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) h = Math.imul(h ^ word.charCodeAt(i), 0x01000193);
  return scramble(h);
}

function scramble(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
