import type { EmbeddingCache } from "./cache.ts";
import type { NamedPrompts } from "./settings.ts";
import type { Tokenizer } from "./tokenizer.ts";
import type { Parameter, Similarity, TextKind } from "./types.ts";

/**
 * Parts of a static encoder.
 *
 * @category Encoders
 */
export interface StaticParts {
  /** Name in tables and reports. */
  readonly name: string;
  /** Tokenizer. */
  readonly tokenizer: Tokenizer;
  /** One row per token, `[tokens, dimension]`. The length of a row is the token's weight in the mean. */
  readonly embeddings: Parameter;
  /** Whether vectors are normalized to length 1. */
  readonly normalize: boolean;
  /** Prompts of the folder by name, kept when the encoder is saved. Omit to keep `prompts` only. */
  readonly named?: NamedPrompts;
  /**
   * Similarity of vectors.
   *
   * @default {"cosine"}
   */
  readonly similarity?: Similarity;
  /** Text before every query and before every document. */
  readonly prompts: Readonly<Record<TextKind, string>>;
  /** Cache of vectors. Omit for none. */
  readonly cache?: EmbeddingCache;
}
