/** Marks that end a sentence, with the quotes and brackets that may follow. */
const END = /[.!?…:;。！？｡।॥؟۔။។።፧՝:：；][\s"'”’»)\]*_」』）》】〉]*$/u;
/** Characters at the end of a text in which its end is looked for. */
const TAIL = 200;
/** Characters that show its last script. */
const LAST = 20;
/** A sentence that ended and another that began. */
const SENTENCES = /[\p{Ll}\d)\]"'][.!?]["')\]]?\s+["'(]?\p{Lu}/u;
/** The same in scripts without case, which set no space between sentences. */
const IDEOGRAPHIC = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;
const IDEOGRAPHIC_SENTENCES = /[。！？｡].*\S/su;
/** Scripts that end sentences with a space, or with nothing. */
const UNENDED = /[\p{sc=Thai}\p{sc=Lao}\p{sc=Tibetan}]/u;
/** What no sentence ends in. */
const PAUSE = /[，、,;；—–-]$/u;

/**
 * Whether a text breaks off within a sentence, as far as its script shows it: where `like` ends its sentences, or the
 * text itself does so further up, the last one must be ended too. Thai and Lao set no mark there; Chinese and Japanese may
 * leave it out of a text of one sentence.
 */
export function endsWithin(text: string, like: string): boolean {
  const tail = text.trimEnd().slice(-TAIL);
  if (END.test(tail)) return false;
  const last = tail.slice(-LAST);
  if (UNENDED.test(last)) return false;
  if (IDEOGRAPHIC.test(last)) return PAUSE.test(tail) || IDEOGRAPHIC_SENTENCES.test(text);
  return END.test(like.trimEnd().slice(-TAIL)) || SENTENCES.test(text);
}

/** Index behind each sentence of a text, the text's end included. */
export function sentenceEnds(text: string): number[] {
  const ends = [...text.matchAll(/[.!?]\s+|[。！？｡।؟۔။។።]["”’」』）]*\s*/gu)].map((match) =>
    match.index + match[0].length
  );
  return ends.at(-1) === text.length ? ends : [...ends, text.length];
}
