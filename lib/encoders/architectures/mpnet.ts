import type { ArchitecturePart } from "./architecture.ts";
import { architecturePart, BERT_NETWORK, bertShape, layerNames, OUTER } from "./bert_family.ts";

/** Entry of the registry. */
export const MPNET: ArchitecturePart = architecturePart("mpnet", "MPNet: all-mpnet, multi-qa-mpnet …", {
  ...BERT_NETWORK,
  shape: (config) => ({
    ...bertShape("mpnet", true)(config),
    // The network counts from its own padding row, whatever the padding token's id.
    firstPosition: 2,
    types: 0,
    buckets: config.count("relative_attention_num_buckets", 32),
  }),
  prefixes: ["", "mpnet."],
  className: "MPNetModel",
  tensors: {
    ...OUTER,
    "relative_bias": "encoder.relative_attention_bias.weight",
    ...layerNames({
      "attention.query": "encoder.layer.{i}.attention.attn.q",
      "attention.key": "encoder.layer.{i}.attention.attn.k",
      "attention.value": "encoder.layer.{i}.attention.attn.v",
      "attention.out": "encoder.layer.{i}.attention.attn.o",
      "attention.norm": "encoder.layer.{i}.attention.LayerNorm",
      "ffn.in": "encoder.layer.{i}.intermediate.dense",
      "ffn.out": "encoder.layer.{i}.output.dense",
      "ffn.norm": "encoder.layer.{i}.output.LayerNorm",
    }),
  },
});
