/** Scripts that set no spaces between words: their words are found by dictionary. */
const UNSPACED =
  "\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Bopomofo}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}";
const HAS_UNSPACED = new RegExp(`[${UNSPACED}]`, "u");
/** A run of one kind of script: unspaced letters with the marks between them, or any other letters, marks and digits. */
const RUNS = new RegExp(`[${UNSPACED}][${UNSPACED}\\p{M}ー々〆]*|(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])+`, "gu");

/** Whether a text holds a script that sets no spaces between words, so that counting what spaces part would be wrong. */
export function isUnspaced(text: string): boolean {
  return HAS_UNSPACED.test(text);
}

const segmenter = new Intl.Segmenter("und", { granularity: "word" });

/**
 * The words of a text in any script, as everything in the kit that counts or compares words sees them: compatibility
 * forms unified (NFKC), lower case, punctuation, symbols and invisible characters left out. Chinese, Japanese, Thai, Lao,
 * Khmer and Burmese are segmented by dictionary (`Intl.Segmenter`), also where they are mixed with other scripts.
 *
 * @example
 * ```ts
 * import { words } from "./words.ts";
 * console.log(words("Köln's 地铁很快").join("|")); // köln|s|地铁|很快
 * ```
 */
export function words(text: string): string[] {
  const plain = text.normalize("NFKC").replaceAll(/\p{Cf}+/gu, "").toLowerCase();
  if (!HAS_UNSPACED.test(plain)) return plain.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  const found: string[] = [];
  for (const [run] of plain.matchAll(RUNS)) {
    if (!HAS_UNSPACED.test(run)) found.push(run);
    else for (const { segment, isWordLike } of segmenter.segment(run)) if (isWordLike) found.push(segment);
  }
  return found;
}
