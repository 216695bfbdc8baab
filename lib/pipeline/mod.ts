/**
 * Documents in, verdict out: a collection made of documents, an encoder fine-tuned on it, and whether that helped.
 *
 * @example
 * ```ts
 * import { planPipeline } from "@syneg/kit/pipeline";
 * const documents = new URL("../../data/documents", import.meta.url).pathname;
 * const plan = await planPipeline({ documents, model: "m" }, { price: { prompt: 0.15, completion: 0.6 } });
 * console.log(plan.documents, plan.stages.map(({ name }) => name)); // 24 ["queries", "judgments", "negatives"]
 * ```
 *
 * @module
 */
export { type Chunk, chunk, type ChunkOptions } from "./chunk.ts";
export { readDocuments, type ReadDocumentsOptions } from "./documents/read_documents.ts";
export type { DocumentFinding, ReadDocuments, SourceDocument } from "./documents/source_document.ts";
export { type Leakage, leakage, type LeakageInput } from "./leakage.ts";
export type { PipelineAsking, PipelineSettings } from "./options.ts";
export { type PipelinePlan, type PlannedStage, planPipeline, type PlanPipelineOptions } from "./plan_pipeline.ts";
export { type PipelineResult, runPipeline, type RunPipelineOptions } from "./run_pipeline.ts";
export {
  type DocumentSplit,
  type SplitDocument,
  splitDocuments,
  type SplitDocumentsOptions,
} from "./split_documents.ts";
export type { PipelineVerdict } from "./verdict.ts";
