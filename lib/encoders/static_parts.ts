import type { EmbeddingCache } from "./cache.ts";
import type { NamedPrompts } from "./settings.ts";
import type { Tokenizer } from "./tokenizer.ts";
import type { Parameter, Similarity, TextKind } from "./types.ts";

/**
 * What a static encoder is made of.
 *
 * @category Encoders
 */
export interface StaticParts {
  /** Name in tables and reports. */
  readonly name: string;
  /** Turns texts into ids. */
  readonly tokenizer: Tokenizer;
  /** One row per token: `[tokens, dimension]`; the length of a token's row is its weight in the mean. */
  readonly embeddings: Parameter;
  /** Whether vectors are brought to length 1. */
  readonly normalize: boolean;
  /** Prompts of the folder by name, kept when the encoder is saved. Omit to keep `prompts` only. */
  readonly named?: NamedPrompts;
  /**
   * How vectors are compared.
   * @default {"cosine"}
   */
  readonly similarity?: Similarity;
  /** Text before every query and before every document. */
  readonly prompts: Readonly<Record<TextKind, string>>;
  /** Keeps vectors. Omit for no cache. */
  readonly cache?: EmbeddingCache;
}
