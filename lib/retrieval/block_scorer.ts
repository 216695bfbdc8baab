import type { Vectors } from "../encoders/types.ts";
import { compile, gemm, Graph, type Session, topK } from "../graph/mod.ts";
import type { BestRows } from "./best_rows.ts";

/** Scores of one product: 128 MB. Fewer, larger products leave less to merge. */
const SCORES = 1 << 25;
/** Queries of one product, by default. */
const QUERIES = 256;

/** How many queries and documents one product takes, given the number of queries. */
export function blockSizes(queries: number, batchSize = QUERIES): { queries: number; documents: number } {
  const batch = Math.max(1, Math.min(batchSize, queries));
  return { queries: batch, documents: Math.floor(SCORES / batch) };
}

/** A range of rows of vectors. */
export interface VectorRows {
  readonly data: Float32Array;
  /** The first row's number among all. */
  readonly begin: number;
  readonly length: number;
}

/** Rows `begin` to `end` without a copy. */
export function vectorRows({ data, dimension }: Vectors, begin: number, end: number): VectorRows {
  return { data: data.subarray(begin * dimension, end * dimension), begin, length: end - begin };
}

/** What a product is merged into. */
export interface BlockTarget {
  /** The best documents so far, by query. */
  readonly best: readonly BestRows[];
  /** Documents kept per query, plus the most that are excluded for any query. */
  readonly depth: number;
  /** Whether a query must not get a document; both by their row among all. */
  readonly excluded?: (query: number, row: number) => boolean;
}

/** Scores blocks of documents: one matrix product, followed by ONNX Runtime's TopK. */
export class BlockScorer {
  readonly #dimension: number;
  readonly #threads?: number;
  readonly #sessions = new Map<number, Session>();

  constructor(dimension: number, threads?: number) {
    this.#dimension = dimension;
    this.#threads = threads;
  }

  /** Adds a block of documents to the best ones of a block of queries. */
  async offer(queries: VectorRows, documents: VectorRows, target: BlockTarget): Promise<void> {
    const { best, depth, excluded } = target;
    // One more than can be kept: if that one is worse than the last kept, ties at the cut need no second look.
    const count = Math.min(depth + 1, documents.length);
    const session = await this.#session(count);
    const feeds = {
      queries: { data: queries.data, shape: [queries.length, this.#dimension] },
      documents: { data: documents.data, shape: [documents.length, this.#dimension] },
    };
    const { values, indices } = await session.run(feeds, { only: ["values", "indices"] });
    const scores = values.data as Float32Array;
    // Row numbers fit the low halves of the 64-bit indices, which are much quicker to read than BigInts.
    const halves = new Int32Array(indices.data.buffer, indices.data.byteOffset, indices.data.length * 2);
    const tied: number[] = [];
    for (let i = 0; i < queries.length; i++) {
      const query = queries.begin + i;
      const own = best[query];
      let threshold = own.threshold;
      let at = i * count;
      const end = at + count;
      for (; at < end && scores[at] >= threshold; at++) {
        const row = documents.begin + halves[2 * at];
        if (excluded?.(query, row)) continue;
        own.add(row, scores[at]);
        threshold = own.threshold;
      }
      if (at === end && count < documents.length && scores[end - 1] >= threshold) tied.push(i);
    }
    if (tied.length === 0) return;
    const all = (await session.run(feeds, { only: ["scores"] })).scores.data as Float32Array;
    for (const i of tied) {
      const own = all.subarray(i * documents.length, (i + 1) * documents.length);
      settleTies(own, documents.begin, queries.begin + i, target);
    }
  }

  async #session(count: number): Promise<Session> {
    let session = this.#sessions.get(count);
    if (session === undefined) {
      const graph = new Graph();
      const queries = graph.input("queries", { shape: ["queries", this.#dimension] });
      const documents = graph.input("documents", { shape: ["documents", this.#dimension] });
      const scores = gemm(queries, documents, { transB: true });
      session = await compile({ scores, ...topK(scores, { k: count }) }, {
        threads: this.#threads,
        reuseOutputs: true,
      });
      this.#sessions.set(count, session);
    }
    return session;
  }

  /** Frees the native memory. */
  async dispose(): Promise<void> {
    for (const session of this.#sessions.values()) await session.dispose();
    this.#sessions.clear();
  }
}

/** Goes through all scores of a query with documents beyond TopK's cut that score as much as the last kept one. */
function settleTies(scores: Float32Array, begin: number, query: number, { best, excluded }: BlockTarget): void {
  const own = best[query];
  const known = new Set(own.rows());
  for (let j = 0; j < scores.length; j++) {
    const row = begin + j;
    if (scores[j] < own.threshold || known.has(row) || excluded?.(query, row)) continue;
    own.add(row, scores[j]);
  }
}
