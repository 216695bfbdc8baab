import type { DenseSettings } from "./blocks/dense.ts";
import type { Adapter } from "./blocks/network.ts";
import type { Pooling } from "./blocks/pooling.ts";
import type { TransformerShape } from "./blocks/shape.ts";
import type { EmbeddingCache } from "./cache.ts";
import type { NamedPrompts } from "./settings.ts";
import type { Tokenizer } from "./tokenizer.ts";
import type { Parameter, Similarity, TextKind } from "./types.ts";

/**
 * Parts of a transformer encoder.
 *
 * @category Encoders
 */
export interface TransformerParts {
  /** Name in tables and reports. */
  readonly name: string;
  /** Shape of the network. */
  readonly shape: TransformerShape;
  /** Weights by name. */
  readonly parameters: Map<string, Parameter>;
  /** Tokenizer. */
  readonly tokenizer: Tokenizer;
  /** Poolings of token vectors; the vectors of several are concatenated. */
  readonly poolings: readonly Pooling[];
  /** Linear layers after the pooling. */
  readonly dense: readonly DenseSettings[];
  /** Whether vectors are normalized to length 1. */
  readonly normalize: boolean;
  /** Length to truncate vectors to (truncate_dim). Omit to keep all numbers. */
  readonly truncateDim?: number;
  /** Trained in place of the weights, which then are frozen; its matrices are among the parameters. Omit for none. */
  readonly adapter?: Adapter;
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
  /** config.json as read, kept when the encoder is saved. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Cache of vectors. Omit for none. */
  readonly cache?: EmbeddingCache;
  /** Threads of `encode`. 0, or omitted, uses all cores. */
  readonly threads?: number;
  /**
   * Parallel sessions of `encode`. The vectors do not change.
   *
   * @default {1}
   */
  readonly sessions?: number;
}

/** Length of a vector before it is truncated. */
export function wholeDimension({ shape, poolings, dense }: Pick<TransformerParts, "shape" | "poolings" | "dense">) {
  return dense.at(-1)?.outputs ?? poolings.length * shape.width;
}
