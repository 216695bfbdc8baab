import { byteCharacters } from "./bytes.ts";
import { type Json, list, text as textOf } from "./json.ts";
import { readPattern } from "./pattern.ts";
import { type Behavior, type Divide, divideAt, divideBy, split } from "./split.ts";
import { CLASSES } from "./unicode.ts";

/** A part of a text; `first` is true if the text begins with it. */
export interface Piece {
  readonly text: string;
  readonly first: boolean;
}

/** Splits a piece into smaller ones, none of them empty. */
export type PreTokenizer = (piece: Piece) => readonly Piece[];

const SPACES = divideBy(new RegExp(CLASSES.space, "gv"));
const PUNCTUATION = divideBy(new RegExp(CLASSES.punctuation, "gv"));
const NUMERIC = divideBy(new RegExp(CLASSES.numeric, "gv"));
const WORDS = new RegExp(`${CLASSES.word}+|[^${CLASSES.word}${CLASSES.space}]+`, "gv");
const BERT = new RegExp(`[^${CLASSES.space}${CLASSES.punctuation}]+|${CLASSES.punctuation}`, "gv");
/** GPT-2's splitting pattern. */
const GPT2 = new RegExp(
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
    .replaceAll("\\s", "\\p{White_Space}").replaceAll("\\S", "\\P{White_Space}"),
  "gv",
);

const BEHAVIORS: Readonly<Record<string, Behavior>> = {
  Removed: "Removed",
  Isolated: "Isolated",
  Contiguous: "Contiguous",
  MergedWithPrevious: "MergedWithPrevious",
  MergedWithNext: "MergedWithNext",
};

/** Pre-tokenizers by their type in tokenizer.json. */
const PRE_TOKENIZERS: Readonly<Record<string, (part: Json) => PreTokenizer>> = {
  BertPreTokenizer: () => cut((text) => text.match(BERT) ?? []),
  ByteLevel: byteLevel,
  CharDelimiterSplit: (part) => cutBy(divideAt(textOf(part, "delimiter")), "Removed"),
  Digits: (part) => cutBy(NUMERIC, part.individual_digits === true ? "Isolated" : "Contiguous"),
  FixedLength: (part) => cut((text) => chunks(text, part.length)),
  Metaspace: metaspace,
  Punctuation: (part) => cutBy(PUNCTUATION, behavior(part, "Isolated")),
  Sequence: (part) => {
    const steps = list(part, "pretokenizers").map(readPreTokenizer);
    return (piece) => steps.reduce<readonly Piece[]>((pieces, step) => pieces.flatMap(step), [piece]);
  },
  Split: (part) => {
    const divide = readPattern(part);
    const inverted: Divide = (text) => divide(text).map((each) => ({ ...each, match: !each.match }));
    return cutBy(part.invert === true ? inverted : divide, behavior(part));
  },
  Whitespace: () => cut((text) => text.match(WORDS) ?? []),
  WhitespaceSplit: () => cutBy(SPACES, "Removed"),
};

/**
 * Reads the pre-tokenizer of a tokenizer.json. Without one, pieces stay whole.
 *
 * @throws {Error} if the type or a setting is unsupported.
 */
export function readPreTokenizer(part: Json | null | undefined): PreTokenizer {
  if (part === null || part === undefined) return (piece) => [piece];
  const type = textOf(part, "type");
  if (!Object.hasOwn(PRE_TOKENIZERS, type)) throw new Error(`the pre-tokenizer ${type} is not supported`);
  return PRE_TOKENIZERS[type](part);
}

function behavior(part: Json, fallback?: Behavior): Behavior {
  const name = textOf(part, "behavior", fallback);
  if (!Object.hasOwn(BEHAVIORS, name)) throw new Error(`the behavior ${name} is not supported`);
  return BEHAVIORS[name];
}

/** Marks the first piece as the first of the text if the beginning is kept. */
function cut(pieces: (text: string) => readonly string[]): PreTokenizer {
  return ({ text, first }) =>
    pieces(text).map((each, i) => ({ text: each, first: first && i === 0 && text.startsWith(each) }));
}

function cutBy(divide: Divide, behavior: Behavior): PreTokenizer {
  return cut((text) => split(text, divide, behavior));
}

function byteLevel(part: Json): PreTokenizer {
  const prefix = part.add_prefix_space !== false;
  const whole = part.use_regex === false;
  return ({ text, first }) => {
    const begun = prefix && !text.startsWith(" ") ? ` ${text}` : text;
    const pieces = whole ? [begun] : begun.match(GPT2) ?? [];
    return pieces.map((each, i) => ({ text: byteCharacters(each), first: first && i === 0 }));
  };
}

function metaspace(part: Json): PreTokenizer {
  const mark = textOf(part, "replacement", "▁");
  const scheme = textOf(part, "prepend_scheme", part.add_prefix_space === false ? "never" : "always");
  if (!["always", "first", "never"].includes(scheme)) throw new Error(`the prepend_scheme ${scheme} is not supported`);
  const divide = divideAt(mark);
  return ({ text, first }) => {
    const marked = text.replaceAll(" ", mark);
    const wanted = scheme === "always" || (scheme === "first" && first);
    const begun = wanted && !marked.startsWith(mark) ? mark + marked : marked;
    const pieces = part.split === false ? [begun] : split(begun, divide, "MergedWithNext");
    return pieces.map((each, i) => ({ text: each, first: first && i === 0 }));
  };
}

function chunks(text: string, length: unknown): string[] {
  if (!(Number.isInteger(length) && (length as number) > 0)) {
    throw new Error(`length must be an integer >= 1, found ${JSON.stringify(length) ?? "nothing"}`);
  }
  const characters = [...text];
  return Array.from(
    { length: Math.ceil(characters.length / (length as number)) },
    (_, i) => characters.slice(i * (length as number), (i + 1) * (length as number)).join(""),
  );
}
