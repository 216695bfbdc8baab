import { words } from "../../core/words.ts";

/** Words of a shingle. */
const WORDS = 3;

/** 32-bit hashes of a text's {@link words}, in order (FNV-1a, finished by murmur3's scramble). */
export function wordHashes(text: string): number[] {
  const hashes: number[] = [];
  let hash = 0;
  let inside = false;
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code > 127) return words(text).map(wordHash);
    if (code >= 65 && code <= 90) code += 32;
    if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) {
      hash = Math.imul((inside ? hash : START) ^ code, PRIME);
      inside = true;
    } else if (inside) {
      hashes.push(scramble(hash));
      inside = false;
    }
  }
  if (inside) hashes.push(scramble(hash));
  return hashes;
}

const START = 0x811c9dc5;
const PRIME = 0x01000193;

function wordHash(word: string): number {
  let hash = START;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), PRIME);
  return scramble(hash);
}

/** The distinct shingles of a text (three consecutive words; all words of a shorter one) as sorted 32-bit hashes. */
export function shingles(text: string | readonly number[]): Uint32Array {
  const hashes = typeof text === "string" ? wordHashes(text) : text;
  if (hashes.length === 0) return new Uint32Array(0);
  const length = Math.min(WORDS, hashes.length);
  const found = new Uint32Array(hashes.length - length + 1);
  for (let i = 0; i < found.length; i++) {
    let h = length;
    for (let j = i; j < i + length; j++) h = scramble(Math.imul(h, 0x9e3779b1) ^ hashes[j]);
    found[i] = h;
  }
  found.sort();
  let size = 0;
  for (let i = 0; i < found.length; i++) if (i === 0 || found[i] !== found[i - 1]) found[size++] = found[i];
  return found.slice(0, size);
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

/** Whether two sets of shingles overlap by `threshold` or more; sizes alone decide for most pairs. */
export function overlaps(a: Uint32Array, b: Uint32Array, threshold: number): boolean {
  if (Math.min(a.length, b.length) / Math.max(a.length, b.length) < threshold) return false;
  return shingleOverlap(a, b) >= threshold;
}

function scramble(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
