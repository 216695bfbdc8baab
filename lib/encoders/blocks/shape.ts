/**
 * Activation within a layer's feed-forward part.
 *
 * @category Encoders
 */
export type Activation = "gelu" | "gelu_tanh" | "relu" | "silu";

/**
 * Angles of rotary positions.
 *
 * @category Encoders
 */
export interface RotarySettings {
  /** Base of the wavelengths: rope_theta. */
  readonly base: number;
  /** Positions are divided by this (linear scaling). Omit for 1. */
  readonly factor?: number;
}

/**
 * What decides the graph of a transformer. Fields that an architecture does not know are left out.
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
  /** Width between a layer's feed-forward products. */
  readonly inner: number;
  /** Activation between them. */
  readonly activation: Activation;
  /** Added to the variance in normalization. */
  readonly epsilon: number;
  /** Rows of the position table; without one, the most tokens of a text. */
  readonly positions: number;
  /** Row of the first token's position: RoBERTa and MPNet reserve the rows before it. */
  readonly firstPosition: number;
  /** Rows of the token type table; 0 without one. */
  readonly types: number;
  /** Buckets of relative attention bias; 0 without any. */
  readonly buckets: number;
  /** Width of the token table's rows, if a product brings them to the network's width. Omit for `width`. */
  readonly embedding?: number;
  /** Heads of keys and values, each shared by several of queries. Omit for `heads`. */
  readonly keyHeads?: number;
  /** Width of a head. Omit for `width / heads`. */
  readonly headWidth?: number;
  /** Factor of attention's scores. Omit for 1 / sqrt(width of a head). */
  readonly scale?: number;
  /** Rotary positions of layers that see the whole text. Omit for none. */
  readonly rotary?: RotarySettings;
  /** Rotary positions of layers that see a window. Omit for those of the others. */
  readonly localRotary?: RotarySettings;
  /** For each layer, whether it sees a window only. Omit if all layers see the whole text. */
  readonly local?: readonly boolean[];
  /** Tokens on each side that a window holds. */
  readonly window?: number;
  /** Whether a token sees only itself and those before it. Omit for false. */
  readonly causal?: boolean;
  /** Parts that have biases, where checkpoints of one architecture differ. */
  readonly biases?: readonly ("attention" | "feed-forward" | "norm")[];
}

/** Heads of keys and values. */
export function keyHeadsOf({ heads, keyHeads = heads }: TransformerShape): number {
  return keyHeads;
}

/** Width of a head. */
export function headWidthOf({ width, heads, headWidth = width / heads }: TransformerShape): number {
  return headWidth;
}

/** Width of the token table's rows. */
export function tableWidthOf({ width, embedding = width }: TransformerShape): number {
  return embedding;
}

/** Greatest width of what a matrix of the layers takes. */
export function widestInput(shape: TransformerShape): number {
  return Math.max(shape.width, shape.inner, shape.heads * headWidthOf(shape));
}

/** Numbers of pieces in which pooling moves a token's vector: as many as heads if they divide it. */
export function poolPieces({ width, heads }: TransformerShape): number {
  return width % heads === 0 ? heads : 1;
}

/** Numbers of pieces of a token's vectors for which a graph may need indices; the heads come first. */
export function pieceCounts(shape: TransformerShape): readonly number[] {
  return [...new Set([shape.heads, keyHeadsOf(shape), poolPieces(shape)])];
}
