import { mul } from "../../graph/mod.ts";
import { rmsNormFromOne } from "../blocks/norms.ts";
import type { TransformerShape } from "../blocks/shape.ts";
import type { Config } from "../config.ts";
import type { ArchitecturePart } from "./architecture.ts";
import { ACTIVATIONS, architecturePart, partNames } from "./bert_family.ts";
import { DECODER_TENSORS, decoderLayers } from "./decoder_family.ts";
import { localLayers, rotarySettings } from "./rotary_settings.ts";

function shape(config: Config): TransformerShape {
  config.only("attn_logit_softcapping", null);
  const [heads, layers] = [config.count("num_attention_heads"), config.count("num_hidden_layers")];
  const both = config.values.use_bidirectional_attention === true;
  const every = config.count("sliding_window_pattern", 6);
  const window = config.count("sliding_window", 4096);
  const fallback = "gelu_pytorch_tanh";
  return {
    architecture: "gemma3_text",
    vocabulary: config.count("vocab_size"),
    width: config.count("hidden_size"),
    layers,
    heads,
    inner: config.count("intermediate_size"),
    activation: config.choice("hidden_activation", { what: "activation", known: ACTIVATIONS, fallback }),
    epsilon: config.number("rms_norm_eps", 1e-6),
    positions: config.count("max_position_embeddings"),
    firstPosition: 0,
    types: 0,
    buckets: 0,
    keyHeads: config.count("num_key_value_heads", heads),
    headWidth: config.count("head_dim", 256),
    scale: config.number("query_pre_attn_scalar", 256) ** -0.5,
    rotary: rotarySettings(config, { base: "rope_theta", fallback: 1_000_000 }),
    localRotary: rotarySettings(config, { kind: "sliding_attention", base: "rope_local_base_freq", fallback: 10_000 }),
    local: localLayers(config, layers, (i) => (i + 1) % every > 0),
    // In both directions a window holds half of its tokens on each side; else the token itself and those before it.
    window: both ? Math.floor(window / 2) : window - 1,
    causal: !both,
    biases: config.values.attention_bias === true ? ["attention"] : [],
  };
}

/** Entry of the registry. */
export const GEMMA3_TEXT: ArchitecturePart = architecturePart("gemma3_text", "Gemma 3, text only: EmbeddingGemma", {
  shape,
  embed: ({ shape }, words, { dropout }) => dropout(mul(words, Math.sqrt(shape.width))),
  layers: decoderLayers(rmsNormFromOne, { after: true }),
  prefixes: ["", "model."],
  className: "Gemma3TextModel",
  tensors: {
    ...DECODER_TENSORS,
    ...partNames({
      "layer.{i}.attention.after_norm": "layers.{i}.post_attention_layernorm",
      "layer.{i}.ffn.norm": "layers.{i}.pre_feedforward_layernorm",
      "layer.{i}.ffn.after_norm": "layers.{i}.post_feedforward_layernorm",
    }),
  },
});
