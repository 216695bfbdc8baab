import type { ArchitecturePart } from "./architecture.ts";
import { architecturePart, BERT_LAYER, BERT_NETWORK, bertShape, OUTER, TYPES } from "./bert_family.ts";

/** Entry of the registry. */
export const BERT: ArchitecturePart = architecturePart("bert", "BERT: MiniLM, BGE, E5, GTE …", {
  ...BERT_NETWORK,
  shape: bertShape("bert", false),
  prefixes: ["", "bert."],
  className: "BertModel",
  tensors: { ...OUTER, ...TYPES, ...BERT_LAYER },
});
