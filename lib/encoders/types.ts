import type { Progress } from "../core/progress.ts";
import type { Graph } from "../graph/graph.ts";
import type { Tensor } from "../graph/graph.ts";
import type { Feeds } from "../graph/types.ts";
import type { LoraOptions } from "./adapters/lora_options.ts";

/**
 * Role of a text. Some encoders put different prompts before queries and documents.
 *
 * @category Encoders
 */
export type TextKind = "query" | "document";

/**
 * Similarity of two vectors: cosine or inner product.
 *
 * @category Encoders
 */
export type Similarity = "cosine" | "dot";

/**
 * Vectors, row by row.
 *
 * @category Encoders
 */
export interface Vectors {
  /** `length` x `dimension` numbers. */
  readonly data: Float32Array;
  /** Number of vectors. */
  readonly length: number;
  /** Length of a vector. */
  readonly dimension: number;
}

/**
 * Options of {@link Encoder.encode}.
 *
 * @category Encoders
 */
export interface EncodeOptions {
  /** Role of the texts. */
  kind: TextKind;
  /** Progress in texts. Omit for none. */
  progress?: Progress;
  /** Cancels the work. In a notebook, the stop button cancels in any case. */
  signal?: AbortSignal;
}

/**
 * Turns texts into vectors.
 *
 * @category Encoders
 */
export interface Encoder {
  /** Kind of encoder: a table of tokens, a network, or a server. */
  readonly kind: "static" | "transformer" | "endpoint";
  /** Name for tables and reports: a folder, a hub name, "built-in". */
  readonly name: string;
  /** Length of a vector. */
  readonly dimension: number;
  /**
   * Similarity of its vectors in ranking, mining, training and charts.
   *
   * @default {"cosine"}
   */
  readonly similarity?: Similarity;
  /**
   * Whether all its vectors have length 1, so that cosine and inner product are equal.
   *
   * @default {false}
   */
  readonly unit?: boolean;
  /** Encodes texts; vectors are in their order. Vectors have length 1 if the encoder normalizes. */
  encode(texts: Iterable<string>, options: EncodeOptions): Promise<Vectors>;
  /** sha256 of everything that determines a vector of this kind: weights, tokenizer, maximum length, pooling, prompt. */
  fingerprint(kind: TextKind): string;
  /** Frees native memory. */
  dispose(): Promise<void>;
}

/**
 * A tensor of weights that training changes in place.
 *
 * @category Encoders
 */
export interface Parameter {
  /** Name of the parameter. */
  readonly name: string;
  /** Its shape. */
  readonly shape: readonly number[];
  /** Its values, row by row. */
  readonly data: Float32Array;
  /**
   * True for a table of token embeddings. A step reads few of its rows, so the graph gets only these, as an input
   * `[rows, width]`, and the optimizer updates only these.
   */
  readonly sparse: boolean;
  /** Whether weight decay applies; false for biases and normalization. */
  readonly decay: boolean;
  /**
   * Whether an adapter is trained in place of it: it stays as it is, and checkpoints leave it out.
   * @default {false}
   */
  readonly frozen?: boolean;
}

/**
 * One text of a batch.
 *
 * @category Encoders
 */
export interface TextInput {
  /** The text. */
  readonly text: string;
  /** Its role. */
  readonly kind: TextKind;
}

/**
 * A batch as inputs of the graph of {@link TrainableEncoder.forward}.
 *
 * @category Encoders
 */
export interface EncodedBatch {
  /** Inputs of the graph besides the parameters. */
  readonly feeds: Feeds;
  /** For each sparse parameter, the rows (token ids) in the graph's `[rows, width]` input, in order. */
  readonly rows: ReadonlyMap<string, Int32Array>;
  /** Tokens of the batch, with special ones, without padding. */
  readonly tokens: number;
  /** Floating-point operations of one forward pass over these tokens. */
  readonly flops: number;
}

/**
 * An encoder that can be trained.
 *
 * @category Encoders
 */
export interface TrainableEncoder extends Encoder {
  /** Kind of encoder: a table of tokens, or a network. */
  readonly kind: "static" | "transformer";
  /** Parameters in a fixed order. After writing into their `data`, call {@link invalidate}. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** Most tokens of a text, special ones and prompt included; Infinity without a limit. */
  readonly maxLength: number;
  /** Text before every query and before every document. */
  readonly prompts: Readonly<Record<TextKind, string>>;
  /** Whether a text exceeds {@link maxLength} and is truncated. */
  cuts(text: string, kind: TextKind): boolean;
  /**
   * Encodes documents where only queries are trained: see `frozenDocuments`. {@link forward} is then of queries alone.
   * Omitted if both are trained.
   */
  readonly frozenDocuments?: Encoder;
  /**
   * Appends the encoder to `graph`: declares parameters and inputs, and returns embeddings `[texts, dimension]`, of length 1
   * unless the similarity is dot.
   */
  forward(graph: Graph, options?: ForwardOptions): Tensor;
  /** Tokenizes texts into the inputs that {@link forward} declares. `seed` determines the batch's dropout mask. */
  tokenize(texts: readonly TextInput[], options?: { dropout?: number; seed?: number }): EncodedBatch;
  /** Adds narrow matrices that are trained in place of the weights, which are frozen. Omitted if that is impossible. */
  adapt?(options?: LoraOptions): void;
  /** Rebuilds fingerprints and sessions. Call it after changing parameters. */
  invalidate(): void;
  /** Writes a folder for sentence-transformers, transformers.js and ONNX Runtime. */
  save(folder: string, options?: SaveEncoderOptions): Promise<void>;
}

/**
 * Options of {@link TrainableEncoder.forward}.
 *
 * @category Encoders
 */
export interface ForwardOptions {
  /**
   * Dropout probability in training, >= 0 and < 1.
   *
   * @default {0}
   */
  dropout?: number;
}

/**
 * Options of {@link TrainableEncoder.save}.
 *
 * @category Encoders
 */
export interface SaveEncoderOptions {
  /** Markdown for the model card: training data, arms, measured figures. Omit for a short one. */
  card?: string;
  /**
   * Whether to replace an existing folder.
   *
   * @default {false}
   */
  overwrite?: boolean;
  /**
   * Whether to write weights as int8 with a scale per row. The folder has a quarter of the size and no ONNX model, and
   * only the kit reads it.
   *
   * @default {false}
   */
  quantize?: boolean;
}
