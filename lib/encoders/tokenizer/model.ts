import { bpe } from "./bpe.ts";
import { type Json, object } from "./json.ts";
import { unigram } from "./unigram.ts";
import { wordLevel } from "./word_level.ts";
import { wordPiece } from "./word_piece.ts";

/** Turns words into token ids. */
export interface Model {
  /** Ids by token. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Ids of one piece, which is not empty. */
  tokenize(word: string): readonly number[];
}

/** Models by their type in tokenizer.json. */
const MODELS: Readonly<Record<string, (part: Json) => Model>> = {
  BPE: bpe,
  Unigram: unigram,
  WordLevel: wordLevel,
  WordPiece: wordPiece,
};

/**
 * The model of a tokenizer.json.
 *
 * @throws {Error} naming a type or a setting that is not computed
 */
export function readModel(value: unknown): Model {
  const part = object(value, "model");
  const type = typeof part.type === "string" ? part.type : inferred(part);
  if (!Object.hasOwn(MODELS, type)) throw new Error(`the model ${type} is not computed`);
  return MODELS[type](part);
}

/** Old files do not name the type. */
function inferred(part: Json): string {
  if (Array.isArray(part.merges)) return "BPE";
  if (Array.isArray(part.vocab)) return "Unigram";
  return part.continuing_subword_prefix !== undefined ? "WordPiece" : "WordLevel";
}
