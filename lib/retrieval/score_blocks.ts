import { ArgumentError, checkCancelled } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import type { Vectors } from "../encoders/types.ts";
import { compile, gemm, Graph, reduceMax, reshape } from "../graph/mod.ts";

/** Documents whose greatest score is told together. */
export const GROUP = 64;
/** Documents in one block: scores of 64 queries are then 4 MB. */
const DOCUMENTS = 16384;
const QUERIES = 64;

/** Inner products of some queries with some documents. The arrays are overwritten by the next block. */
export interface ScoreBlock {
  readonly queryBegin: number;
  readonly queryEnd: number;
  readonly documentBegin: number;
  readonly documentEnd: number;
  /** `[queries, stride]` row after row; columns past the last document repeat it. */
  readonly scores: Float32Array;
  readonly stride: number;
  /** Greatest score of every {@link GROUP} documents: `[queries, stride / GROUP]`. */
  readonly maxima: Float32Array;
}

/** Documents as vectors: all at once, or part after part, of which only one need be in memory. */
export type DocumentVectors = Vectors | Iterable<Vectors> | AsyncIterable<Vectors>;

/** Options of {@link scoreBlocks}. */
export interface ScoreOptions {
  /** Told as query-document pairs are scored. */
  progress?: Progress;
  signal?: AbortSignal;
}

/**
 * Inner products of all queries with all documents, block by block through ONNX Runtime: for every block of documents,
 * all queries. Documents are read once and in order, so they may come as a stream.
 *
 * @throws {ArgumentError} if dimensions differ or an array is not as long as it says.
 */
export async function* scoreBlocks(
  queries: Vectors,
  documents: DocumentVectors,
  options: ScoreOptions = {},
): AsyncGenerator<ScoreBlock, void, undefined> {
  const width = queries.dimension;
  check(queries, width, "queries");
  const graph = new Graph();
  const grouped = graph.input("documents", { shape: ["groups", GROUP, width] });
  const asked = graph.input("queries", { shape: ["queries", width] });
  const scores = gemm(asked, reshape(grouped, [-1, width]), { transB: true });
  const maxima = reduceMax(reshape(scores, ["queries", "groups", GROUP]), { axes: [2] });
  const session = await compile({ scores, maxima }, { reuseOutputs: true });
  try {
    let begin = 0;
    for await (const part of "data" in documents ? [documents] : documents) {
      check(part, width, "documents");
      for (let at = 0; at < part.length; at += DOCUMENTS) {
        const count = Math.min(DOCUMENTS, part.length - at);
        const { data, groups } = padded(part, at, count);
        for (let first = 0; first < queries.length; first += QUERIES) {
          checkCancelled(options.signal, "scoring documents");
          const last = Math.min(first + QUERIES, queries.length);
          const found = await session.run({
            documents: { data, shape: [groups, GROUP, width] },
            queries: { data: queries.data.subarray(first * width, last * width), shape: [last - first, width] },
          });
          yield {
            queryBegin: first,
            queryEnd: last,
            documentBegin: begin + at,
            documentEnd: begin + at + count,
            scores: found.scores.data as Float32Array,
            stride: groups * GROUP,
            maxima: found.maxima.data as Float32Array,
          };
        }
        options.progress?.update((begin + at + count) * queries.length);
        if (queries.length > QUERIES) await new Promise((resolve) => setTimeout(resolve, 0));
      }
      begin += part.length;
    }
  } finally {
    await session.dispose();
  }
}

/** Documents in whole groups: no copy where their number allows it, else the last one is repeated. */
function padded({ data, dimension }: Vectors, at: number, count: number): { data: Float32Array; groups: number } {
  const groups = Math.ceil(count / GROUP);
  const documents = data.subarray(at * dimension, (at + count) * dimension);
  if (groups * GROUP === count) return { data: documents, groups };
  const whole = new Float32Array(groups * GROUP * dimension);
  whole.set(documents);
  const last = documents.subarray((count - 1) * dimension);
  for (let i = count; i < groups * GROUP; i++) whole.set(last, i * dimension);
  return { data: whole, groups };
}

function check({ data, length, dimension }: Vectors, wanted: number, what: string): void {
  if (dimension !== wanted) {
    throw new ArgumentError(`Cannot score: ${what} have ${dimension} dimensions, queries have ${wanted}`);
  }
  if (data.length !== length * dimension) {
    throw new ArgumentError(
      `Cannot score: ${what} say ${length} x ${dimension}, their data holds ${data.length} numbers`,
    );
  }
}
