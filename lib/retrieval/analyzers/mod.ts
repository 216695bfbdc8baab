export { analyze, analyzerOf } from "./analyze.ts";
export type { Analyzer, AnalyzerChoice, AnalyzerPart } from "./analyzer.ts";
export { ENGLISH_STOP_WORDS } from "./english.ts";
export { ANALYZERS } from "./registry.ts";
export { SNOWBALL_LANGUAGES } from "./snowball_languages.ts";
