import { diffWordsWithSpace } from "diff";
import { showing } from "../../core/display.ts";
import { escapeHtml } from "../../core/html.ts";

/**
 * A piece of a {@link diffText}: in both texts, only in the first, or only in the second.
 *
 * @category Negatives
 */
export interface DiffPiece {
  /** Whose text it is. */
  readonly kind: "same" | "removed" | "added";
  /** The piece itself, with its spaces. */
  readonly text: string;
}

/**
 * The difference of two texts. It shows itself in a notebook; `text` marks pieces as [-removed-] and {+added+}.
 *
 * @category Negatives
 */
export interface TextDiff {
  /** In the order of the texts. */
  readonly pieces: readonly DiffPiece[];
  /** With marks, for terminals. */
  readonly text: string;
}

/** Words that may differ: the time of a comparison grows with their square. */
const MOST_EDITS = 1000;
const segmenter = new Intl.Segmenter("und", { granularity: "word" });

/**
 * Compares two texts word by word, for edits and counterfactuals: what did the recipe change?
 *
 * @param a The passage that was changed, such as the positive.
 * @param b What it became.
 *
 * @example
 * ```ts
 * import { diffText } from "@syneg/kit";
 * console.log(diffText("founded in 1893 in Rome", "founded in 1901 in Rome").text);
 * // founded in [-1893-]{+1901+} in Rome
 * ```
 * @category Negatives
 */
export function diffText(a: string, b: string): TextDiff {
  const options = { intlSegmenter: segmenter, maxEditLength: MOST_EDITS };
  // Beyond the bound the library gives up; then nothing is called the same.
  const changes = diffWordsWithSpace(a, b, options) ??
    [{ value: a, removed: true, added: false }, { value: b, removed: false, added: true }];
  const pieces = changes.map(({ value, added, removed }): DiffPiece => ({
    kind: added ? "added" : removed ? "removed" : "same",
    text: value,
  }));
  const mark = { same: ["", ""], removed: ["[-", "-]"], added: ["{+", "+}"] } as const;
  const text = pieces.map(({ kind, text }) => `${mark[kind][0]}${text}${mark[kind][1]}`).join("");
  const tag = { same: "span", removed: "del", added: "ins" } as const;
  const html = pieces.map(({ kind, text }) => `<${tag[kind]}>${escapeHtml(text)}</${tag[kind]}>`).join("");
  return showing({ pieces, text }, { html: () => `<div style="line-height:1.5">${html}</div>`, text: () => text });
}
