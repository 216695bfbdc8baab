import type { Progress } from "../core/progress.ts";
import type { Graph } from "../graph/graph.ts";
import type { Tensor } from "../graph/graph.ts";
import type { Feeds } from "../graph/types.ts";

/**
 * Role of a text. Some encoders put different prompts before queries and documents.
 *
 * @category Encoders
 */
export type TextKind = "query" | "document";

/**
 * How two vectors are compared: by their cosine, or by their inner product.
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
  /** Reports texts. Omit for none. */
  progress?: Progress;
  /** Cancels the work. Omit for none; in a notebook the stop button cancels in any case. */
  signal?: AbortSignal;
}

/**
 * Anything that turns texts into vectors.
 *
 * @category Encoders
 */
export interface Encoder {
  /** How it works: a table of tokens, a network, a server. */
  readonly kind: "static" | "transformer" | "endpoint";
  /** Name for tables and reports: a folder, a hub name, "built-in". */
  readonly name: string;
  /** Length of a vector. */
  readonly dimension: number;
  /**
   * How its vectors are compared in ranking, mining, training and charts.
   * @default {"cosine"}
   */
  readonly similarity?: Similarity;
  /**
   * Whether all its vectors have length 1, so that cosine and inner product are equal.
   * @default {false}
   */
  readonly unit?: boolean;
  /** Encodes texts in the given order. Vectors have length 1 if the encoder normalizes. */
  encode(texts: Iterable<string>, options: EncodeOptions): Promise<Vectors>;
  /** sha256 of everything that decides a vector of such a text: weights, tokenizer, maximum length, pooling, prompt. */
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
   * True for a table of token embeddings: a step reads few of its rows, so the graph sees only those rows (as an input
   * `[rows, width]`), and the optimizer updates only those.
   */
  readonly sparse: boolean;
  /** False for biases, normalization and the like, which weight decay skips. */
  readonly decay: boolean;
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
 * A batch in the form that the graph of {@link TrainableEncoder.forward} takes.
 *
 * @category Encoders
 */
export interface EncodedBatch {
  /** Inputs of the graph other than the parameters. */
  readonly feeds: Feeds;
  /** For every sparse parameter: the rows (token ids) of the graph's `[rows, width]` input, in order. */
  readonly rows: ReadonlyMap<string, Int32Array>;
  /** Tokens in the batch, with special ones, without padding. */
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
  /** How it works: a table of tokens, or a network. */
  readonly kind: "static" | "transformer";
  /** By name, in a fixed order. Writing into their `data` changes the encoder (call {@link invalidate} afterwards). */
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** Most tokens of a text, special ones and prompt included; Infinity without a limit. */
  readonly maxLength: number;
  /** Text before every query and before every document. */
  readonly prompts: Readonly<Record<TextKind, string>>;
  /** Whether a text is longer than {@link maxLength}, so that it is truncated. */
  cuts(text: string, kind: TextKind): boolean;
  /**
   * Appends the encoder to `graph`: declares parameters and inputs, returns embeddings `[texts, dimension]`, of length 1
   * unless they are compared by dot.
   */
  forward(graph: Graph, options?: ForwardOptions): Tensor;
  /** Tokenizes texts into the inputs that {@link forward} declared. `seed` decides dropout's masks, one per batch. */
  tokenize(texts: readonly TextInput[], options?: { dropout?: number; seed?: number }): EncodedBatch;
  /** Call it after changing parameters: fingerprints and sessions are rebuilt. */
  invalidate(): void;
  /** Writes a folder that sentence-transformers, transformers.js and ONNX Runtime load. */
  save(folder: string, options?: SaveEncoderOptions): Promise<void>;
}

/**
 * Options of {@link TrainableEncoder.forward}.
 *
 * @category Encoders
 */
export interface ForwardOptions {
  /**
   * Dropout probability in training, from 0 to below 1.
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
   * @default {false}
   */
  overwrite?: boolean;
  /**
   * Whether to write weights as int8 with a scale per row: a quarter of the size, without an ONNX model; only the kit
   * reads such a folder.
   * @default {false}
   */
  quantize?: boolean;
}
