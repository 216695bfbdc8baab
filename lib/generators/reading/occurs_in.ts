import { textKey } from "../../collections/equal_text.ts";
import { isUnspaced } from "../../core/words.ts";

const SAYS = /[\p{L}\p{N}]/u;
/** A character of a word. */
const WITHIN = /[\p{L}\p{N}\p{M}]/u;

/**
 * Whether a quote is one piece of a text, apart from case, spacing, punctuation and invisible characters, as
 * {@link textKey} defines it. It begins and ends where words do; scripts without spaces have no such places.
 *
 * @example
 * ```ts
 * import { occursIn } from "./occurs_in.ts";
 * console.log(occursIn("six months", "For about six\nmonths."), occursIn("six mon", "For six months.")); // true false
 * ```
 */
export function occursIn(quote: string, text: string): boolean {
  if (!SAYS.test(quote)) return false;
  const [key, whole] = [textKey(quote), textKey(text)];
  for (let at = whole.indexOf(key); at >= 0; at = whole.indexOf(key, at + 1)) {
    if (!splitsWord(whole, at) && !splitsWord(whole, at + key.length)) return true;
  }
  return false;
}

/** Whether the place before index `at` is within a word. */
function splitsWord(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 2), at).match(/.$/su)?.[0] ?? "";
  const after = text.slice(at, at + 2).match(/^./su)?.[0] ?? "";
  return WITHIN.test(before) && WITHIN.test(after) && !isUnspaced(before + after);
}
