const GRAPHEMES = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Characters that a terminal shows two columns wide (East Asian Width W and F, Unicode 16). */
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;
const EMOJI = /\p{Emoji_Presentation}|\ufe0f|\p{Regional_Indicator}{2}/u;
const NOTHING = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u1160-\u11ff]$/u;

/** The graphemes of a text, each of which a reader sees as one character. */
export function graphemes(text: string): string[] {
  return Array.from(GRAPHEMES.segment(text), ({ segment }) => segment);
}

/** The number of terminal columns that a line of text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const grapheme of graphemes(text)) {
    if (EMOJI.test(grapheme)) width += 2;
    else for (const character of grapheme) width += NOTHING.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** Cuts a text to at most `columns` columns, with an ellipsis at the cut. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let found = "";
  let width = 1;
  for (const grapheme of graphemes(text)) {
    width += displayWidth(grapheme);
    if (width > columns) break;
    found += grapheme;
  }
  return columns < 1 ? "" : `${found}…`;
}
