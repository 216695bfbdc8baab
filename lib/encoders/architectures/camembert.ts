import type { ArchitecturePart } from "./architecture.ts";
import { architecturePart, robertaFamily } from "./bert_family.ts";

/** Entry of the registry. */
export const CAMEMBERT: ArchitecturePart = architecturePart(
  "camembert",
  "CamemBERT, for French",
  robertaFamily("camembert", { className: "CamembertModel", prefixes: ["", "roberta.", "camembert."] }),
);
