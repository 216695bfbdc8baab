export * from "./evaluate.ts";
export * from "./evaluate_encoder.ts";
export * from "./geometry.ts";
export * from "./measure.ts";
export * from "./measures.ts";
export * from "./similarities.ts";
export * from "./trec_report.ts";
