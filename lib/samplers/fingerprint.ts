import { type Passage, passageText } from "../data/passage.ts";
import { normalisedText, shingles } from "./shingles.ts";

/** A passage as the text guards compare it. */
export interface Fingerprint {
  /** Normalised title and text. */
  readonly full: string;
  /** Normalised text alone. */
  readonly body: string;
  /** Shingles of title and text. */
  readonly shingles: Uint32Array;
}

/** The {@link Fingerprint} of a passage. */
export function fingerprint(passage: Passage): Fingerprint {
  const full = normalisedText(passageText(passage));
  return { full, body: normalisedText(passage.text), shingles: shingles(full) };
}

/** Whether two passages say the same words: text equals text, or title and text equal title and text. */
export function sameText(a: Fingerprint, b: Fingerprint): boolean {
  return (a.full !== "" && a.full === b.full) || (a.body !== "" && a.body === b.body);
}

/** Remembers up to `limit` fingerprints by key, then starts anew, so that memory stays bounded on any corpus. */
export function fingerprints(read: (key: string) => Passage, limit = 50_000): (key: string) => Fingerprint {
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
