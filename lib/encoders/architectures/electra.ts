import { absolute } from "../blocks/embeddings.ts";
import { linear } from "../blocks/linear.ts";
import { tableWidthOf } from "../blocks/shape.ts";
import type { ArchitecturePart } from "./architecture.ts";
import { architecturePart, BERT_LAYER, BERT_NETWORK, bertShape, OUTER, partNames, TYPES } from "./bert_family.ts";

/** Entry of the registry. */
export const ELECTRA: ArchitecturePart = architecturePart("electra", "ELECTRA, whose token table may be narrower", {
  shape(config) {
    const shape = bertShape("electra", false)(config);
    const embedding = config.count("embedding_size", 128);
    return embedding === shape.width ? shape : { ...shape, embedding };
  },
  embed(network, words, places) {
    const [x, inputs] = [absolute(network, words, places), tableWidthOf(network.shape)];
    return inputs === network.shape.width ? x : linear(network, x, { name: "embeddings.project", inputs });
  },
  layers: BERT_NETWORK.layers,
  prefixes: ["", "electra."],
  className: "ElectraModel",
  tensors: { ...OUTER, ...TYPES, ...partNames({ "embeddings.project": "embeddings_project" }), ...BERT_LAYER },
});
