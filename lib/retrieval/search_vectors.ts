import { pause } from "../core/pause.ts";
import * as z from "zod";
import { checkValue } from "../core/check_value.ts";
import { ArgumentError, checkCancelled } from "../core/errors.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import type { Progress } from "../core/progress.ts";
import { stopSignal } from "../core/stop.ts";
import type { Vectors } from "../encoders/types.ts";
import { BestRows } from "./best_rows.ts";
import { BlockScorer, blockSizes, vectorRows } from "./block_scorer.ts";

/**
 * Documents as vectors: all at once, or part by part, with one part in memory at a time.
 *
 * @category Retrieval
 */
export type DocumentVectors = Vectors | Iterable<Vectors> | AsyncIterable<Vectors>;

/**
 * Options of {@link searchVectors}.
 *
 * @category Retrieval
 */
export interface SearchVectorsOptions {
  /**
   * Documents kept per query.
   * @default {100}
   */
  depth?: number;
  /**
   * Compares the ids of two documents by row: of two with the same score, the one with the **greater** id ranks first.
   * Omit to rank lower rows first.
   */
  compareIds?: (a: number, b: number) => number;
  /** Rows of documents to leave out for a query, given by its row. */
  excluded?: (query: number) => ReadonlySet<number> | undefined;
  /**
   * Queries of one matrix product.
   * @default {256}
   */
  batchSize?: number;
  /** Documents of one matrix product. Omit for as many as give 128 MB of scores. */
  blockSize?: number;
  /**
   * Threads of the matrix product; 0 for one per core.
   * @default {0}
   */
  threads?: number;
  /** Reports the query-document pairs scored. */
  progress?: Progress;
  /** Cancels the search. */
  signal?: AbortSignal;
}

const SEARCH_VECTORS_OPTIONS: OptionKinds<SearchVectorsOptions> = {
  depth: "number",
  compareIds: "function",
  excluded: "function",
  batchSize: "number",
  blockSize: "number",
  threads: "number",
  progress: "object",
  signal: "object",
};

const COUNT = z.int().min(1);

/**
 * The best documents of one query, best first.
 *
 * @category Retrieval
 */
export interface VectorHits {
  /** Rows of the documents. */
  readonly rows: Int32Array;
  /** Their scores: inner products. */
  readonly scores: Float32Array;
}

/**
 * Exact search: for every query the rows of the documents with the largest inner products. ONNX Runtime multiplies and
 * selects block by block; documents are read once and in order, so they may come as a stream.
 *
 * @throws {ArgumentError} if dimensions differ or the length of an array does not match its shape.
 *
 * @example
 * ```ts
 * import { searchVectors } from "./mod.ts";
 * const queries = { data: Float32Array.of(1, 0), length: 1, dimension: 2 };
 * const documents = { data: Float32Array.of(0, 1, 0.8, 0.6), length: 2, dimension: 2 };
 * const [{ rows }] = await searchVectors(queries, documents, { depth: 1 });
 * console.log(rows[0]); // 1
 * ```
 *
 * @category Retrieval
 */
export async function searchVectors(
  queries: Vectors,
  documents: DocumentVectors,
  options: SearchVectorsOptions = {},
): Promise<VectorHits[]> {
  checkOptions<SearchVectorsOptions>("searchVectors", options, SEARCH_VECTORS_OPTIONS);
  const scorer = new BlockScorer(queries.dimension, options.threads);
  try {
    return await searchVectorsWith(scorer, queries, documents, options);
  } finally {
    await scorer.dispose();
  }
}

/** {@link searchVectors} with a scorer that serves several calls, so that its sessions are made once. */
export async function searchVectorsWith(
  scorer: BlockScorer,
  queries: Vectors,
  documents: DocumentVectors,
  options: SearchVectorsOptions = {},
): Promise<VectorHits[]> {
  checkOptions<SearchVectorsOptions>("searchVectors", options, SEARCH_VECTORS_OPTIONS);
  const { depth = 100, batchSize = 256, compareIds = (a, b) => b - a, progress } = options;
  const signal = stopSignal(options.signal);
  checkValue("depth", COUNT, depth);
  checkValue("batchSize", COUNT, batchSize);
  const sizes = blockSizes(queries.length, batchSize);
  const { blockSize = sizes.documents } = options;
  checkValue("blockSize", COUNT, blockSize);
  const { dimension } = queries;
  checkShape(queries, dimension, "queries");
  const best = Array.from({ length: queries.length }, () => new BestRows(depth, compareIds));
  const barred = options.excluded && best.map((_, query) => options.excluded!(query));
  const mostExcluded = Math.max(0, ...barred?.map((set) => set?.size ?? 0) ?? []);
  const excluded = barred && ((query: number, row: number) => barred[query]?.has(row) ?? false);
  const target = { best, depth: depth + mostExcluded, excluded };
  let before = 0;
  for await (const part of "data" in documents ? [documents] : documents) {
    checkShape(part, dimension, "documents");
    for (let at = 0; at < part.length; at += blockSize) {
      const block = vectorRows(part, at, Math.min(at + blockSize, part.length));
      const numbered = { ...block, begin: before + at };
      for (let first = 0; first < queries.length; first += sizes.queries) {
        checkCancelled(signal, "dense search");
        const some = vectorRows(queries, first, Math.min(first + sizes.queries, queries.length));
        await scorer.offer(some, numbered, target);
      }
      progress?.update((before + at + block.length) * queries.length);
      // Lets signals and other work in.
      await pause(0);
    }
    before += part.length;
  }
  return best.map((rows) => rows.take());
}

function checkShape({ data, length, dimension }: Vectors, expected: number, what: string): void {
  if (dimension !== expected) {
    throw new ArgumentError(`Cannot search: ${what} have ${dimension} dimensions, queries have ${expected}`);
  }
  if (data.length !== length * dimension) {
    throw new ArgumentError(
      `Cannot search: ${what} must hold ${length} x ${dimension} numbers, found ${data.length}`,
    );
  }
}
