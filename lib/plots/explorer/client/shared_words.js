/** Words that every text shares; marking them would mark everything. */
const COMMON = new Set(
  ("a an and are as at be been but by can for from had has have he her his how if in into is it its may more not of on " +
    "or our she so such than that the their them then there these they this to was we were what when which who will " +
    "with would you your").split(" "),
);
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const segmenter = new Intl.Segmenter("und", { granularity: "word" });

/** The words of a text with their places, in any script: `[begin, end, key]`. */
export function wordsOf(text) {
  const found = [];
  for (const match of text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
    if (!UNSPACED.test(match[0])) {
      found.push([match.index, match.index + match[0].length, keyOf(match[0])]);
      continue;
    }
    for (const { segment, index, isWordLike } of segmenter.segment(match[0])) {
      if (isWordLike) found.push([match.index + index, match.index + index + segment.length, keyOf(segment)]);
    }
  }
  return found;
}

function keyOf(word) {
  return word.normalize("NFKC").toLowerCase();
}

/** The keys of a text's words that say something. */
export function keysOf(text) {
  return new Set(wordsOf(text).map(([, , key]) => key).filter((key) => !COMMON.has(key)));
}

/** A text in pieces: `[piece, whether it is shared]`; neighbors that are both shared are one piece. */
export function pieces(text, keys) {
  const found = [];
  let at = 0;
  let open = -1;
  const close = (end) => {
    if (open < 0) return;
    found.push([text.slice(open, end), true]);
    at = end;
    open = -1;
  };
  let last = 0;
  for (const [begin, end, key] of wordsOf(text)) {
    if (keys.has(key)) {
      if (open < 0) {
        if (begin > at) found.push([text.slice(at, begin), false]);
        open = begin;
      }
      last = end;
    } else close(last);
  }
  close(last);
  if (at < text.length) found.push([text.slice(at), false]);
  return found;
}
