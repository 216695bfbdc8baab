import * as z from "zod";
import { checkValue } from "../../core/check_value.ts";
import { ArgumentError } from "../../core/errors.ts";
import { dot } from "../../core/dot.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import type { Progress } from "../../core/progress.ts";
import type { Vectors } from "../../encoders/types.ts";
import { BestRows } from "../best_rows.ts";
import { searchVectors, type VectorHits } from "../search_vectors.ts";
import type { VectorFile } from "./vector_file.ts";

/**
 * Options of {@link searchVectorFile}.
 *
 * @category Retrieval
 */
export interface SearchVectorFileOptions {
  /**
   * Vectors found per query.
   * @default {100}
   */
  depth?: number;
  /**
   * Candidates per vector that is wanted, which are scored again.
   * @default {4}
   */
  oversample?: number;
  /** Threads of the search. Omit for one per core. */
  threads?: number;
  /** Reports the scores computed. */
  progress?: Progress;
  /** Cancels the search. */
  signal?: AbortSignal;
}

const KINDS: OptionKinds<SearchVectorFileOptions> = {
  depth: "number",
  oversample: "number",
  threads: "number",
  progress: "object",
  signal: "object",
};

/**
 * Searches vectors in a file by inner product. Every vector is scored; of those stored a second time, `oversample` times as
 * many as wanted are scored again at that precision, so that rounding in the first pass loses a vector only if it falls
 * that far. Vectors stored once at float32 are found exactly.
 *
 * @throws {ArgumentError} if dimensions differ or an option is outside its domain.
 *
 * @example
 * ```ts
 * import { openVectors, searchVectorFile, writeVectors } from "@syneg/kit/retrieval";
 * const folder = `${await Deno.makeTempDir()}/vectors`;
 * const vectors = { data: Float32Array.of(1, 0, 0.6, 0.8), length: 2, dimension: 2 };
 * await writeVectors(folder, [vectors], { precision: "int8", rescore: "float32" });
 * using file = await openVectors(folder);
 * const [{ rows, scores }] = await searchVectorFile(vectors, file, { depth: 2 });
 * console.log([...rows], scores[0]); // [ 0, 1 ] 1
 * ```
 *
 * @category Retrieval
 */
export async function searchVectorFile(
  queries: Vectors,
  file: VectorFile,
  options: SearchVectorFileOptions = {},
): Promise<VectorHits[]> {
  checkOptions<SearchVectorFileOptions>("searchVectorFile", options, KINDS);
  const { depth = 100, oversample = 4, ...rest } = options;
  checkValue("depth", z.int().min(1), depth);
  checkValue("oversample", z.number().min(1), oversample);
  if (queries.dimension !== file.dimension) {
    throw new ArgumentError(
      `Cannot search: vectors have ${file.dimension} dimensions, queries have ${queries.dimension}`,
    );
  }
  if (file.rescore === undefined) return await searchVectors(queries, inTurn(file), { depth, ...rest });
  const first = await searchVectors(queries, inTurn(file), { depth: Math.ceil(depth * oversample), ...rest });
  return first.map(({ rows }, q) => rescored(queries, q, { file, rows, depth }));
}

async function* inTurn(file: VectorFile): AsyncGenerator<Vectors> {
  for (const block of file.blocks()) {
    await Promise.resolve();
    yield block;
  }
}

function rescored(
  queries: Vectors,
  q: number,
  { file, rows, depth }: { file: VectorFile; rows: Int32Array; depth: number },
): VectorHits {
  const query = queries.data.subarray(q * queries.dimension, (q + 1) * queries.dimension);
  const best = new BestRows(depth, (a, b) => b - a);
  // In the order of the file, which reads faster.
  for (const row of rows.slice().sort()) best.add(row, dot(query, file.row(row)));
  return best.take();
}
