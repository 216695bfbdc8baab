import { type Json, text as textOf } from "./json.ts";
import type { Model } from "./model.ts";
import { unknownId, vocabularyOf } from "./vocabulary_of.ts";

/** WordPiece: repeatedly takes the longest token from the left. A word that tokens cannot cover is unknown. */
export function wordPiece(part: Json): Model {
  const vocabulary = vocabularyOf(part);
  const prefix = textOf(part, "continuing_subword_prefix", "##");
  const most = Number(part.max_input_chars_per_word ?? 100);
  const unknown = unknownId(vocabulary, textOf(part, "unk_token", "[UNK]"));
  let longest = 0;
  for (const token of vocabulary.keys()) longest = Math.max(longest, token.length);
  return {
    vocabulary,
    tokenize(word) {
      if (word.length > most && [...word].length > most) return [unknown()];
      const ids: number[] = [];
      for (let begin = 0; begin < word.length;) {
        let end = Math.min(word.length, begin + longest);
        let id: number | undefined;
        for (; end > begin; end--) {
          const piece = word.slice(begin, end);
          id = vocabulary.get(begin > 0 ? prefix + piece : piece);
          if (id !== undefined) break;
        }
        if (id === undefined) return [unknown()];
        ids.push(id);
        begin = end;
      }
      return ids;
    },
  };
}
