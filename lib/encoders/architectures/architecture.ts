import type { OptionSchema, Part } from "../../core/registry.ts";
import type { Config } from "../config.ts";

/**
 * Activation between a layer's two feed-forward products.
 *
 * @category Encoders
 */
export type Activation = "gelu" | "gelu_tanh" | "relu";

/**
 * What decides the graph of a transformer.
 *
 * @category Encoders
 */
export interface TransformerShape {
  /** Name of the architecture, as config.json's `model_type`. */
  readonly architecture: string;
  /** Rows of the token table. */
  readonly vocabulary: number;
  /** Width of a token's vector. */
  readonly width: number;
  /** Number of layers. */
  readonly layers: number;
  /** Attention heads of a layer. */
  readonly heads: number;
  /** Width between a layer's two feed-forward products. */
  readonly inner: number;
  /** Activation between them. */
  readonly activation: Activation;
  /** Added to the variance in layer normalization. */
  readonly epsilon: number;
  /** Rows of the position table. */
  readonly positions: number;
  /** Row of the first token's position: RoBERTa and MPNet reserve the rows before it. */
  readonly firstPosition: number;
  /** Rows of the token type table; 0 without one. */
  readonly types: number;
  /** Buckets of relative attention bias; 0 without any. */
  readonly buckets: number;
}

/**
 * How one family of checkpoints names its settings and tensors.
 *
 * @category Encoders
 */
export interface Architecture {
  /** Reads the shape from config.json. */
  shape(config: Config): TransformerShape;
  /** Possible prefixes of all tensor names; the first is written. */
  readonly prefixes: readonly string[];
  /** Class name for config.json's `architectures`. */
  readonly className: string;
  /** Names of the tensors outside the layers, by the kit's names. */
  readonly outer: Readonly<Record<string, string>>;
  /** Names inside layer {i}, by the kit's names. */
  readonly layer: Readonly<Record<string, string>>;
}

/**
 * Entry of the registry of architectures; its name is config.json's `model_type`.
 *
 * @category Encoders
 */
export type ArchitecturePart = Part<string, OptionSchema, readonly [], Architecture>;
