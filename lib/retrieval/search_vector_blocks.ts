import type { Vectors } from "../encoders/types.ts";
import { BlockScorer, blockSizes, vectorRows } from "./block_scorer.ts";
import { type SearchVectorsOptions, searchVectorsWith } from "./search_vectors.ts";

/** The best documents of some queries. */
export interface VectorHitBlock {
  /** Queries `queryBegin` up to `queryEnd` (not included). */
  readonly queryBegin: number;
  readonly queryEnd: number;
  /** Rows found per query: the depth, or all documents where there are fewer. */
  readonly found: number;
  /** Document rows, `found` per query, best first. */
  readonly rows: Int32Array;
  /** Their scores: inner products. */
  readonly scores: Float32Array;
}

/**
 * {@link searchVectors} block of queries after block of queries: memory beside the vectors does not grow with the number of
 * queries.
 *
 * @throws {ArgumentError} if the dimensions differ.
 */
export async function* searchVectorBlocks(
  queries: Vectors,
  documents: Vectors,
  options: Omit<SearchVectorsOptions, "excluded" | "progress"> = {},
): AsyncGenerator<VectorHitBlock, void, undefined> {
  const found = Math.min(options.depth ?? 100, documents.length);
  const { queries: size } = blockSizes(queries.length);
  const engine = new BlockScorer(queries.dimension, options.threads);
  try {
    for (let queryBegin = 0; queryBegin < queries.length; queryBegin += size) {
      const queryEnd = Math.min(queryBegin + size, queries.length);
      const { data, length } = vectorRows(queries, queryBegin, queryEnd);
      const best = await searchVectorsWith(engine, { data, length, dimension: queries.dimension }, documents, options);
      const rows = new Int32Array(length * found);
      const scores = new Float32Array(length * found);
      best.forEach((one, i) => {
        rows.set(one.rows, i * found);
        scores.set(one.scores, i * found);
      });
      yield { queryBegin, queryEnd, found, rows, scores };
    }
  } finally {
    await engine.dispose();
  }
}
