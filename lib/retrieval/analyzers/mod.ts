export { analyze, analyzerOf } from "./analyze.ts";
export type { Analyzer, AnalyzerPart } from "./analyzer.ts";
export { ENGLISH_STOP_WORDS } from "./english.ts";
export { ANALYZERS } from "./registry.ts";
