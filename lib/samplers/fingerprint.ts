import type { Passage } from "../data/passage.ts";
import { sequenceHash, shingles, wordHashes } from "./shingles.ts";

/** A passage as the text guards compare it: numbers only, some 300 bytes. */
export interface Fingerprint {
  /** Hash of the words of title and text; 0 if there are none. */
  readonly full: number;
  /** Hash of the words of the text alone. */
  readonly body: number;
  /** Shingles of title and text. */
  readonly shingles: Uint32Array;
}

/** The {@link Fingerprint} of a passage. */
export function fingerprint({ title, text }: Passage): Fingerprint {
  const body = wordHashes(text);
  const full = title === "" ? body : [...wordHashes(title), ...body];
  return { full: sequenceHash(full), body: sequenceHash(body), shingles: shingles(full) };
}

/** Whether two passages say the same words: text equals text, or title and text equal title and text. */
export function sameText(a: Fingerprint, b: Fingerprint): boolean {
  return (a.full !== 0 && a.full === b.full) || (a.body !== 0 && a.body === b.body);
}

/** Remembers up to `limit` fingerprints by key, then starts anew, so that memory stays bounded on any corpus. */
export function fingerprints(read: (key: string) => Passage, limit = 200_000): (key: string) => Fingerprint {
  const known = new Map<string, Fingerprint>();
  return (key) => {
    let found = known.get(key);
    if (!found) {
      if (known.size >= limit) known.clear();
      known.set(key, found = fingerprint(read(key)));
    }
    return found;
  };
}
