import { overlaps, shingles } from "../negatives/text/mod.ts";

/** Hashes of a signature, and rows of a band: texts that overlap by 0.8 share a band with probability 0.9998. */
const BANDS = 16;
const ROWS = 4;

/**
 * Groups texts that are near-duplicates, directly or through others: the number of each text's group. Texts are compared
 * if they share a band of their MinHash signature (Broder 1997), and grouped if their shingles overlap by `threshold`.
 */
export function duplicateGroups(texts: readonly string[], threshold: number): number[] {
  const sets = texts.map((text) => shingles(text));
  const parents = texts.map((_, i) => i);
  const root = (i: number): number => parents[i] === i ? i : parents[i] = root(parents[i]);
  const buckets = new Map<string, number[]>();
  sets.forEach((set, i) => {
    if (set.length === 0) return;
    for (const band of bandsOf(set)) {
      const others = buckets.get(band);
      if (!others) {
        buckets.set(band, [i]);
        continue;
      }
      for (const other of others) {
        if (root(other) !== root(i) && overlaps(sets[other], set, threshold)) parents[root(i)] = root(other);
      }
      others.push(i);
    }
  });
  return texts.map((_, i) => root(i));
}

function* bandsOf(set: Uint32Array): Generator<string> {
  for (let band = 0; band < BANDS; band++) {
    let key = `${band}`;
    for (let row = 0; row < ROWS; row++) {
      const seed = Math.imul(band * ROWS + row + 1, 0x9e3779b1);
      let least = 0xffffffff;
      for (const value of set) {
        let h = Math.imul(value ^ seed, 0x85ebca6b);
        h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
        h = (h ^ (h >>> 16)) >>> 0;
        if (h < least) least = h;
      }
      key += `:${least}`;
    }
    yield key;
  }
}
