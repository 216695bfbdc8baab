import { textKey } from "../data/equal_text.ts";

/**
 * The {@link textKey} of a text as a number of 53 bits, 0 for a text without any: equal keys give equal numbers. A text
 * in ASCII is read once, without making its key.
 */
export function keyHash(text: string): number {
  const hash = new Hash();
  let gap = false;
  let before = SEPARATOR;
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code > 127) return hashOf(textKey(text));
    const kind = code === MINUS && before !== WORD && isDigit(text.charCodeAt(i + 1)) ? SIGN : KINDS[code];
    before = kind;
    if (kind === SEPARATOR) {
      gap = true;
      continue;
    }
    if (code >= 65 && code <= 90) code += 32;
    if (gap && hash.length > 0) hash.add(32);
    gap = false;
    hash.add(code);
  }
  return hash.length === 0 ? hashOf(text.trim()) : hash.finish();
}

const [SEPARATOR, WORD, SIGN] = [0, 1, 2];
const MINUS = 45;
/** What each ASCII character is to a key. */
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[a-z0-9]/i.test(character) ? WORD : /[$+<=>^|~#%&@]/.test(character) ? SIGN : SEPARATOR;
});

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function hashOf(key: string): number {
  const hash = new Hash();
  for (let i = 0; i < key.length; i++) hash.add(key.charCodeAt(i));
  return hash.length === 0 ? 0 : hash.finish();
}

/** Two lanes of 32 bits, character by character. */
class Hash {
  length = 0;
  #low = 0x811c9dc5;
  #high = 0x2545f491;

  add(code: number): void {
    this.length++;
    this.#low = Math.imul(this.#low ^ code, 0x01000193);
    this.#high = Math.imul((this.#high ^ (this.#high >>> 15)) + code, 0x85ebca6b);
  }

  finish(): number {
    return (scramble(this.#low) >>> 0) + (scramble(this.#high) & 0x1fffff) * 2 ** 32 || 1;
  }
}

function scramble(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
