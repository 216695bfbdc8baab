import type { ArchitecturePart } from "./architecture.ts";
import { architecturePart, BERT_LAYER, bertShape, OUTER, TYPES } from "./bert_family.ts";

/** Entry of the registry. */
export const BERT: ArchitecturePart = architecturePart("bert", "BERT: MiniLM, BGE, E5, GTE …", {
  shape: bertShape("bert", false),
  prefixes: ["", "bert."],
  className: "BertModel",
  outer: { ...OUTER, ...TYPES },
  layer: BERT_LAYER,
});
