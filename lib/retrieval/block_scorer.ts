import type { Vectors } from "../encoders/types.ts";
import { compile, gemm, Graph, type Session, topK } from "../graph/mod.ts";
import type { BestRows } from "./best_rows.ts";

/** Scores of one product: 128 MB. Fewer, larger products leave less to merge. */
const SCORES = 1 << 25;
/** Most queries of one product. */
const QUERIES = 256;

/** How many queries and documents one product takes, given all the queries. */
export function blockSizes(queries: number, most = QUERIES): { queries: number; documents: number } {
  const batch = Math.max(1, Math.min(most, queries));
  return { queries: batch, documents: Math.floor(SCORES / batch) };
}

/** Some rows of vectors. */
export interface VectorRows {
  readonly data: Float32Array;
  readonly begin: number;
  readonly length: number;
}

/** Rows `begin` to `end` without a copy. */
export function vectorRows({ data, dimension }: Vectors, begin: number, end: number): VectorRows {
  return { data: data.subarray(begin * dimension, end * dimension), begin, length: end - begin };
}

/** One product with ONNX Runtime's TopK behind it, offered to the best documents so far. */
export class BlockScorer {
  readonly #width: number;
  readonly #threads?: number;
  readonly #sessions = new Map<number, Session>();

  constructor(width: number, threads?: number) {
    this.#width = width;
    this.#threads = threads;
  }

  /**
   * Offers `documents` to the best ones of `queries`.
   *
   * @param depth The depth of `tops` and the most documents that are excluded for one query
   * @param excluded Whether a query, by its number among all, must not get a document
   */
  async offer(
    queries: VectorRows,
    documents: VectorRows,
    tops: readonly BestRows[],
    depth: number,
    excluded?: (query: number, row: number) => boolean,
  ): Promise<void> {
    // One more than can be kept: if that one is worse than the last kept, ties at the cut need no second look.
    const count = Math.min(depth + 1, documents.length);
    const session = await this.#session(count);
    const feeds = {
      queries: { data: queries.data, shape: [queries.length, this.#width] },
      documents: { data: documents.data, shape: [documents.length, this.#width] },
    };
    const { values, indices } = await session.run(feeds, { only: ["values", "indices"] });
    const scores = values.data as Float32Array;
    // Row numbers fit the low halves of the 64-bit indices, which are much quicker to read than BigInts.
    const halves = new Int32Array(indices.data.buffer, indices.data.byteOffset, indices.data.length * 2);
    const tied: number[] = [];
    for (let i = 0; i < queries.length; i++) {
      const query = queries.begin + i;
      const top = tops[query];
      let threshold = top.threshold;
      let at = i * count;
      const end = at + count;
      for (; at < end && scores[at] >= threshold; at++) {
        const row = documents.begin + halves[2 * at];
        if (excluded?.(query, row)) continue;
        top.add(row, scores[at]);
        threshold = top.threshold;
      }
      if (at === end && count < documents.length && scores[end - 1] >= threshold) tied.push(i);
    }
    if (tied.length > 0) await this.#settle(session, feeds, documents, queries, tied, tops, excluded);
  }

  /** Looks at all scores where documents beyond TopK's cut score as much as the last kept one. */
  async #settle(
    session: Session,
    feeds: Parameters<Session["run"]>[0],
    documents: VectorRows,
    queries: VectorRows,
    tied: readonly number[],
    tops: readonly BestRows[],
    excluded?: (query: number, row: number) => boolean,
  ): Promise<void> {
    const all = (await session.run(feeds, { only: ["scores"] })).scores.data as Float32Array;
    for (const i of tied) {
      const query = queries.begin + i;
      const top = tops[query];
      const known = new Set(top.rows());
      const scores = all.subarray(i * documents.length, (i + 1) * documents.length);
      for (let j = 0; j < scores.length; j++) {
        const row = documents.begin + j;
        if (scores[j] < top.threshold || known.has(row) || excluded?.(query, row)) continue;
        top.add(row, scores[j]);
      }
    }
  }

  async #session(count: number): Promise<Session> {
    let session = this.#sessions.get(count);
    if (session === undefined) {
      const graph = new Graph();
      const queries = graph.input("queries", { shape: ["queries", this.#width] });
      const documents = graph.input("documents", { shape: ["documents", this.#width] });
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
