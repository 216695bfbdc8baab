import type { AddedToken } from "../added_tokens.ts";
import { type Json, object } from "../json.ts";

/** Files of a model that determine its tokenizer. */
export interface TokenizerFiles {
  /** tokenizer.json. */
  readonly json: Json;
  /** tokenizer_config.json. */
  readonly config: Json;
  /** config.json of the model; its `model_type` determines the class if no file names one. */
  readonly model: Json;
}

/** A token with a role, such as `cls_token`. */
export type SpecialToken = Partial<AddedToken> & { content: string };

/** Special tokens by role. */
export type Special = Readonly<Record<string, SpecialToken>>;

/** Steps of tokenizer.json that a class builds itself. */
export interface Steps {
  readonly normalizer: Json | null;
  readonly pre_tokenizer: Json;
  readonly model: Json;
}

/** A class of transformers that takes only the vocabulary of tokenizer.json. */
export interface TokenizerClass {
  /** Its own special tokens by role. */
  readonly special: Readonly<Record<string, string | { content: string; lstrip: boolean }>>;
  /** Builds the steps. */
  steps(files: TokenizerFiles, special: Special): Steps;
  /** Roles of the tokens before and after every text. Omit to keep the file's post-processor. */
  readonly around?: readonly [string, string];
  /**
   * How two texts are joined: BERT's second one has a type of its own, RoBERTa's has another token before it.
   *
   * @default {"typed"}
   */
  readonly pair?: "typed" | "doubled";
}

/** The model of a tokenizer.json. */
export function modelOf({ json }: TokenizerFiles): Json {
  return object(json.model, "model");
}
