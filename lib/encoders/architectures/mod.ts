import { type Registry, registry } from "../../core/registry.ts";
import type { Architecture, ArchitecturePart } from "./architecture.ts";
import { BERT } from "./bert.ts";
import { CAMEMBERT } from "./camembert.ts";
import { DISTILBERT } from "./distilbert.ts";
import { MPNET } from "./mpnet.ts";
import { ROBERTA } from "./roberta.ts";
import { XLM_ROBERTA } from "./xlm_roberta.ts";

export type { Architecture, ArchitecturePart } from "./architecture.ts";

/**
 * Transformers that the kit reads, by config.json's `model_type`. A new one is one file and one line.
 *
 * @category Encoders
 */
export const ARCHITECTURES: Registry<ArchitecturePart> = registry<ArchitecturePart>("architecture", [
  BERT,
  ROBERTA,
  XLM_ROBERTA,
  CAMEMBERT,
  DISTILBERT,
  MPNET,
]);

/** The architecture of a name. */
export function architectureOf(name: string): Architecture {
  return ARCHITECTURES.make(name);
}
