import { bpe } from "./bpe.ts";
import { type Json, object } from "./json.ts";
import type { Model } from "./model.ts";
import { unigram } from "./unigram.ts";
import { wordLevel } from "./word_level.ts";
import { wordPiece } from "./word_piece.ts";

/** Models by their type in tokenizer.json. */
const MODELS: Readonly<Record<string, (part: Json) => Model>> = {
  BPE: bpe,
  Unigram: unigram,
  WordLevel: wordLevel,
  WordPiece: wordPiece,
};

/**
 * Reads the model of a tokenizer.json.
 *
 * @throws {Error} if the type or a setting is unsupported.
 */
export function readModel(value: unknown): Model {
  const part = object(value, "model");
  const type = typeof part.type === "string" ? part.type : inferred(part);
  if (!Object.hasOwn(MODELS, type)) throw new Error(`the model ${type} is not supported`);
  return MODELS[type](part);
}

/** The type of a model in old files, which do not name it. */
function inferred(part: Json): string {
  if (Array.isArray(part.merges)) return "BPE";
  if (Array.isArray(part.vocab)) return "Unigram";
  return part.continuing_subword_prefix !== undefined ? "WordPiece" : "WordLevel";
}
