export { compareSuites, type SuiteComparison, type SuitesComparison } from "./compare_suites.ts";
export { evaluateSuite, type EvaluateSuiteOptions, type SuiteCollection, type SuiteResult } from "./evaluate_suite.ts";
export { loadSuite } from "./load_suite.ts";
export type { Suite, SuiteEntry } from "./suite.ts";
export { type SuitePart, SUITES } from "./suites.ts";
