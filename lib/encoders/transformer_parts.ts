import type { DenseSettings } from "./blocks/dense.ts";
import type { Pooling } from "./blocks/pooling.ts";
import type { TransformerShape } from "./blocks/shape.ts";
import type { EmbeddingCache } from "./cache.ts";
import type { NamedPrompts } from "./settings.ts";
import type { Tokenizer } from "./tokenizer.ts";
import type { Parameter, Similarity, TextKind } from "./types.ts";

/**
 * What a transformer encoder is made of.
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
  /** Turns texts into ids. */
  readonly tokenizer: Tokenizer;
  /** How token vectors become one; the vectors of several poolings stand one behind the other. */
  readonly poolings: readonly Pooling[];
  /** Linear layers behind the pooling. */
  readonly dense: readonly DenseSettings[];
  /** Whether vectors are brought to length 1. */
  readonly normalize: boolean;
  /** Numbers of a vector that are kept (truncate_dim). Omit for all. */
  readonly truncateDim?: number;
  /** Prompts of the folder by name, kept when the encoder is saved. Omit to keep `prompts` only. */
  readonly named?: NamedPrompts;
  /**
   * How vectors are compared.
   * @default {"cosine"}
   */
  readonly similarity?: Similarity;
  /** Text before every query and before every document. */
  readonly prompts: Readonly<Record<TextKind, string>>;
  /** config.json as it was read, kept when the encoder is saved. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Keeps vectors. Omit for no cache. */
  readonly cache?: EmbeddingCache;
  /** Threads of `encode`. Omit or set 0 for as many as there are cores. */
  readonly threads?: number;
  /**
   * Sessions of `encode` that run in parallel; the vectors do not change.
   * @default {1}
   */
  readonly sessions?: number;
}

/** Length of a vector before it is truncated. */
export function wholeDimension({ shape, poolings, dense }: Pick<TransformerParts, "shape" | "poolings" | "dense">) {
  return dense.at(-1)?.outputs ?? poolings.length * shape.width;
}
