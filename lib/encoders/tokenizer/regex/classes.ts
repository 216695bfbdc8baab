const WORD = "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}]";

/** Outside brackets, superscript digits and fractions of Latin-1 are word characters, too. */
export const WORD_ALONE = `[${WORD}\\u{b2}\\u{b3}\\u{b9}\\u{bc}-\\u{be}]`;

/** Classes by letter, as contents of JavaScript's `v` classes. */
export const LETTERS: Readonly<Record<string, string>> = {
  d: "\\p{Nd}",
  D: "\\P{Nd}",
  s: "\\p{White_Space}",
  S: "\\P{White_Space}",
  w: WORD,
  W: `[^${WORD}]`,
  h: "[0-9A-Fa-f]",
  H: "[^0-9A-Fa-f]",
};

/** POSIX classes by name. */
export const POSIX: Readonly<Record<string, string>> = {
  alnum: "[\\p{Alphabetic}\\p{Nd}]",
  alpha: "\\p{Alphabetic}",
  ascii: "\\p{ASCII}",
  blank: "[\\t\\p{Zs}]",
  cntrl: "\\p{Cc}",
  digit: "\\p{Nd}",
  lower: "\\p{Lowercase}",
  punct: "[\\p{P}\\p{S}]",
  space: "\\p{White_Space}",
  upper: "\\p{Uppercase}",
  word: WORD,
  xdigit: "[0-9A-Fa-f]",
};

/** Properties that differ from the bracketed class of the same name. */
export const PROPERTIES: Readonly<Record<string, string>> = { punct: "\\p{P}", word: WORD_ALONE };

/** Code points of escapes for control characters. */
export const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, a: 7, e: 27 };

/** A code point as a member of a class. */
export function point(value: number): string {
  return `\\u{${value.toString(16)}}`;
}

/** A character as a member of a class. */
export function literal(character: string): string {
  return point(character.codePointAt(0)!);
}

/** Whether JavaScript accepts the content of a class. */
export function isClass(source: string): boolean {
  try {
    return new RegExp(`[${source}]`, "v") !== undefined;
  } catch {
    return false;
  }
}
