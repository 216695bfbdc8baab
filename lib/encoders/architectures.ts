import type { Config } from "./config.ts";

/** Activation between a layer's two feed-forward products. */
export type Activation = "gelu" | "gelu_tanh" | "relu";

/** What decides the graph of a transformer. */
export interface TransformerShape {
  /** Key of {@link ARCHITECTURES}. */
  readonly architecture: string;
  readonly vocabulary: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Width between a layer's two feed-forward products. */
  readonly inner: number;
  readonly activation: Activation;
  /** Added to the variance in layer normalisation. */
  readonly epsilon: number;
  /** Rows of the position table. */
  readonly positions: number;
  /** Row of the first token's position: RoBERTa and MPNet keep the rows before it. */
  readonly firstPosition: number;
  /** Rows of the token type table; 0 where there is none. */
  readonly types: number;
  /** Buckets of relative attention bias; 0 where there is none. */
  readonly buckets: number;
}

/** How one family of checkpoints names its tensors and its settings. */
export interface Architecture {
  /** Reads the shape out of config.json. */
  shape(config: Config): TransformerShape;
  /** Prefixes that may stand before every tensor's name; the first is written. */
  readonly prefixes: readonly string[];
  /** Class name for config.json's `architectures`. */
  readonly className: string;
  /** Names of the tensors outside the layers by the kit's names. */
  readonly outer: Readonly<Record<string, string>>;
  /** Names inside layer {i} by the kit's names. */
  readonly layer: Readonly<Record<string, string>>;
}

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: "gelu",
  gelu_new: "gelu_tanh",
  gelu_pytorch_tanh: "gelu_tanh",
  relu: "relu",
};

function bertShape(architecture: string, offset: boolean) {
  return (config: Config): TransformerShape => {
    // Relative positions of this kind are another network.
    config.only("position_embedding_type", "absolute");
    return {
      architecture,
      vocabulary: config.count("vocab_size"),
      width: config.count("hidden_size"),
      layers: config.count("num_hidden_layers"),
      heads: config.count("num_attention_heads"),
      inner: config.count("intermediate_size"),
      activation: config.choice("hidden_act", { what: "activation", known: ACTIVATIONS, fallback: "gelu" }),
      epsilon: config.number("layer_norm_eps", 1e-12),
      positions: config.count("max_position_embeddings"),
      firstPosition: offset ? config.count("pad_token_id", 1) + 1 : 0,
      types: config.count("type_vocab_size", offset ? 1 : 2),
      buckets: 0,
    };
  };
}

const BERT_OUTER = {
  "embeddings.word": "embeddings.word_embeddings.weight",
  "embeddings.position": "embeddings.position_embeddings.weight",
  "embeddings.type": "embeddings.token_type_embeddings.weight",
  "embeddings.norm.weight": "embeddings.LayerNorm.weight",
  "embeddings.norm.bias": "embeddings.LayerNorm.bias",
};

const BERT_LAYER = (part: "weight" | "bias") => ({
  [`attention.query.${part}`]: `encoder.layer.{i}.attention.self.query.${part}`,
  [`attention.key.${part}`]: `encoder.layer.{i}.attention.self.key.${part}`,
  [`attention.value.${part}`]: `encoder.layer.{i}.attention.self.value.${part}`,
  [`attention.out.${part}`]: `encoder.layer.{i}.attention.output.dense.${part}`,
  [`attention.norm.${part}`]: `encoder.layer.{i}.attention.output.LayerNorm.${part}`,
  [`ffn.in.${part}`]: `encoder.layer.{i}.intermediate.dense.${part}`,
  [`ffn.out.${part}`]: `encoder.layer.{i}.output.dense.${part}`,
  [`ffn.norm.${part}`]: `encoder.layer.{i}.output.LayerNorm.${part}`,
});

const DISTIL_LAYER = (part: "weight" | "bias") => ({
  [`attention.query.${part}`]: `transformer.layer.{i}.attention.q_lin.${part}`,
  [`attention.key.${part}`]: `transformer.layer.{i}.attention.k_lin.${part}`,
  [`attention.value.${part}`]: `transformer.layer.{i}.attention.v_lin.${part}`,
  [`attention.out.${part}`]: `transformer.layer.{i}.attention.out_lin.${part}`,
  [`attention.norm.${part}`]: `transformer.layer.{i}.sa_layer_norm.${part}`,
  [`ffn.in.${part}`]: `transformer.layer.{i}.ffn.lin1.${part}`,
  [`ffn.out.${part}`]: `transformer.layer.{i}.ffn.lin2.${part}`,
  [`ffn.norm.${part}`]: `transformer.layer.{i}.output_layer_norm.${part}`,
});

