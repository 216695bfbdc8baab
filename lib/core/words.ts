/** Scripts without spaces between words; their words are found by dictionary. */
const UNSPACED =
  "\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Bopomofo}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}";
const HAS_UNSPACED = new RegExp(`[${UNSPACED}]`, "u");
/** A run of one kind of script: unspaced letters and their marks, or any other letters, marks and digits. */
const RUNS = new RegExp(`[${UNSPACED}][${UNSPACED}\\p{M}ー々〆]*|(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])+`, "gu");

/**
 * Whether a text contains a script without spaces between words, so that splitting at spaces would miss words.
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { isUnspaced } from "./words.ts";
 * console.log(isUnspaced("地铁"), isUnspaced("metro")); // true false
 * ```
 */
export function isUnspaced(text: string): boolean {
  return HAS_UNSPACED.test(text);
}

const segmenter = new Intl.Segmenter("und", { granularity: "word" });

/**
 * The words of a text in any script, in lower case, with compatibility forms unified (NFKC) and without punctuation,
 * symbols and invisible characters. Chinese, Japanese, Thai, Lao, Khmer and Burmese are segmented by dictionary
 * (`Intl.Segmenter`), also in mixed text. Whatever counts or compares words in the kit uses this function.
 *
 * @category Core
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
