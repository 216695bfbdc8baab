import { rmsNorm } from "../blocks/norms.ts";
import type { TransformerShape } from "../blocks/shape.ts";
import type { Config } from "../config.ts";
import type { ArchitecturePart } from "./architecture.ts";
import { ACTIVATIONS, architecturePart, partNames } from "./bert_family.ts";
import { DECODER_TENSORS, decoderLayers } from "./decoder_family.ts";
import { localLayers, rotarySettings } from "./rotary_settings.ts";

function shape(config: Config): TransformerShape {
  const [heads, layers] = [config.count("num_attention_heads"), config.count("num_hidden_layers")];
  const sliding = config.values.use_sliding_window === true && config.values.sliding_window !== null;
  const first = config.count("max_window_layers", 28);
  const local = localLayers(config, layers, (i) => sliding && i >= first);
  return {
    architecture: "qwen3",
    vocabulary: config.count("vocab_size"),
    width: config.count("hidden_size"),
    layers,
    heads,
    inner: config.count("intermediate_size"),
    activation: config.choice("hidden_act", { what: "activation", known: ACTIVATIONS, fallback: "silu" }),
    epsilon: config.number("rms_norm_eps", 1e-6),
    positions: config.count("max_position_embeddings"),
    firstPosition: 0,
    types: 0,
    buckets: 0,
    keyHeads: config.count("num_key_value_heads", heads),
    headWidth: config.count("head_dim", 128),
    rotary: rotarySettings(config, { base: "rope_theta", fallback: 10_000 }),
    // A window holds the token itself and those before it.
    ...(local.includes(true) ? { local, window: config.count("sliding_window", 4096) - 1 } : {}),
    causal: true,
    biases: config.values.attention_bias === true ? ["attention"] : [],
  };
}

/** Entry of the registry. */
export const QWEN3: ArchitecturePart = architecturePart("qwen3", "Qwen3: Qwen3-Embedding …", {
  shape,
  embed: (_, words, { dropout }) => dropout(words),
  layers: decoderLayers(rmsNorm),
  prefixes: ["", "model."],
  className: "Qwen3Model",
  tensors: { ...DECODER_TENSORS, ...partNames({ "layer.{i}.ffn.norm": "layers.{i}.post_attention_layernorm" }) },
});
