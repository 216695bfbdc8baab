import { type Registry, registry } from "../../core/registry.ts";
import type { AnalyzerPart } from "./analyzer.ts";
import { english } from "./english.ts";
import { standard } from "./standard.ts";

/**
 * The analyzers of BM25. A new one is one file and one line here.
 *
 * @category Retrieval
 */
export const ANALYZERS: Registry<AnalyzerPart> = registry("analyzer", [english, standard]);
