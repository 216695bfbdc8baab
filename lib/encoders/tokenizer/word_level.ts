import { type Json, text as textOf } from "./json.ts";
import type { Model } from "./model.ts";
import { unknownId, vocabularyOf } from "./vocabulary_of.ts";

/** WordLevel: every word is a token or unknown. */
export function wordLevel(part: Json): Model {
  const vocabulary = vocabularyOf(part);
  const unknown = unknownId(vocabulary, textOf(part, "unk_token", "<unk>"));
  return { vocabulary, tokenize: (word) => [vocabulary.get(word) ?? unknown()] };
}
