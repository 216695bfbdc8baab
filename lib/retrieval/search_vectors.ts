import { stopSignal } from "../core/stop.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError, checkCancelled } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import type { Vectors } from "../encoders/types.ts";
import { BestRows } from "./best_rows.ts";
import { BlockScorer, blockSizes, vectorRows } from "./block_scorer.ts";

/** Documents as vectors: all at once, or part after part, of which only one need be in memory. */
export type DocumentVectors = Vectors | Iterable<Vectors> | AsyncIterable<Vectors>;

/** Options of {@link searchVectors}. */
export interface SearchVectorsOptions {
  /** Documents kept for a query. @default 100 */
  depth?: number;
  /**
   * Order of the ids of two documents by row: of two that score the same, the one with the **greater** id is ranked
   * first.
   * @default lower rows first
   */
  compareIds?: (a: number, b: number) => number;
  /** Rows of documents that a query, by its row, must not get. */
  excluded?: (query: number) => ReadonlySet<number> | undefined;
  /** Queries of one matrix product. @default 256 */
  batchSize?: number;
  /** Documents of one matrix product. @default as many as give 128 MB of scores */
  blockSize?: number;
  /** Threads of the matrix product. @default 0, as many as there are cores */
  threads?: number;
  /** Told as query-document pairs are scored. */
  progress?: Progress;
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

/** The best documents of one query, best first. */
export interface VectorHits {
  readonly rows: Int32Array;
  readonly scores: Float32Array;
}

/**
 * Exact search: the documents with the greatest inner products for every query, by row. ONNX Runtime multiplies and
 * selects block by block; documents are read once and in order, so they may come as a stream.
 *
 * @throws {ArgumentError} if dimensions differ or an array is not as long as it says.
 *
 * @example
 * ```ts
 * import { searchVectors } from "@syneg/kit";
 * const queries = { data: Float32Array.of(1, 0), length: 1, dimension: 2 };
 * const documents = { data: Float32Array.of(0, 1, 0.8, 0.6), length: 2, dimension: 2 };
 * const [{ rows }] = await searchVectors(queries, documents, { depth: 1 });
 * console.log(rows[0]); // 1
 * ```
 */
export async function searchVectors(
  queries: Vectors,
  documents: DocumentVectors,
  options: SearchVectorsOptions = {},
): Promise<VectorHits[]> {
  checkOptions<SearchVectorsOptions>("searchVectors", options, SEARCH_VECTORS_OPTIONS);
  const engine = new BlockScorer(queries.dimension, options.threads);
  try {
    return await searchVectorsWith(engine, queries, documents, options);
  } finally {
    await engine.dispose();
  }
}

/** {@link searchVectors} by an engine that serves several calls, so that its sessions and their memory are made once. */
export async function searchVectorsWith(
  engine: BlockScorer,
  queries: Vectors,
  documents: DocumentVectors,
  options: SearchVectorsOptions = {},
): Promise<VectorHits[]> {
  checkOptions<SearchVectorsOptions>("searchVectorsWith", options, SEARCH_VECTORS_OPTIONS);
  const { depth = 100, compareIds = (a, b) => b - a, excluded, progress } = options;
  const signal = stopSignal(options.signal);
  if (!Number.isInteger(depth) || depth < 1) {
    throw new ArgumentError(`Cannot search to depth ${depth}: it must be from 1`);
  }
  const { batchSize: batch = 256 } = options;
  if (!Number.isInteger(batch) || batch < 1) throw new ArgumentError(`Cannot search in batches of ${batch} queries`);
  const sizes = blockSizes(queries.length, batch);
  const { blockSize: size = sizes.documents } = options;
  if (!Number.isInteger(size) || size < 1) throw new ArgumentError(`Cannot search blocks of ${size} documents`);
  const width = queries.dimension;
  check(queries, width, "queries");
  const tops = Array.from({ length: queries.length }, () => new BestRows(depth, compareIds));
  const sets = excluded && tops.map((_, query) => excluded(query));
  const most = Math.max(0, ...sets?.map((set) => set?.size ?? 0) ?? []);
  const barred = sets && ((query: number, row: number) => sets[query]?.has(row) ?? false);
  let before = 0;
  for await (const part of "data" in documents ? [documents] : documents) {
    check(part, width, "documents");
    for (let at = 0; at < part.length; at += size) {
      const block = vectorRows(part, at, Math.min(at + size, part.length));
      const numbered = { ...block, begin: before + at };
      for (let first = 0; first < queries.length; first += sizes.queries) {
        checkCancelled(signal, "dense search");
        const some = vectorRows(queries, first, Math.min(first + sizes.queries, queries.length));
        await engine.offer(some, numbered, tops, depth + most, barred);
      }
      progress?.update((before + at + block.length) * queries.length);
      // Lets signals and other work in.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    before += part.length;
  }
  return tops.map((top) => top.take());
}

function check({ data, length, dimension }: Vectors, wanted: number, what: string): void {
  if (dimension !== wanted) {
    throw new ArgumentError(`Cannot search: ${what} have ${dimension} dimensions, queries have ${wanted}`);
  }
  if (data.length !== length * dimension) {
    throw new ArgumentError(
      `Cannot search: ${what} say ${length} x ${dimension}, their data holds ${data.length} numbers`,
    );
  }
}
