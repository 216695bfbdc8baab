import type { Vectors } from "../encoders/types.ts";
import { BlockScorer, blockSizes, vectorRows } from "./block_scorer.ts";
import { type SearchVectorsOptions, searchVectorsWith } from "./search_vectors.ts";

/**
 * The best documents of a block of queries.
 *
 * @category Retrieval
 */
export interface VectorHitBlock {
  /** The first query's row. */
  readonly queryBegin: number;
  /** The row after the last query's. */
  readonly queryEnd: number;
  /** Rows found per query: the depth, or all documents if there are fewer. */
  readonly found: number;
  /** Document rows, `found` per query, best first. */
  readonly rows: Int32Array;
  /** Their scores: inner products. */
  readonly scores: Float32Array;
}

/**
 * {@link searchVectors}, one block of queries at a time: memory beside the vectors does not grow with the number of
 * queries.
 *
 * @throws {ArgumentError} if the dimensions differ.
 *
 * @example
 * ```ts
 * import { searchVectorBlocks } from "./mod.ts";
 * const queries = { data: Float32Array.of(1, 0), length: 1, dimension: 2 };
 * const documents = { data: Float32Array.of(0, 1, 0.8, 0.6), length: 2, dimension: 2 };
 * for await (const { rows } of searchVectorBlocks(queries, documents, { depth: 1 })) console.log(rows); // Int32Array(1) [ 1 ]
 * ```
 *
 * @category Retrieval
 */
export async function* searchVectorBlocks(
  queries: Vectors,
  documents: Vectors,
  options: Omit<SearchVectorsOptions, "excluded" | "progress"> = {},
): AsyncGenerator<VectorHitBlock, void, undefined> {
  const found = Math.min(options.depth ?? 100, documents.length);
  const { queries: size } = blockSizes(queries.length);
  const scorer = new BlockScorer(queries.dimension, options.threads);
  try {
    for (let queryBegin = 0; queryBegin < queries.length; queryBegin += size) {
      const queryEnd = Math.min(queryBegin + size, queries.length);
      const { data, length } = vectorRows(queries, queryBegin, queryEnd);
      const block = { data, length, dimension: queries.dimension };
      const hits = await searchVectorsWith(scorer, block, documents, options);
      const rows = new Int32Array(length * found);
      const scores = new Float32Array(length * found);
      hits.forEach((own, i) => {
        rows.set(own.rows, i * found);
        scores.set(own.scores, i * found);
      });
      yield { queryBegin, queryEnd, found, rows, scores };
    }
  } finally {
    await scorer.dispose();
  }
}
