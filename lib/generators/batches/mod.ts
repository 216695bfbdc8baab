/**
 * Requests in batches: as files for OpenAI Batch or vLLM run-batch, or through the Batch API.
 *
 * @module
 */
export { type BatchRunOptions, runBatches } from "./batch_api.ts";
export { type BatchCounts, type BatchFileOptions, batchLines, type BatchTakeOptions, takeBatch } from "./batch_file.ts";
