import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError } from "../core/errors.ts";
import type { TransformerShape } from "./blocks/shape.ts";
import { StaticEncoder } from "./static.ts";
import { Tokenizer } from "./tokenizer.ts";
import { TransformerEncoder } from "./transformer.ts";
import type { GraphParts } from "./transformer_embeddings.ts";
import { learnVocabulary, wordPieceJson } from "./vocabulary.ts";
import { parameter, parameterShapes, randomParameters } from "./weights.ts";
import { random } from "../core/random.ts";

/**
 * Options of {@link staticEncoder}.
 *
 * @category Encoders
 */
export interface StaticEncoderOptions {
  /** Seed of the initial weights. */
  seed: number;
  /**
   * Length of a vector.
   *
   * @default {256}
   */
  dimension?: number;
  /**
   * Most tokens in the vocabulary.
   *
   * @default {20000}
   */
  vocabulary?: number;
  /**
   * Name in tables and reports.
   *
   * @default {"static"}
   */
  name?: string;
}

const STATIC_OPTIONS: OptionKinds<StaticEncoderOptions> = {
  seed: "number",
  dimension: "number",
  vocabulary: "number",
  name: "string",
};

/**
 * A static encoder from scratch. It learns the vocabulary from `texts`. Rows are random, with the token's inverse document
 * frequency as their length, so that even untrained cosines compare texts by their rare words.
 *
 * @example
 * ```ts
 * import { staticEncoder } from "@syneg/kit";
 * const encoder = staticEncoder(["bees make honey", "wasps build nests"], { seed: 1, dimension: 16 });
 * console.log(encoder.dimension); // 16
 * ```
 * @category Encoders
 */
export function staticEncoder(texts: Iterable<string>, options: StaticEncoderOptions): StaticEncoder {
  checkOptions<StaticEncoderOptions>("staticEncoder", options, STATIC_OPTIONS);
  const { seed, dimension = 256, vocabulary = 20000, name = "static" } = options;
  const list = [...texts];
  const tokenizer = new Tokenizer(wordPieceJson(learnVocabulary(list, vocabulary), { special: false }), "{}", {
    special: false,
  });
  const weights = inverseFrequencies(list, tokenizer);
  const data = new Float32Array(tokenizer.size * dimension);
  const draw = random(seed).fork("static encoder");
  for (let id = 0; id < tokenizer.size; id++) {
    const scale = weights[id] / Math.sqrt(dimension);
    for (let j = id * dimension; j < (id + 1) * dimension; j++) data[j] = scale * draw.normal();
  }
  const embeddings = parameter("embeddings.word", [tokenizer.size, dimension], data);
  return new StaticEncoder({ name, tokenizer, embeddings, normalize: true, prompts: { query: "", document: "" } });
}

/** Natural logarithm of (texts + 1) / (texts with the token + 1), for every token. */
export function inverseFrequencies(texts: readonly string[], tokenizer: Tokenizer): Float32Array {
  const counts = new Float64Array(tokenizer.size);
  for (const text of texts) for (const id of new Set(tokenizer.encode(text))) counts[id]++;
  return Float32Array.from(counts, (count) => Math.log((texts.length + 1) / (count + 1)));
}

/**
 * Options of {@link transformerEncoder}.
 *
 * @category Encoders
 */
export interface TransformerEncoderOptions {
  /** Seed of the initial weights. */
  seed: number;
  /**
   * Number of layers.
   *
   * @default {2}
   */
  layers?: number;
  /**
   * Width of a token's vector, and of the embedding.
   *
   * @default {128}
   */
  width?: number;
  /** Attention heads of a layer. Omit for width / 32. */
  heads?: number;
  /** Width of the feed-forward layer. Omit for 4 x width. */
  inner?: number;
  /**
   * Most tokens of a text.
   *
   * @default {256}
   */
  maxLength?: number;
  /**
   * Most tokens in the vocabulary.
   *
   * @default {20000}
   */
  vocabulary?: number;
  /** Tokenizer to use. Omit to learn one from the texts. */
  tokenizer?: Tokenizer;
  /**
   * Name in tables and reports.
   *
   * @default {"transformer"}
   */
  name?: string;
}

const FRESH_TRANSFORMER_OPTIONS: OptionKinds<TransformerEncoderOptions> = {
  seed: "number",
  layers: "number",
  width: "number",
  heads: "number",
  inner: "number",
  maxLength: "number",
  vocabulary: "number",
  tokenizer: "object",
  name: "string",
};

/**
 * A BERT from scratch with mean pooling. It learns the vocabulary from `texts`.
 *
 * @throws {ArgumentError} if the heads do not divide the width.
 *
 * @example
 * ```ts
 * import { transformerEncoder } from "@syneg/kit";
 * const encoder = transformerEncoder(["bees make honey", "wasps build nests"], { seed: 1, width: 32, layers: 1 });
 * console.log(encoder.dimension); // 32
 * ```
 * @category Encoders
 */
export function transformerEncoder(texts: Iterable<string>, options: TransformerEncoderOptions): TransformerEncoder {
  checkOptions<TransformerEncoderOptions>("transformerEncoder", options, FRESH_TRANSFORMER_OPTIONS);
  const { seed, layers = 2, width = 128, maxLength = 256, vocabulary = 20000, name = "transformer" } = options;
  const { heads = Math.max(1, Math.floor(width / 32)), inner = 4 * width } = options;
  if (width % heads !== 0) {
    throw new ArgumentError(`heads must divide the width of ${width}, found ${heads}`, { field: "heads" });
  }
  const tokenizer = options.tokenizer?.cutAt(maxLength, true) ??
    new Tokenizer(wordPieceJson(learnVocabulary([...texts], vocabulary), { special: true }), MARKS, { maxLength });
  const shape: TransformerShape = {
    architecture: "bert",
    vocabulary: tokenizer.size,
    width,
    layers,
    heads,
    inner,
    activation: "gelu",
    epsilon: 1e-12,
    positions: maxLength,
    firstPosition: 0,
    types: 2,
    buckets: 0,
  };
  const graph: GraphParts = { shape, poolings: ["mean"], dense: [] };
  return new TransformerEncoder({
    ...graph,
    name,
    tokenizer,
    parameters: randomParameters(parameterShapes(graph), seed),
    normalize: true,
    prompts: { query: "", document: "" },
    config: bertConfig(shape),
  });
}

/** config.json of a BERT. */
function bertConfig(shape: TransformerShape): Record<string, unknown> {
  return {
    vocab_size: shape.vocabulary,
    max_position_embeddings: shape.positions,
    hidden_size: shape.width,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    intermediate_size: shape.inner,
    hidden_act: shape.activation,
    layer_norm_eps: shape.epsilon,
    type_vocab_size: shape.types,
    pad_token_id: 0,
  };
}

const MARKS = JSON.stringify({
  tokenizer_class: "BertTokenizer",
  do_lower_case: true,
  pad_token: "[PAD]",
  unk_token: "[UNK]",
  cls_token: "[CLS]",
  sep_token: "[SEP]",
  mask_token: "[MASK]",
});
