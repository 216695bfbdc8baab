import * as z from "zod";
import { attention } from "../blocks/attention.ts";
import { absolute } from "../blocks/embeddings.ts";
import { feedForward } from "../blocks/feed_forward.ts";
import { postNormLayers } from "../blocks/layers.ts";
import { relativeBias } from "../blocks/masks.ts";
import { layerNorm } from "../blocks/norms.ts";
import type { Activation, TransformerShape } from "../blocks/shape.ts";
import type { Config } from "../config.ts";
import type { Architecture, ArchitecturePart } from "./architecture.ts";

/** Activations by their names in config.json. */
export const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: "gelu",
  gelu_new: "gelu_tanh",
  gelu_pytorch_tanh: "gelu_tanh",
  relu: "relu",
  silu: "silu",
  swish: "silu",
};

/** An entry of the registry. */
export function architecturePart(name: string, about: string, architecture: Architecture): ArchitecturePart {
  return { name, about, options: z.strictObject({}), make: () => architecture };
}

/**
 * Reads the settings that BERT's family has in common.
 *
 * @param offset Whether positions begin behind the padding token's id, as in RoBERTa.
 */
export function bertShape(architecture: string, offset: boolean) {
  return (config: Config): TransformerShape => {
    // With relative positions it is another network.
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

/** Absolute positions, attention to the whole text, sums that are normalized. */
export const BERT_NETWORK: Pick<Architecture, "embed" | "layers"> = {
  embed: absolute,
  layers(network, x, layout) {
    const bias = network.shape.buckets > 0 ? relativeBias(network, layout) : layout.bias;
    return postNormLayers(network, x, {
      layout,
      norm: layerNorm,
      attention: (x, at) => attention(network, x, { at, layout, bias }),
      feedForward: (x, at) => feedForward(network, x, { at }),
    });
  },
};

/** Tensors outside the layers, without token types. */
export const OUTER: Readonly<Record<string, string>> = {
  "embeddings.word": "embeddings.word_embeddings.weight",
  "embeddings.position": "embeddings.position_embeddings.weight",
  "embeddings.norm.weight": "embeddings.LayerNorm.weight",
  "embeddings.norm.bias": "embeddings.LayerNorm.bias",
};

/** The table of token types. */
export const TYPES: Readonly<Record<string, string>> = {
  "embeddings.type": "embeddings.token_type_embeddings.weight",
};

/** Names of the weights, and of the biases unless there are none, of parts of the network. */
export function partNames(
  parts: Readonly<Record<string, string>>,
  kinds: readonly ("weight" | "bias")[] = ["weight", "bias"],
): Record<string, string> {
  return Object.fromEntries(
    kinds.flatMap((kind) => Object.entries(parts).map(([part, name]) => [`${part}.${kind}`, `${name}.${kind}`])),
  );
}

/** Names of the parts of a layer of BERT. */
export function layerNames(parts: Readonly<Record<LayerPart, string>>): Record<string, string> {
  return partNames(Object.fromEntries(Object.entries(parts).map(([part, name]) => [`layer.{i}.${part}`, name])));
}

/** A part of a layer that has a weight and a bias. */
type LayerPart =
  | "attention.query"
  | "attention.key"
  | "attention.value"
  | "attention.out"
  | "attention.norm"
  | "ffn.in"
  | "ffn.out"
  | "ffn.norm";

/** Layers of BERT and RoBERTa. */
export const BERT_LAYER: Readonly<Record<string, string>> = layerNames({
  "attention.query": "encoder.layer.{i}.attention.self.query",
  "attention.key": "encoder.layer.{i}.attention.self.key",
  "attention.value": "encoder.layer.{i}.attention.self.value",
  "attention.out": "encoder.layer.{i}.attention.output.dense",
  "attention.norm": "encoder.layer.{i}.attention.output.LayerNorm",
  "ffn.in": "encoder.layer.{i}.intermediate.dense",
  "ffn.out": "encoder.layer.{i}.output.dense",
  "ffn.norm": "encoder.layer.{i}.output.LayerNorm",
});

/** RoBERTa's family: XLM-R and CamemBERT differ in names only. */
export function robertaFamily(
  name: string,
  { className, prefixes }: Pick<Architecture, "className" | "prefixes">,
): Architecture {
  const tensors = { ...OUTER, ...TYPES, ...BERT_LAYER };
  return { ...BERT_NETWORK, shape: bertShape(name, true), prefixes, className, tensors };
}
