import type { Graph, Tensor } from "../../graph/graph.ts";
import type { Dim } from "../../graph/types.ts";
import type { TransformerShape } from "./shape.ts";

/**
 * Narrow matrices that are trained beside those of the network (LoRA).
 *
 * @category Encoders
 */
export interface Adapter {
  /** Width between the two matrices. */
  readonly rank: number;
  /** Weight of their product before it is divided. */
  readonly alpha: number;
  /** Weight of their product. */
  readonly scale: number;
  /** Dropout probability of what the first one takes, in training. */
  readonly dropout: number;
  /** Matrices that have one, such as `layer.0.attention.query`. */
  readonly names: readonly string[];
}

/**
 * A network under construction.
 *
 * @category Encoders
 */
export interface Network {
  /** The graph that it is built in. */
  readonly graph: Graph;
  /** What decides it. */
  readonly shape: TransformerShape;
  /** Trained beside the matrices. Omit for none. */
  readonly adapter?: Adapter;
  /** Drops values of what an adapter takes. Omit for none. */
  adapterDropout?(x: Tensor): Tensor;
}

/**
 * How tokens lie in memory, and how they get into the padded form that attention needs.
 *
 * @category Encoders
 */
export interface Layout {
  /** Number of texts. */
  readonly texts: Dim;
  /** Length of the longest text. */
  readonly length: Dim;
  /** `[rows, width]` to `[texts, pieces, length, width / pieces]`. */
  pad(x: Tensor, pieces: number): Tensor;
  /** `[texts, pieces, length, width / pieces]` to `[rows, width]`. */
  unpad(x: Tensor): Tensor;
  /** Bias of attention's scores, `[texts, 1, 1, length]`: 0 for real keys, far below 0 for padding. Omit if all are real. */
  readonly bias?: Tensor;
  /** Drops values in training, at one place of the network. */
  dropout(x: Tensor): Tensor;
}

/**
 * Position and type of each row, `[rows]` of int32 or int64.
 *
 * @category Encoders
 */
export interface Places {
  /** Position of each row. */
  readonly positions: Tensor;
  /** Token types. Omit if all are 0. */
  readonly types?: Tensor;
  /** Drops values in training. */
  dropout(x: Tensor): Tensor;
}
