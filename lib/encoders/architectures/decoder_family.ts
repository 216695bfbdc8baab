import { attention } from "../blocks/attention.ts";
import { gatedFeedForward } from "../blocks/feed_forward.ts";
import { preNormLayers } from "../blocks/layers.ts";
import { byPieces, type Norm } from "../blocks/norms.ts";
import { headWidthOf } from "../blocks/shape.ts";
import { layerSight } from "../blocks/sight.ts";
import type { Architecture } from "./architecture.ts";
import { partNames } from "./bert_family.ts";

/** Layers of language models whose heads of queries and keys are normalized: Qwen3, Gemma3. */
export function decoderLayers(norm: Norm, { after = false }: { after?: boolean } = {}): Architecture["layers"] {
  return (network, x, layout) => {
    const sight = layerSight(network, layout);
    const heads = byPieces(norm, headWidthOf(network.shape));
    const biases = network.shape.biases?.includes("attention") ?? false;
    return preNormLayers(network, x, {
      layout,
      norm,
      after,
      attention: (x, at, i) => attention(network, x, { at, layout, ...sight(i), norm: heads, biases }),
      feedForward: (x, at) => gatedFeedForward(network, x, { at }),
    });
  };
}

/** Tensors of these language models, without the norms of the layers. */
export const DECODER_TENSORS: Readonly<Record<string, string>> = {
  "embeddings.word": "embed_tokens.weight",
  ...partNames({
    "layer.{i}.attention.query": "layers.{i}.self_attn.q_proj",
    "layer.{i}.attention.key": "layers.{i}.self_attn.k_proj",
    "layer.{i}.attention.value": "layers.{i}.self_attn.v_proj",
    "layer.{i}.attention.out": "layers.{i}.self_attn.o_proj",
    "layer.{i}.attention.query_norm": "layers.{i}.self_attn.q_norm",
    "layer.{i}.attention.key_norm": "layers.{i}.self_attn.k_norm",
    "layer.{i}.ffn.gate": "layers.{i}.mlp.gate_proj",
    "layer.{i}.ffn.in": "layers.{i}.mlp.up_proj",
    "layer.{i}.ffn.out": "layers.{i}.mlp.down_proj",
    "layer.{i}.attention.norm": "layers.{i}.input_layernorm",
    "final_norm": "norm",
  }),
};
