import { words as wordsOf } from "../../core/words.ts";
import type { Passage } from "../../collections/passage.ts";

/** English function words: their frequency shows style, not subject. */
const FUNCTION_WORDS = ("the a an of to in on at by for from with as and or but not no nor so if then than that this " +
  "these those it its he she they we you i his her their our your which who what when where while because since " +
  "though although however therefore thus also only even just very too more most less least much many some any all " +
  "each every both either is are was were be been being has have had do does did can could may might must shall " +
  "should will would there here about into through during before after above below between under over again once " +
  "such same own other another without within rather often usually typically instead yet still").split(" ");

const PUNCTUATION = [",", ";", ":", ".", "-", "–", "—", "(", '"', "'", "?", "!", "%", "/"];
/** Marks of other scripts with the same function. */
const ALIKE: Readonly<Record<string, string>> = {
  ",": "，、،",
  ";": "；؛",
  ":": "：",
  ".": "。｡।۔",
  "(": "（",
  '"': "「『",
  "?": "？؟",
  "!": "！",
  "%": "％",
  "/": "／",
};
/** Letters without case, and combining marks: spaces and Latin letters do not delimit their words. */
const OTHER_SCRIPT = /(?![ªº])[\p{Lo}\p{M}]/u;

/** Names of the features of {@link style}, in its order, by group. */
export const FEATURES: Readonly<Record<FeatureGroup, readonly string[]>> = {
  length: [
    "characters",
    "words",
    "word length",
    "sentences",
    "sentence length",
    "sentence length deviation",
    "title words",
  ],
  punctuation: [...PUNCTUATION, "digits", "capitals"],
  vocabulary: ["type-token ratio", ...FUNCTION_WORDS],
};

/**
 * A group of style features.
 *
 * @category Negatives
 */
export type FeatureGroup = "length" | "punctuation" | "vocabulary";

/** How a passage is written, apart from its content: lengths, punctuation per character, function words per word. */
export function style({ title, text }: Passage): number[] {
  const words = OTHER_SCRIPT.test(text) ? wordsOf(text) : text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
  const sentences = text.split(/(?<=[.!?])\s+|(?<=[。！？｡।۔؟])\s*/).filter((sentence) => sentence.trim() !== "");
  const lengths = sentences.map(wordCount);
  const mean = lengths.reduce((a, b) => a + b, 0) / Math.max(1, lengths.length);
  const deviation = Math.sqrt(lengths.reduce((sum, n) => sum + (n - mean) ** 2, 0) / Math.max(1, lengths.length));
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const perCharacter = (pattern: RegExp) => (text.match(pattern)?.length ?? 0) / Math.max(1, text.length);
  return [
    Math.log1p(text.length),
    Math.log1p(words.length),
    words.reduce((sum, word) => sum + word.length, 0) / Math.max(1, words.length),
    Math.log1p(sentences.length),
    mean,
    deviation,
    title === "" ? 0 : wordCount(title),
    ...PUNCTUATION.map((mark) => occurrences(text, mark) / Math.max(1, text.length)),
    perCharacter(/\p{N}/gu),
    perCharacter(/\p{Lu}/gu),
    counts.size / Math.max(1, words.length),
    ...FUNCTION_WORDS.map((word) => (counts.get(word) ?? 0) / Math.max(1, words.length)),
  ];
}

function wordCount(text: string): number {
  return OTHER_SCRIPT.test(text) ? wordsOf(text).length : text.split(/\s+/).length;
}

function occurrences(text: string, mark: string): number {
  return [mark, ...ALIKE[mark] ?? ""].reduce((sum, one) => sum + text.split(one).length - 1, 0);
}
