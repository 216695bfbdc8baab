/**
 * Requests in batches: as files for OpenAI Batch or vLLM run-batch, or through the Batch API.
 *
 * @module
 */
export { type BatchFileOptions, batchLines } from "./batch_lines.ts";
export { type BatchRunOptions, runBatches } from "./run_batches.ts";
export { type BatchCounts, type BatchTakeOptions, takeBatch } from "./take_batch.ts";
