import { ArgumentError } from "../core/errors.ts";
import type { Vectors } from "../encoders/types.ts";
import { type DocumentVectors, GROUP, type ScoreBlock, scoreBlocks, type ScoreOptions } from "./score_blocks.ts";
import { Top } from "./top.ts";

/** Options of {@link topRows}. */
export interface TopRowsOptions extends ScoreOptions {
  /** Documents kept for a query. @default 100 */
  depth?: number;
  /** Order of two documents' ids: of two that score the same, the one with the **greater** id is ranked first. @default by row */
  compareIds?: (a: number, b: number) => number;
  /** Rows of documents that a query must not get. */
  excluded?: (query: number) => ReadonlySet<number> | undefined;
}

/** The best documents of one query, best first. */
export interface TopRows {
  readonly rows: Int32Array;
  readonly scores: Float32Array;
}

/**
 * Exact search: the documents with the greatest inner products for every query, by row.
 *
 * ONNX Runtime computes the scores and the greatest of every 64 documents. The depth-th greatest of those is a score
 * that at least `depth` documents reach, so whatever lies in a group below it need not be looked at.
 */
export async function topRows(
  queries: Vectors,
  documents: DocumentVectors,
  options: TopRowsOptions = {},
): Promise<TopRows[]> {
  const { depth = 100, compareIds = (a, b) => a - b, excluded } = options;
  if (!Number.isInteger(depth) || depth < 1) {
    throw new ArgumentError(`Cannot search to depth ${depth}: it must be from 1`);
  }
  const tops = Array.from({ length: queries.length }, () => new Top(depth, compareIds));
  for await (const block of scoreBlocks(queries, documents, options)) {
    for (let query = block.queryBegin; query < block.queryEnd; query++) {
      collect(block, query, tops[query], excluded?.(query));
    }
  }
  return tops.map((top) => top.take());
}

/** Offers a block's documents to the best ones so far. */
function collect(block: ScoreBlock, query: number, top: Top, excluded: ReadonlySet<number> | undefined): void {
  const { scores, stride, maxima, documentBegin, documentEnd } = block;
  const groups = stride / GROUP;
  const groupsAt = (query - block.queryBegin) * groups;
  const scoresAt = (query - block.queryBegin) * stride;
  const least = leastOf(maxima.subarray(groupsAt, groupsAt + groups), top.depth + (excluded?.size ?? 0));
  let threshold = Math.max(top.threshold, least);
  for (let group = 0; group < groups; group++) {
    if (maxima[groupsAt + group] < threshold) continue;
    const end = Math.min((group + 1) * GROUP, documentEnd - documentBegin);
    for (let i = group * GROUP; i < end; i++) {
      const score = scores[scoresAt + i];
      if (score < threshold || excluded?.has(documentBegin + i)) continue;
      top.add(documentBegin + i, score);
      if (top.threshold > threshold) threshold = top.threshold;
    }
  }
}

/** The `count`-th greatest of the groups' maxima: that many documents reach it. */
function leastOf(maxima: Float32Array, count: number): number {
  return maxima.length < count ? -Infinity : maxima.toSorted()[maxima.length - count];
}
