import { textKey } from "./equal_text.ts";
import { type Passage, passageText } from "./passage.ts";

/**
 * What two passages that are the same text share: the {@link textKey} of title and text, and that of the text alone, so
 * that a copy under another title or without one is found. Two passages are the same where they share a key; a passage
 * without any text has none and equals nothing.
 *
 * @example
 * ```ts
 * import { passageKeys } from "./passage_keys.ts";
 * console.log(passageKeys({ title: "Heart", text: "It beats." })); // ["heart it beats", "it beats"]
 * ```
 */
export function passageKeys(passage: Passage): readonly string[] {
  const keys = [textKey(passageText(passage)), textKey(passage.text)];
  return [...new Set(keys)].filter((key) => key !== "");
}
