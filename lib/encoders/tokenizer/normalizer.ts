import { byteCharacters } from "./bytes.ts";
import { Charsmap } from "./charsmap.ts";
import { type Json, list, text as textOf } from "./json.ts";
import { readPattern } from "./pattern.ts";
import { CLASSES, isAscii, lowerCase, normalForm } from "./unicode.ts";

/** Changes a text before it is split into words. */
export type Normalizer = (text: string) => string;

const all = (source: string) => new RegExp(source, "gv");
const SPACE = all(CLASSES.space);
const CONTROL = all(CLASSES.control);
const NULL = "\0";
const NONSPACING = all(CLASSES.nonspacing);
const MARK = all(CLASSES.mark);
const CHINESE = all(CLASSES.chinese);
const BEFORE = new RegExp(`^${CLASSES.space}+`, "v");
const BEHIND = new RegExp(`(?<!${CLASSES.space})${CLASSES.space}+$`, "v");
/** SentencePiece's `nmt` rules: characters to drop, and characters to replace by spaces. */
const NMT_GONE = /[^\P{Cc}\0\t\n\f\r\x80-\x8e\x90-\x9e]/gu;
const NMT_SPACE = /[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g;

/** Normalizers by their type in tokenizer.json. */
const NORMALIZERS: Readonly<Record<string, (part: Json) => Normalizer>> = {
  BertNormalizer: bert,
  ByteLevel: () => byteCharacters,
  Lowercase: () => lowerCase,
  NFC: () => (text) => normalForm(text, "NFC"),
  NFD: () => (text) => normalForm(text, "NFD"),
  NFKC: () => (text) => normalForm(text, "NFKC"),
  NFKD: () => (text) => normalForm(text, "NFKD"),
  Nmt: () => (text) => text.replace(NMT_GONE, "").replace(NMT_SPACE, " "),
  Precompiled: precompiled,
  Prepend: (part) => {
    const before = textOf(part, "prepend");
    return (text) => text === "" ? "" : before + text;
  },
  Replace: replace,
  Sequence: (part) => {
    const steps = list(part, "normalizers").map(readNormalizer);
    return (text) => steps.reduce((result, step) => step(result), text);
  },
  Strip: (part) => {
    const [left, right] = [part.strip_left ?? part.left, part.strip_right ?? part.right].map((each) => each !== false);
    return (text) => {
      const begun = left ? text.replace(BEFORE, "") : text;
      return right ? begun.replace(BEHIND, "") : begun;
    };
  },
  StripAccents: () => (text) => text.replace(MARK, ""),
};

/**
 * Reads the normalizer of a tokenizer.json. Without one, texts are unchanged.
 *
 * @throws {Error} if the type or a setting is unsupported.
 */
export function readNormalizer(part: Json | null | undefined): Normalizer {
  if (part === null || part === undefined) return (text) => text;
  const type = textOf(part, "type");
  if (!Object.hasOwn(NORMALIZERS, type)) throw new Error(`the normalizer ${type} is not supported`);
  return NORMALIZERS[type](part);
}

function bert(part: Json): Normalizer {
  const clean = part.clean_text !== false;
  const chinese = part.handle_chinese_chars !== false;
  const lower = part.lowercase !== false;
  const strip = typeof part.strip_accents === "boolean" ? part.strip_accents : lower;
  return (text) => {
    let result = text;
    if (clean) result = result.replaceAll(NULL, "").replace(CONTROL, "").replace(SPACE, " ");
    if (!isAscii(result)) {
      if (chinese) result = result.replace(CHINESE, " $& ");
      if (strip) result = normalForm(result, "NFD").replace(NONSPACING, "");
    }
    return lower ? lowerCase(result) : result;
  };
}

function precompiled(part: Json): Normalizer {
  if ((part.precompiled_charsmap ?? "") === "") return (text) => text;
  const map = new Charsmap(textOf(part, "precompiled_charsmap"));
  return (text) => map.normalize(text);
}

function replace(part: Json): Normalizer {
  const divide = readPattern(part);
  const content = textOf(part, "content");
  return (text) => {
    const parts = divide(text);
    if (!parts.some(({ match }) => match)) return text;
    return parts.map(({ begin, end, match }) => match ? content : text.slice(begin, end)).join("");
  };
}
