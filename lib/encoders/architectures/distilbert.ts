import type { ArchitecturePart } from "./architecture.ts";
import { ACTIVATIONS, architecturePart, BERT_NETWORK, layerNames, OUTER } from "./bert_family.ts";

/** Entry of the registry. */
export const DISTILBERT: ArchitecturePart = architecturePart("distilbert", "DistilBERT: TAS-B, msmarco-distilbert …", {
  ...BERT_NETWORK,
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
  tensors: {
    ...OUTER,
    ...layerNames({
      "attention.query": "transformer.layer.{i}.attention.q_lin",
      "attention.key": "transformer.layer.{i}.attention.k_lin",
      "attention.value": "transformer.layer.{i}.attention.v_lin",
      "attention.out": "transformer.layer.{i}.attention.out_lin",
      "attention.norm": "transformer.layer.{i}.sa_layer_norm",
      "ffn.in": "transformer.layer.{i}.ffn.lin1",
      "ffn.out": "transformer.layer.{i}.ffn.lin2",
      "ffn.norm": "transformer.layer.{i}.output_layer_norm",
    }),
  },
});
