/** Character classes of Unicode's word-break rules (UAX 29), as Lucene's StandardTokenizer joins them. */
const enum Class {
  Other,
  Letter,
  Digit,
  /** Joins letters, digits and itself: the underscore. */
  Connector,
  /** Joins two letters: the colon, the middle dot. */
  MidLetter,
  /** Joins two digits: comma, semicolon. */
  MidNumber,
  /** Joins two letters or two digits: full stop, apostrophe. */
  MidBoth,
  /** One word per character: ideographs, Hiragana. */
  Single,
  Katakana,
  /** Accents and the like: part of the character before. */
  Extend,
  /** Thai, Lao, Khmer, Burmese: runs stay together. */
  Complex,
  Unknown,
}

const MARKS: [Class, string][] = [
  [Class.Connector, "_\u203f\u2040\u2054\ufe33\ufe34\ufe4d\ufe4e\ufe4f\uff3f"],
  [Class.MidLetter, ":\u00b7\u0387\u05f4\u2027\ufe13\ufe55\uff1a"],
  [Class.MidNumber, ",;\u037e\u0589\u060c\u060d\u066c\u07f8\u2044\ufe10\ufe14\ufe50\ufe54\uff0c\uff1b"],
  [Class.MidBoth, ".'\u2018\u2019\u2024\ufe52\uff07\uff0e"],
];

/** Class by UTF-16 unit, filled on first use. */
const classes = new Uint8Array(65536).fill(Class.Unknown);
for (const [kind, marks] of MARKS) for (const mark of marks) classes[mark.charCodeAt(0)] = kind;

function classify(character: string): Class {
  if (/[\p{M}\p{Cf}]/u.test(character)) return Class.Extend;
  if (/[\p{Script=Han}\p{Script=Hiragana}]/u.test(character)) return Class.Single;
  if (/[\p{Script=Katakana}\u30fc\uff70]/u.test(character)) return Class.Katakana;
  if (/[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u.test(character)) return Class.Complex;
  if (/\p{Nd}/u.test(character)) return Class.Digit;
  if (/[\p{Alphabetic}]/u.test(character)) return Class.Letter;
  return Class.Other;
}

function classAt(text: string, at: number): Class {
  const unit = text.charCodeAt(at);
  let kind: Class = classes[unit];
  if (kind !== Class.Unknown) return kind;
  if (unit >= 0xd800 && unit < 0xdc00) return classify(String.fromCodePoint(text.codePointAt(at)!));
  if (unit >= 0xdc00 && unit < 0xe000) return Class.Extend;
  kind = classify(text[at]);
  classes[unit] = kind;
  return kind;
}

/** Lucene cuts longer tokens into pieces of this length. */
const LONGEST = 255;

/**
 * Splits text at the word boundaries of Unicode Standard Annex 29 as Lucene's StandardTokenizer does: runs of letters
 * and digits, joined across an inner full stop or apostrophe ("u.s", "don't", "3.14", "1,000"), ideographs one by one.
 * Emoji are not kept.
 */
export function standardTokens(text: string, emit: (token: string) => void): void {
  const length = text.length;
  let start = -1;
  let solid = false;
  let before = Class.Other;
  const end = (at: number) => {
    if (start >= 0 && solid) {
      for (let from = start; from < at; from += LONGEST) emit(text.substring(from, Math.min(at, from + LONGEST)));
    }
    start = -1;
    solid = false;
    before = Class.Other;
  };
  for (let i = 0; i < length; i++) {
    const kind = classAt(text, i);
    if (kind === Class.Letter || kind === Class.Digit) {
      if (before === Class.Katakana || before === Class.Complex || before === Class.Single) end(i);
      if (start < 0) start = i;
      solid = true;
      before = kind;
    } else if (kind === Class.Extend) {
      continue;
    } else if (kind === Class.Other) {
      if (start >= 0) end(i);
    } else if (kind === Class.Connector) {
      if (before === Class.Complex || before === Class.Single) end(i);
      if (start < 0) start = i;
      before = kind;
    } else if (kind === Class.Single) {
      end(i);
      start = i;
      solid = true;
      before = kind;
    } else if (kind === Class.Katakana || kind === Class.Complex) {
      if (before !== kind && !(before === Class.Connector && kind === Class.Katakana)) end(i);
      if (start < 0) start = i;
      solid = true;
      before = kind;
    } else {
      const next = i + 1 < length ? classAt(text, i + 1) : Class.Other;
      const letters = before === Class.Letter && next === Class.Letter && kind !== Class.MidNumber;
      const digits = before === Class.Digit && next === Class.Digit && kind !== Class.MidLetter;
      if (!letters && !digits) end(i);
    }
  }
  end(length);
}
