import type { Progress } from "../core/progress.ts";
import type { Graph } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Feeds } from "../graph/types.ts";

/** What a text is: some encoders put a different prompt before a query than before a document. */
export type TextKind = "query" | "document";

/** How two vectors are compared: by their cosine, or by their inner product. */
export type Similarity = "cosine" | "dot";

/** Vectors, row after row: `data` holds `length` x `dimension` numbers. */
export interface Vectors {
  readonly data: Float32Array;
  readonly length: number;
  readonly dimension: number;
}

/** Options of {@link Encoder.encode}. */
export interface EncodeOptions {
  kind: TextKind;
  /** Told as texts are done. */
  progress?: Progress;
  signal?: AbortSignal;
}

/** Anything that turns texts into vectors. */
export interface Encoder {
  readonly kind: "static" | "transformer" | "endpoint";
  /** Name for tables and reports: a folder, a hub name, "built-in". */
  readonly name: string;
  /** Length of a vector. */
  readonly dimension: number;
  /**
   * What ranks, mines, trains and draws with this encoder compares its vectors by this.
   * @default "cosine"
   */
  readonly similarity?: Similarity;
  /** Whether all its vectors have length 1, so that cosine and inner product are the same. @default false */
  readonly unit?: boolean;
  /** Encodes texts in the given order; vectors have length 1 where the encoder normalises. */
  encode(texts: Iterable<string>, options: EncodeOptions): Promise<Vectors>;
  /** sha256 over everything that decides a vector of this kind of text: weights, tokenizer, maximum length, pooling, prompt. */
  fingerprint(kind: TextKind): string;
  /** Frees native memory. */
  dispose(): Promise<void>;
}

/** A tensor of weights that training changes in place. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /**
   * True for a table of token embeddings: a step reads few of its rows, so the graph sees only those rows (as an input
   * `[rows, width]`), and the optimizer updates only those.
   */
  readonly sparse: boolean;
  /** False for biases, normalisation and the like, which weight decay leaves alone. */
  readonly decay: boolean;
}

/** One text of a batch. */
export interface TextInput {
  readonly text: string;
  readonly kind: TextKind;
}

/** A batch as the graph of {@link TrainableEncoder.forward} takes it. */
export interface EncodedBatch {
  /** Inputs of the graph other than the parameters. */
  readonly feeds: Feeds;
  /** For every sparse parameter: the rows (token ids) that stand in the graph's `[rows, width]` input, in that order. */
  readonly rows: ReadonlyMap<string, Int32Array>;
  /** Real tokens in the batch, special ones included, padding not. */
  readonly tokens: number;
  /** Floating-point operations of one forward pass over the real tokens. */
  readonly flops: number;
}

/** An encoder that can be trained. */
export interface TrainableEncoder extends Encoder {
  readonly kind: "static" | "transformer";
  /** By name, in a fixed order. Writing into their `data` changes the encoder (call {@link invalidate} afterwards). */
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** Most tokens of a text, special ones and prompt included; Infinity where texts are read whole. */
  readonly maxLength: number;
  /** Put before the texts of each kind. */
  readonly prompts: Readonly<Record<TextKind, string>>;
  /** Whether a text is longer than {@link maxLength}, so that its end is not read. */
  cuts(text: string, kind: TextKind): boolean;
  /** Appends the encoder to `graph`: declares parameters and inputs, returns embeddings `[texts, dimension]`, of length 1 unless they are compared by dot. */
  forward(graph: Graph, options?: ForwardOptions): Tensor;
  /** Tokenizes texts into the inputs that {@link forward} declared. `seed` is for dropout's masks, one per batch. */
  tokenize(texts: readonly TextInput[], options?: { dropout?: number; seed?: number }): EncodedBatch;
  /** To be called after parameters were changed: fingerprints and sessions are made anew. */
  invalidate(): void;
  /** Writes a folder that sentence-transformers, transformers.js and ONNX Runtime load. */
  save(folder: string, options?: SaveEncoderOptions): Promise<void>;
}

/** Options of {@link TrainableEncoder.forward}. */
export interface ForwardOptions {
  /** Dropout probability in training; 0 leaves it out. @default 0 */
  dropout?: number;
}

/** Options of {@link TrainableEncoder.save}. */
export interface SaveEncoderOptions {
  /** Markdown for the model card: training data, arms, measured figures. */
  card?: string;
  /** Replace an existing folder. @default false */
  overwrite?: boolean;
  /**
   * Weights as int8 with a scale per row, a quarter of the size, and no ONNX model: only the kit reads such a folder.
   * @default false
   */
  quantise?: boolean;
}
