import { attention } from "../blocks/attention.ts";
import { joinedFeedForward } from "../blocks/feed_forward.ts";
import { preNormLayers } from "../blocks/layers.ts";
import { layerNorm, scaleNorm } from "../blocks/norms.ts";
import type { TransformerShape } from "../blocks/shape.ts";
import { layerSight } from "../blocks/sight.ts";
import type { Config } from "../config.ts";
import type { ArchitecturePart } from "./architecture.ts";
import { ACTIVATIONS, architecturePart, partNames } from "./bert_family.ts";
import { localLayers, rotarySettings } from "./rotary_settings.ts";

/** Parts that may have biases, by the fields of config.json. */
const BIASES = { attention_bias: "attention", mlp_bias: "feed-forward", norm_bias: "norm" } as const;

function shape(config: Config): TransformerShape {
  const layers = config.count("num_hidden_layers");
  const every = config.count("global_attn_every_n_layers", 3);
  const fields = Object.keys(BIASES) as (keyof typeof BIASES)[];
  return {
    architecture: "modernbert",
    vocabulary: config.count("vocab_size"),
    width: config.count("hidden_size"),
    layers,
    heads: config.count("num_attention_heads"),
    inner: config.count("intermediate_size"),
    activation: config.choice("hidden_activation", { what: "activation", known: ACTIVATIONS, fallback: "gelu" }),
    epsilon: config.number("norm_eps", 1e-5),
    positions: config.count("max_position_embeddings"),
    firstPosition: 0,
    types: 0,
    buckets: 0,
    rotary: rotarySettings(config, { base: "global_rope_theta", fallback: 160_000 }),
    localRotary: rotarySettings(config, { kind: "sliding_attention", base: "local_rope_theta", fallback: 10_000 }),
    local: localLayers(config, layers, (i) => i % every > 0),
    window: Math.floor(config.count("local_attention", 128) / 2),
    biases: fields.filter((field) => config.values[field] === true).map((field) => BIASES[field]),
  };
}

/** Entry of the registry. */
export const MODERNBERT: ArchitecturePart = architecturePart(
  "modernbert",
  "ModernBERT: modernbert-embed, gte-modernbert …",
  {
    shape,
    embed: (network, words, { dropout }) =>
      dropout((network.shape.biases?.includes("norm") ? layerNorm : scaleNorm)(network, words, "embeddings.norm")),
    layers(network, x, layout) {
      const { biases = [] } = network.shape;
      const sight = layerSight(network, layout);
      return preNormLayers(network, x, {
        layout,
        norm: biases.includes("norm") ? layerNorm : scaleNorm,
        firstAsIs: true,
        attention: (x, at, i) =>
          attention(network, x, { at, layout, ...sight(i), joined: true, biases: biases.includes("attention") }),
        feedForward: (x, at) => joinedFeedForward(network, x, { at, bias: biases.includes("feed-forward") }),
      });
    },
    prefixes: ["", "model."],
    className: "ModernBertModel",
    tensors: {
      "embeddings.word": "embeddings.tok_embeddings.weight",
      ...partNames({
        "embeddings.norm": "embeddings.norm",
        "layer.{i}.attention.norm": "layers.{i}.attn_norm",
        "layer.{i}.attention.qkv": "layers.{i}.attn.Wqkv",
        "layer.{i}.attention.out": "layers.{i}.attn.Wo",
        "layer.{i}.ffn.norm": "layers.{i}.mlp_norm",
        "layer.{i}.ffn.in": "layers.{i}.mlp.Wi",
        "layer.{i}.ffn.out": "layers.{i}.mlp.Wo",
        "final_norm": "final_norm",
      }),
    },
  },
);
