import { isAscii } from "./unicode.ts";

/** Bytes of a grapheme from which on SentencePiece looks up only single characters. */
const LONG = 6;

/** Characters that can form a grapheme with their neighbors. */
const JOINING = new RegExp(
  "[\\p{M}\\p{Cf}\\p{Emoji_Modifier}\\p{Regional_Indicator}\\u{1100}-\\u{11ff}\\u{a960}-\\u{a97f}\\u{ac00}-\\u{d7ff}" +
    "\\u{d4e}\\u{e33}\\u{eb3}\\u{ff9e}\\u{ff9f}\\r]",
  "v",
);

/**
 * SentencePiece's `precompiled_charsmap`: a double array of UTF-8 keys (Darts-clone) and their replacements. The first key
 * at the beginning of a grapheme wins, as in the Rust library.
 */
export class Charsmap {
  readonly #units: Uint32Array;
  readonly #texts: Uint8Array;
  readonly #known = new Map<string, string | undefined>();
  readonly #graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

  /** @throws {Error} if the bytes are not a charsmap. */
  constructor(base64: string) {
    const bytes = Uint8Array.fromBase64(base64);
    const size = bytes.length < 4 ? NaN : new DataView(bytes.buffer).getUint32(0, true);
    if (!(size % 4 === 0 && size + 4 <= bytes.length)) {
      throw new Error(`precompiled_charsmap claims a trie of ${size} bytes, found ${bytes.length} bytes`);
    }
    const view = new DataView(bytes.buffer, 4, size);
    this.#units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 * i, true));
    this.#texts = bytes.subarray(4 + size);
  }

  /** Replaces the characters of a text. */
  normalize(text: string): string {
    if (!JOINING.test(text)) return this.#characters(text);
    let result = "";
    for (const { segment } of this.#graphemes.segment(text)) {
      const whole = bytesOf(segment) < LONG ? this.#find(segment) : undefined;
      result += whole ?? this.#characters(segment);
    }
    return result;
  }

  #characters(text: string): string {
    let result = "";
    for (const character of text) result += this.#find(character) ?? character;
    return result;
  }

  #find(text: string): string | undefined {
    let found = this.#known.get(text);
    if (found === undefined && !this.#known.has(text)) {
      if (this.#known.size > 1 << 17) this.#known.clear();
      this.#known.set(text, found = this.#search(text));
    }
    return found;
  }

  #search(text: string): string | undefined {
    const offset = (unit: number) => (unit >>> 10) << ((unit & 0x200) >>> 6);
    let node = offset(this.#units[0]);
    for (const byte of new TextEncoder().encode(text)) {
      if (byte === 0) return undefined;
      node ^= byte;
      const unit = this.#units[node] ?? 0;
      if (((unit & 0x800000ff) >>> 0) !== byte) return undefined;
      node ^= offset(unit);
      if ((unit >>> 8) & 1) return this.#text((this.#units[node] ?? 0) & 0x7fffffff);
    }
    return undefined;
  }

  #text(begin: number): string {
    const end = this.#texts.indexOf(0, begin);
    return new TextDecoder().decode(this.#texts.subarray(begin, end < 0 ? undefined : end));
  }
}

function bytesOf(text: string): number {
  return isAscii(text) ? text.length : new TextEncoder().encode(text).length;
}
