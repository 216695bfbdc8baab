import type { Index } from "usearch";
import * as z from "zod";
import { ArgumentError, checkCancelled, KitError } from "../../core/errors.ts";
import { parseOptions } from "../../core/parse_options.ts";
import { pause } from "../../core/pause.ts";
import { stopSignal } from "../../core/stop.ts";
import type { Vectors } from "../../encoders/types.ts";
import type { VectorHits } from "../search_vectors.ts";

/**
 * Options of {@link approximateIndex}.
 *
 * @category Retrieval
 */
export interface ApproximateIndexOptions {
  /**
   * Neighbors that a vector is linked with; more find more and take longer.
   * @default {16}
   */
  connectivity?: number;
  /**
   * Candidates looked at while a vector is added.
   * @default {128}
   */
  expansion?: number;
  /**
   * Candidates looked at in a search; more find more and take longer.
   * @default {64}
   */
  searchExpansion?: number;
  /**
   * How vectors are stored: float16 takes half the memory.
   * @default {"float32"}
   */
  precision?: "float32" | "float16";
  /**
   * Threads; 0 for one per core.
   * @default {0}
   */
  threads?: number;
  /** Cancels the indexing. */
  signal?: AbortSignal;
}

const OPTIONS = z.strictObject({
  connectivity: z.int().min(2).default(16),
  expansion: z.int().min(1).default(128),
  searchExpansion: z.int().min(1).default(64),
  precision: z.enum(["float32", "float16"]).default("float32"),
  threads: z.int().min(0).default(0),
  signal: z.instanceof(AbortSignal).optional(),
});

/** Vectors added at once. */
const BLOCK = 10_000;

/**
 * An index of {@link approximateIndex}.
 *
 * @category Retrieval
 */
export class ApproximateIndex {
  /** Length of a vector. */
  readonly dimension: number;
  readonly #index: Index;
  readonly #threads: number;

  /** Made by {@link approximateIndex}. */
  constructor(index: object, { dimension, threads }: { dimension: number; threads: number }) {
    this.dimension = dimension;
    this.#index = index as Index;
    this.#threads = threads;
  }

  /** Number of vectors. */
  get length(): number {
    return Number(this.#index.size());
  }

  /**
   * About the best `depth` vectors of each query by inner product, best first, ties by descending row.
   *
   * @throws {ArgumentError} if the dimensions differ or depth is no integer >= 1.
   */
  search(queries: Vectors, depth = 100): VectorHits[] {
    if (queries.dimension !== this.dimension) {
      throw new ArgumentError(
        `Cannot search: vectors have ${this.dimension} dimensions, queries have ${queries.dimension}`,
      );
    }
    if (!(Number.isInteger(depth) && depth >= 1)) {
      throw new ArgumentError(`depth must be an integer >= 1, found ${depth}`, { field: "depth" });
    }
    return Array.from({ length: queries.length }, (_, q) => {
      const query = queries.data.subarray(q * this.dimension, (q + 1) * this.dimension);
      const { keys, distances } = this.#index.search(query, Math.min(depth, this.length), this.#threads);
      const hits = Array.from(keys, (key, i) => ({ row: Number(key), score: 1 - distances[i] }));
      hits.sort((a, b) => b.score - a.score || b.row - a.row);
      return { rows: Int32Array.from(hits, ({ row }) => row), scores: Float32Array.from(hits, ({ score }) => score) };
    });
  }

  /**
   * Share of the exact best vectors that the index finds: state it beside every figure of an approximate search.
   *
   * @param exact Hits of the same queries by `searchVectors` or `searchVectorFile`.
   */
  recall(queries: Vectors, exact: readonly VectorHits[]): number {
    if (exact.length !== queries.length || exact.length === 0) {
      throw new ArgumentError(`Cannot measure recall: ${queries.length} queries have ${exact.length} exact results`);
    }
    const depth = exact.reduce((most, { rows }) => Math.max(most, rows.length), 0);
    let found = 0;
    let wanted = 0;
    this.search(queries, depth).forEach(({ rows }, q) => {
      const own = new Set(rows);
      for (const row of exact[q].rows) if (own.has(row)) found++;
      wanted += exact[q].rows.length;
    });
    return found / wanted;
  }
}

/**
 * Indexes vectors for approximate search (HNSW, by the library usearch). Use it above a million vectors, where exact search
 * takes seconds, and state its recall: {@link ApproximateIndex.recall}. Below, {@link searchVectors} is exact and as fast.
 *
 * @throws {ArgumentError} if there are no vectors, blocks differ in their dimension, or an option is outside its domain.
 *
 * @example
 * ```ts
 * import { approximateIndex, searchVectors } from "@syneg/kit/retrieval";
 * const vectors = { data: Float32Array.of(1, 0, 0.6, 0.8, 0, 1), length: 3, dimension: 2 };
 * const index = await approximateIndex([vectors]);
 * console.log([...index.search(vectors, 1)[0].rows]); // [ 0 ]
 * console.log(index.recall(vectors, await searchVectors(vectors, vectors, { depth: 2 }))); // 1
 * ```
 *
 * @category Retrieval
 */
export async function approximateIndex(
  blocks: Iterable<Vectors> | AsyncIterable<Vectors>,
  options: ApproximateIndexOptions = {},
): Promise<ApproximateIndex> {
  const { threads, ...settings } = parseOptions("approximateIndex", OPTIONS, options);
  const signal = stopSignal(options.signal);
  let index: Index | undefined;
  let dimension = 0;
  let length = 0;
  for await (const block of blocks) {
    if (!index) {
      ({ dimension } = block);
      index = await emptyIndex(dimension, settings);
    }
    if (block.dimension !== dimension) {
      throw new ArgumentError(`Cannot index vectors of ${block.dimension} dimensions after ones of ${dimension}`);
    }
    for (let from = 0; from < block.length; from += BLOCK) {
      checkCancelled(signal, "indexing vectors");
      await pause(0);
      const rows = Math.min(BLOCK, block.length - from);
      const keys = BigUint64Array.from({ length: rows }, (_, i) => BigInt(length + i));
      index.add(keys, block.data.subarray(from * dimension, (from + rows) * dimension), threads);
      length += rows;
    }
  }
  if (!index) throw new ArgumentError("Cannot index vectors: there are none");
  return new ApproximateIndex(index, { dimension, threads });
}

async function emptyIndex(
  dimension: number,
  { connectivity, expansion, searchExpansion, precision }: Omit<z.output<typeof OPTIONS>, "threads">,
): Promise<Index> {
  const { default: usearch } = await import("usearch").catch((cause) => {
    throw new KitError(`Cannot search approximately: usearch does not load here (${cause.message})`, {}, { cause });
  });
  return new usearch.Index({
    metric: usearch.MetricKind.IP,
    quantization: precision === "float16" ? usearch.ScalarKind.F16 : usearch.ScalarKind.F32,
    ...{ dimensions: dimension, connectivity, multi: false },
    ...{ expansion_add: expansion, expansion_search: searchExpansion },
  });
}
