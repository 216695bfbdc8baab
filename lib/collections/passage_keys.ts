import { textKey } from "./equal_text.ts";
import { type Passage, passageText } from "./passage.ts";

/**
 * Keys of a passage: the {@link textKey} of title and text, and of the text alone, which finds copies with another title
 * or none. Passages that share a key are the same; an empty passage has no key and equals nothing.
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
