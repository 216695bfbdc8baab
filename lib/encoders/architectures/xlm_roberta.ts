import type { ArchitecturePart } from "./architecture.ts";
import { architecturePart, robertaFamily } from "./bert_family.ts";

/** Entry of the registry. */
export const XLM_ROBERTA: ArchitecturePart = architecturePart(
  "xlm-roberta",
  "XLM-R: multilingual E5, BGE-M3 …",
  robertaFamily("xlm-roberta", { className: "XLMRobertaModel", prefixes: ["", "roberta."] }),
);
