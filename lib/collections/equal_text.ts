/** A sign that changes what a text says: C++, C#, 5 %, -3, $5. */
const SIGNS = /[\p{S}#%&@§]|(?<![\p{L}\p{N}\p{M}])-(?=\p{N})/u.source;
/** Format and other invisible characters: soft hyphens, joiners, variation selectors, byte order marks. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu;
const BETWEEN = new RegExp(`(?:(?!${SIGNS})[^\\p{L}\\p{N}\\p{M}])+`, "gu");

/**
 * What two texts have in common that the kit calls the same text: case, compatibility forms (NFKC), white space,
 * punctuation and invisible characters do not count; letters, marks, digits and signs that carry meaning (C++, C#, 5 %,
 * -3) do. The one definition for guards, batches, positives and audit. A text without any letter or sign is its trimmed
 * self.
 *
 * @example
 * ```ts
 * import { textKey } from "./equal_text.ts";
 * console.log(textKey("The  answer.") === textKey("the answer"), textKey("C++") === textKey("C")); // true false
 * ```
 * @category Collections
 */
export function textKey(text: string): string {
  // Accents that stand alone are typed as quotes and apostrophes; hyphens and dashes, as minus signs.
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
