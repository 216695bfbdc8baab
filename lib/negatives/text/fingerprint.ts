import { type Passage, passageText } from "../../collections/passage.ts";
import { keyHash } from "./key_hash.ts";
import { shingles } from "./shingles.ts";

/** A passage as text guards compare it: numbers only, about 300 bytes. */
export interface Fingerprint {
  /** Hashes of its keys: of title and text, and of the text alone. Empty for a passage without text. */
  readonly keys: readonly number[];
  /** Shingles of title and text. */
  readonly shingles: Uint32Array;
}

/** The {@link Fingerprint} of a passage. */
export function fingerprint(passage: Passage): Fingerprint {
  const whole = passageText(passage);
  const full = keyHash(whole);
  const body = passage.title === "" ? full : keyHash(passage.text);
  const keys = full === body || body === 0 ? [full] : [full, body];
  return { keys: full === 0 ? [] : keys, shingles: shingles(whole) };
}

/** Whether two passages are the same text: they share a key. */
export function sameText(a: Fingerprint, b: Fingerprint): boolean {
  for (const key of a.keys) if (b.keys.includes(key)) return true;
  return false;
}

/** Caches up to `limit` fingerprints by key, then starts over, so that memory stays bounded on any corpus. */
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
