/**
 * SyNeg Kit: dense retrieval with hard negatives, from mining and writing them to the trained, measured encoder.
 *
 * @module
 */
export * from "./lib/core/mod.ts";
export * from "./lib/tables/mod.ts";
export * from "./lib/files/mod.ts";
export * from "./lib/hub/mod.ts";
export * from "./lib/trec/mod.ts";
export * from "./lib/collections/mod.ts";
export * from "./lib/graph/mod.ts";
export * from "./lib/encoders/mod.ts";
export * from "./lib/retrieval/mod.ts";
export * from "./lib/generators/mod.ts";
export * from "./lib/negatives/mod.ts";
export * from "./lib/training/mod.ts";
export * from "./lib/evaluation/mod.ts";
export * as plots from "./lib/plots/mod.ts";
export type { Chart, CurveEvent } from "./lib/plots/mod.ts";
export * from "./lib/experiments/mod.ts";
