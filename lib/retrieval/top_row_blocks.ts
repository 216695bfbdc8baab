import type { Vectors } from "../encoders/types.ts";
import { blockSizes, rowsOf, TopEngine } from "./top_engine.ts";
import { topRowsBy, type TopRowsOptions } from "./top_rows.ts";

/** The best documents of some queries. */
export interface RowBlock {
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
 * {@link topRows} block of queries after block of queries: memory beside the vectors does not grow with the number of
 * queries.
 *
 * @throws {ArgumentError} if the dimensions differ.
 */
export async function* topRowBlocks(
  queries: Vectors,
  documents: Vectors,
  options: Omit<TopRowsOptions, "excluded" | "progress"> = {},
): AsyncGenerator<RowBlock, void, undefined> {
  const found = Math.min(options.depth ?? 100, documents.length);
  const { queries: size } = blockSizes(queries.length);
  const engine = new TopEngine(queries.dimension, options.threads);
  try {
    for (let queryBegin = 0; queryBegin < queries.length; queryBegin += size) {
      const queryEnd = Math.min(queryBegin + size, queries.length);
      const { data, length } = rowsOf(queries, queryBegin, queryEnd);
      const best = await topRowsBy(engine, { data, length, dimension: queries.dimension }, documents, options);
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
