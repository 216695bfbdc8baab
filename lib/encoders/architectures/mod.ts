import { type Registry, registry } from "../../core/registry.ts";
import type { Architecture, ArchitecturePart } from "./architecture.ts";
import { BERT } from "./bert.ts";
import { CAMEMBERT } from "./camembert.ts";
import { DISTILBERT } from "./distilbert.ts";
import { ELECTRA } from "./electra.ts";
import { GEMMA3_TEXT } from "./gemma3_text.ts";
import { MODERNBERT } from "./modernbert.ts";
import { MPNET } from "./mpnet.ts";
import { NOMIC_BERT } from "./nomic_bert.ts";
import { QWEN3 } from "./qwen3.ts";
import { ROBERTA } from "./roberta.ts";
import { XLM_ROBERTA } from "./xlm_roberta.ts";

export { whyUnknown } from "./unknown.ts";
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
  ELECTRA,
  MODERNBERT,
  NOMIC_BERT,
  QWEN3,
  GEMMA3_TEXT,
]);

/** The architecture of a name. */
export function architectureOf(name: string): Architecture {
  return ARCHITECTURES.make(name);
}
