export * from "./evaluate.ts";
export * from "./measure.ts";
export * from "./measures.ts";
export * from "./trec_report.ts";
