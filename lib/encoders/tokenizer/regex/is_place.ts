import { WORD_ALONE } from "./classes.ts";
import type { Place } from "./expression.ts";

const WORD = new RegExp(WORD_ALONE, "v");

/** Whether a position in a text is a bound of a line, the text or a word. */
export function isPlace(text: string, at: number, place: Place): boolean {
  switch (place) {
    case "^":
      return at === 0 || text[at - 1] === "\n";
    case "$":
      return at === text.length || text[at] === "\n";
    case "\\A":
      return at === 0;
    case "\\z":
      return at === text.length;
    case "\\Z":
      return at === text.length || (at === text.length - 1 && text[at] === "\n");
    case "\\b":
    case "\\B": {
      const before = at > 0 && WORD.test(characterBefore(text, at));
      const after = at < text.length && WORD.test(String.fromCodePoint(text.codePointAt(at)!));
      return (before !== after) === (place === "\\b");
    }
    default:
      return place satisfies never;
  }
}

function characterBefore(text: string, at: number): string {
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xdc00 && unit <= 0xdfff ? text.slice(at - 2, at) : text[at - 1];
}
