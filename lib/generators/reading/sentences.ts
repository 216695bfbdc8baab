/** Marks that end a sentence, with the quotes and brackets that may follow. */
const END = /[.!?…:;。！？｡।॥؟۔။។።፧՝:：；][\s"'”’»)\]*_」』）》】〉]*$/u;
/** Characters at the end of a text that are searched for a sentence end. */
const TAIL = 200;
/** Characters at the end of a text that show its script. */
const LAST = 20;
/** The end of a sentence and the beginning of another. */
const SENTENCES = /[\p{Ll}\d)\]"'][.!?]["')\]]?\s+["'(]?\p{Lu}/u;
/** The same in scripts without case and without spaces between sentences. */
const IDEOGRAPHIC = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;
const IDEOGRAPHIC_SENTENCES = /[。！？｡].*\S/su;
/** Scripts that end sentences with a space, or with nothing. */
const UNENDED = /[\p{sc=Thai}\p{sc=Lao}\p{sc=Tibetan}]/u;
/** Characters that no sentence ends in. */
const PAUSE = /[，、,;；—–-]$/u;

/**
 * Whether a text breaks off mid-sentence. If `like` ends its sentences with a mark, or the text itself does so earlier,
 * its last sentence must end with one too. Thai and Lao set no mark; Chinese and Japanese may omit it from a text of one
 * sentence.
 */
export function endsWithin(text: string, like: string): boolean {
  const tail = text.trimEnd().slice(-TAIL);
  if (END.test(tail)) return false;
  const last = tail.slice(-LAST);
  if (UNENDED.test(last)) return false;
  if (IDEOGRAPHIC.test(last)) return PAUSE.test(tail) || IDEOGRAPHIC_SENTENCES.test(text);
  return END.test(like.trimEnd().slice(-TAIL)) || SENTENCES.test(text);
}

/** Index after each sentence of a text, including the text's end. */
export function sentenceEnds(text: string): number[] {
  const ends = [...text.matchAll(/[.!?]\s+|[。！？｡।؟۔။។።]["”’」』）]*\s*/gu)].map((match) =>
    match.index + match[0].length
  );
  return ends.at(-1) === text.length ? ends : [...ends, text.length];
}
