import type { ArchitecturePart } from "./architecture.ts";
import { architecturePart, robertaFamily } from "./bert_family.ts";

/** Entry of the registry. */
export const ROBERTA: ArchitecturePart = architecturePart(
  "roberta",
  "RoBERTa: all-distilroberta, SimCSE …",
  robertaFamily("roberta", { className: "RobertaModel", prefixes: ["", "roberta."] }),
);
