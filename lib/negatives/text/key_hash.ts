import { textKey } from "../../collections/equal_text.ts";

/**
 * Hashes the {@link textKey} of a text to 53 bits, 0 for an empty key. Equal keys give equal numbers. ASCII text is read
 * once, without building its key.
 */
export function keyHash(text: string): number {
  let low = LOW;
  let high = HIGH;
  let gap = false;
  let empty = true;
  let before = SEPARATOR;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return hashOf(textKey(text));
    const kind = code === MINUS && before !== WORD && isDigit(text.charCodeAt(i + 1)) ? SIGN : KINDS[code];
    before = kind;
    if (kind === SEPARATOR) {
      gap = !empty;
      continue;
    }
    if (gap) {
      low = mixLow(low, 32);
      high = mixHigh(high, 32);
      gap = false;
    }
    const lower = code >= 65 && code <= 90 ? code + 32 : code;
    low = mixLow(low, lower);
    high = mixHigh(high, lower);
    empty = false;
  }
  return empty ? hashOf(text.trim()) : finish(low, high);
}

const SEPARATOR = 0;
const WORD = 1;
const SIGN = 2;
const MINUS = 45;
/** Role of each ASCII character in a key. */
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[a-z0-9]/i.test(character) ? WORD : /[$+<=>^|~#%&@]/.test(character) ? SIGN : SEPARATOR;
});

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function hashOf(key: string): number {
  let low = LOW;
  let high = HIGH;
  for (let i = 0; i < key.length; i++) {
    low = mixLow(low, key.charCodeAt(i));
    high = mixHigh(high, key.charCodeAt(i));
  }
  return key === "" ? 0 : finish(low, high);
}

/** Two lanes of 32 bits, character by character. */
const LOW = 0x811c9dc5 | 0;
const HIGH = 0x2545f491;

function mixLow(low: number, code: number): number {
  return Math.imul(low ^ code, 0x01000193);
}

function mixHigh(high: number, code: number): number {
  return Math.imul((high ^ (high >>> 15)) + code, 0x85ebca6b);
}

function finish(low: number, high: number): number {
  return (scramble(low) >>> 0) + (scramble(high) & 0x1fffff) * 2 ** 32 || 1;
}

function scramble(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
