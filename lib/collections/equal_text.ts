/** A sign that changes what a text says: C++, C#, 5 %, -3, $5. */
const SIGNS = /[\p{S}#%&@§]|(?<![\p{L}\p{N}\p{M}])-(?=\p{N})/u.source;
/** Format and other invisible characters: soft hyphens, joiners, variation selectors, byte order marks. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu;
const BETWEEN = new RegExp(`(?:(?!${SIGNS})[^\\p{L}\\p{N}\\p{M}])+`, "gu");

/**
 * Key of a text, equal for texts that count as the same: case, compatibility forms (NFKC), white space,
 * punctuation and invisible characters do not matter; letters, marks, digits and signs that carry meaning (C++, C#, 5 %,
 * -3) do. Guards, batches, positives and audit share this definition. The key of a text without letters or signs is the
 * trimmed text.
 *
 * @example
 * ```ts
 * import { textKey } from "./equal_text.ts";
 * console.log(textKey("The  answer.") === textKey("the answer"), textKey("C++") === textKey("C")); // true false
 * ```
 * @category Collections
 */
export function textKey(text: string): string {
  // Standalone accents are typed as quotes and apostrophes; hyphens and dashes as minus signs.
  const plain = text.replaceAll(/[`´]/g, "'").normalize("NFKC").replaceAll(INVISIBLE, "").toLowerCase()
    .replaceAll(/[\u2010-\u2015\u2212]/g, "-");
  const key = plain.replaceAll(BETWEEN, " ").trim();
  return key === "" ? text.trim() : key;
}

/**
 * Whether two texts are the same by {@link textKey}.
 *
 * @category Collections
 */
export function equalText(a: string, b: string): boolean {
  return a === b || textKey(a) === textKey(b);
}
