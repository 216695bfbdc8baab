import { ArgumentError, checkCancelled } from "../core/errors.ts";
import type { Vectors } from "../encoders/types.ts";
import { compile, gemm, Graph, type Session, topK } from "../graph/mod.ts";

/** Queries of one block: enough to keep the matmul busy, few enough for a small block of scores. */
const QUERIES = 256;
/** The best documents of some queries. */
export interface RowBlock {
  /** Queries `queryBegin` up to `queryEnd` (not included). */
  readonly queryBegin: number;
  readonly queryEnd: number;
  /** Rows found per query: the depth, or all documents where there are fewer. */
  readonly found: number;
  /** Document rows, `found` per query, best first; equal scores by ascending row. */
  readonly rows: Int32Array;
  /** Their scores: inner products. */
  readonly scores: Float32Array;
}

/** Options of {@link topRowBlocks}. */
export interface RowBlockOptions {
  /** How many documents per query. @default 100 */
  depth?: number;
  /** Documents of one product; 65,536 need 64 MB for scores. @default 65_536 */
  block?: number;
  /** Threads of the matmul. @default 0, as many as there are cores */
  threads?: number;
  signal?: AbortSignal;
}

/**
 * Exact search by inner product in one streaming pass, block of queries after block: memory beside the vectors does not
 * grow with the number of queries. One matrix product and one TopK per block of documents, merged.
 *
 * @throws {ArgumentError} if there are no documents, or the dimensions differ.
 */
export async function* topRowBlocks(
  queries: Vectors,
  documents: Vectors,
  { depth = 100, block = 65_536, threads, signal }: RowBlockOptions = {},
): AsyncGenerator<RowBlock> {
  const width = queries.dimension;
  if (width !== documents.dimension) {
    throw new ArgumentError(`Cannot search ${documents.dimension} dimensions with queries of ${width}`);
  }
  if (documents.length === 0) throw new ArgumentError("Cannot search: there are no documents");
  if (!(Number.isInteger(depth) && depth >= 1)) {
    throw new ArgumentError(`Cannot search for the best ${depth}: wanted an integer from 1`);
  }
  if (!(Number.isInteger(block) && block >= 1)) throw new ArgumentError(`Cannot search blocks of ${block} documents`);
  const found = Math.min(depth, documents.length);
  const sessions = new Map<number, Session>();
  try {
    for (let queryBegin = 0; queryBegin < queries.length; queryBegin += QUERIES) {
      const queryEnd = Math.min(queryBegin + QUERIES, queries.length);
      const part = {
        data: queries.data.subarray(queryBegin * width, queryEnd * width),
        shape: [queryEnd - queryBegin, width],
      };
      let best: Best | undefined;
      for (let begin = 0; begin < documents.length; begin += block) {
        checkCancelled(signal, "dense search");
        const end = Math.min(begin + block, documents.length);
        const kept = Math.min(found, end - begin);
        let session = sessions.get(kept);
        if (!session) sessions.set(kept, session = await sessionFor(width, kept, threads));
        const { scores, rows } = await session.run({
          queries: part,
          documents: { data: documents.data.subarray(begin * width, end * width), shape: [end - begin, width] },
        });
        const next = ranked(scores.data as Float32Array, rows.data as BigInt64Array, begin, kept);
        best = best ? merged(best, next, found) : next;
      }
      yield { queryBegin, queryEnd, found, rows: best!.rows, scores: best!.scores };
    }
  } finally {
    for (const session of sessions.values()) await session.dispose();
  }
}

function sessionFor(width: number, k: number, threads: number | undefined): Promise<Session> {
  const graph = new Graph();
  const queries = graph.input("queries", { shape: ["queries", width] });
  const documents = graph.input("documents", { shape: ["documents", width] });
  const { values, indices } = topK(gemm(queries, documents, { transB: true }), { k });
  return compile({ scores: values, rows: indices }, { threads, reuseOutputs: true });
}

interface Best {
  readonly width: number;
  readonly rows: Int32Array;
  readonly scores: Float32Array;
}

/** A block's result as rows of all documents, copied out of the session's buffers. */
function ranked(scores: Float32Array, indices: BigInt64Array, begin: number, width: number): Best {
  // Row numbers fit the low halves of the 64-bit indices, which are much quicker to read than BigInts.
  const halves = new Int32Array(indices.buffer, indices.byteOffset, indices.length * 2);
  const rows = new Int32Array(indices.length);
  for (let i = 0; i < rows.length; i++) rows[i] = begin + halves[2 * i];
  return { width, rows, scores: scores.slice() };
}

/** The best `width` of two rankings per query; of equal scores `a`, whose rows come first. */
function merged(a: Best, b: Best, width: number): Best {
  const count = a.scores.length / a.width;
  const kept = Math.min(width, a.width + b.width);
  const rows = new Int32Array(count * kept);
  const scores = new Float32Array(count * kept);
  for (let q = 0; q < count; q++) {
    let i = q * a.width;
    let j = q * b.width;
    const [iEnd, jEnd] = [i + a.width, j + b.width];
    for (let at = q * kept; at < (q + 1) * kept; at++) {
      const first = j >= jEnd || (i < iEnd && a.scores[i] >= b.scores[j]);
      rows[at] = first ? a.rows[i] : b.rows[j];
      scores[at] = first ? a.scores[i++] : b.scores[j++];
    }
  }
  return { width: kept, rows, scores };
}
