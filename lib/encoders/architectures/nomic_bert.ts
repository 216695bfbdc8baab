import { attention } from "../blocks/attention.ts";
import { typed } from "../blocks/embeddings.ts";
import { gatedFeedForward } from "../blocks/feed_forward.ts";
import { postNormLayers } from "../blocks/layers.ts";
import { layerNorm } from "../blocks/norms.ts";
import type { TransformerShape } from "../blocks/shape.ts";
import { layerSight } from "../blocks/sight.ts";
import type { Config } from "../config.ts";
import type { ArchitecturePart } from "./architecture.ts";
import { ACTIVATIONS, architecturePart, partNames } from "./bert_family.ts";
import { rotarySettings } from "./rotary_settings.ts";

/** Settings of older files that name another network. */
const ONLY: Readonly<Record<string, boolean | number>> = {
  prenorm: false,
  parallel_block: false,
  qkv_proj_bias: false,
  mlp_fc1_bias: false,
  mlp_fc2_bias: false,
  rotary_emb_interleaved: false,
  rotary_emb_fraction: 1,
  use_rms_norm: false,
};

/** Names of the fields in older files, which have GPT-2's. */
function shape(config: Config): TransformerShape {
  for (const [field, wanted] of Object.entries(ONLY)) config.only(field, wanted);
  const count = (field: string, old: string) => config.count(field, config.values[old] as number | undefined);
  const activation = { what: "activation", known: { ...ACTIVATIONS, swiglu: "silu" as const }, fallback: "silu" };
  return {
    architecture: "nomic_bert",
    vocabulary: config.count("vocab_size"),
    width: count("hidden_size", "n_embd"),
    layers: count("num_hidden_layers", "n_layer"),
    heads: count("num_attention_heads", "n_head"),
    inner: count("intermediate_size", "n_inner"),
    activation: config.choice("hidden_act" in config.values ? "hidden_act" : "activation_function", activation),
    epsilon: config.number("layer_norm_eps", config.number("layer_norm_epsilon", 1e-12)),
    positions: count("max_position_embeddings", "n_positions"),
    firstPosition: 0,
    types: config.count("type_vocab_size", 2),
    buckets: 0,
    rotary: rotarySettings(config, { base: "rotary_emb_base", fallback: 1000 }),
  };
}

/** Entry of the registry. */
export const NOMIC_BERT: ArchitecturePart = architecturePart("nomic_bert", "Nomic BERT: nomic-embed-text v1, v1.5 …", {
  shape,
  embed: (network, words, places) =>
    places.dropout(layerNorm(network, typed(network, words, places), "embeddings.norm")),
  layers(network, x, layout) {
    const sight = layerSight(network, layout);
    return postNormLayers(network, x, {
      layout,
      norm: layerNorm,
      attention: (x, at, i) => attention(network, x, { at, layout, ...sight(i), joined: true, biases: false }),
      feedForward: (x, at) => gatedFeedForward(network, x, { at }),
    });
  },
  prefixes: ["", "nomic_bert.", "bert."],
  className: "NomicBertModel",
  tensors: {
    "embeddings.word": "embeddings.word_embeddings.weight",
    "embeddings.type": "embeddings.token_type_embeddings.weight",
    ...partNames({
      "embeddings.norm": "emb_ln",
      "layer.{i}.attention.qkv": "encoder.layers.{i}.attn.Wqkv",
      "layer.{i}.attention.out": "encoder.layers.{i}.attn.out_proj",
      "layer.{i}.attention.norm": "encoder.layers.{i}.norm1",
      "layer.{i}.ffn.in": "encoder.layers.{i}.mlp.fc11",
      "layer.{i}.ffn.gate": "encoder.layers.{i}.mlp.fc12",
      "layer.{i}.ffn.out": "encoder.layers.{i}.mlp.fc2",
      "layer.{i}.ffn.norm": "encoder.layers.{i}.norm2",
    }),
  },
});