const MPNET_LAYER = (part: "weight" | "bias") => ({
  [`attention.query.${part}`]: `encoder.layer.{i}.attention.attn.q.${part}`,
  [`attention.key.${part}`]: `encoder.layer.{i}.attention.attn.k.${part}`,
  [`attention.value.${part}`]: `encoder.layer.{i}.attention.attn.v.${part}`,
  [`attention.out.${part}`]: `encoder.layer.{i}.attention.attn.o.${part}`,
  [`attention.norm.${part}`]: `encoder.layer.{i}.attention.LayerNorm.${part}`,
  [`ffn.in.${part}`]: `encoder.layer.{i}.intermediate.dense.${part}`,
  [`ffn.out.${part}`]: `encoder.layer.{i}.output.dense.${part}`,
  [`ffn.norm.${part}`]: `encoder.layer.{i}.output.LayerNorm.${part}`,
});

const { "embeddings.type": _, ...WITHOUT_TYPES } = BERT_OUTER;

const ROBERTA: Architecture = {
  shape: bertShape("roberta", true),
  prefixes: ["", "roberta."],
  className: "RobertaModel",
  outer: BERT_OUTER,
  layer: { ...BERT_LAYER("weight"), ...BERT_LAYER("bias") },
};

/** The transformers that are read, by config.json's `model_type`. */
export const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  bert: {
    shape: bertShape("bert", false),
    prefixes: ["", "bert."],
    className: "BertModel",
    outer: BERT_OUTER,
    layer: { ...BERT_LAYER("weight"), ...BERT_LAYER("bias") },
  },
  roberta: ROBERTA,
  "xlm-roberta": { ...ROBERTA, shape: bertShape("xlm-roberta", true), className: "XLMRobertaModel" },
  camembert: {
    ...ROBERTA,
    shape: bertShape("camembert", true),
    prefixes: ["", "roberta.", "camembert."],
    className: "CamembertModel",
  },
  distilbert: {
    shape: (config) => ({
      architecture: "distilbert",
      vocabulary: config.count("vocab_size"),
      width: config.count("dim"),
      layers: config.count("n_layers"),
      heads: config.count("n_heads"),
      inner: config.count("hidden_dim"),
      activation: config.choice("activation", { what: "activation", known: ACTIVATIONS, fallback: "gelu" }),
      epsilon: 1e-12,
      positions: config.count("max_position_embeddings"),
      firstPosition: 0,
      types: 0,
      buckets: 0,
    }),
    prefixes: ["", "distilbert."],
    className: "DistilBertModel",
    outer: WITHOUT_TYPES,
    layer: { ...DISTIL_LAYER("weight"), ...DISTIL_LAYER("bias") },
  },
  mpnet: {
    shape: (config) => ({
      ...bertShape("mpnet", true)(config),
      // The network counts from its own padding row, whatever the padding token's id is.
      firstPosition: 2,
      types: 0,
      buckets: config.count("relative_attention_num_buckets", 32),
    }),
    prefixes: ["", "mpnet."],
    className: "MPNetModel",
    outer: { ...WITHOUT_TYPES, "relative_bias": "encoder.relative_attention_bias.weight" },
    layer: { ...MPNET_LAYER("weight"), ...MPNET_LAYER("bias") },
  },
};

/**
 * The bucket of relative attention bias for a key `distance` tokens behind the query (T5, Raffel et al. 2020, as MPNet
 * uses it): half of the buckets for each direction, the first half of those exact, the others logarithmic up to 128.
 */
export function relativeBucket(distance: number, buckets: number): number {
  const half = buckets / 2;
  const exact = half / 2;
  const side = distance > 0 ? half : 0;
  const n = Math.abs(distance);
  if (n < exact) return side + n;
  const far = exact + Math.floor(Math.fround(Math.log(n / exact)) / Math.log(128 / exact) * (half - exact));
  return side + Math.min(half - 1, far);
}
