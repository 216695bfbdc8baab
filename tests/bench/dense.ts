import { denseSearch, random } from "../../mod.ts";
import { searchVectors } from "../../lib/retrieval/mod.ts";
import type { Vectors } from "../../lib/encoders/types.ts";
import { type Benchmarks, fastest, peakMemory, shareOfMatmul } from "./measurement.ts";

function vectors(label: string, length: number, dimension: number): Vectors {
  const stream = random(label);
  const data = new Float32Array(length * dimension);
  for (let i = 0; i < data.length; i++) data[i] = stream.next() + stream.next() - 1;
  return { data, length, dimension };
}

/** Exact dense search: one batch of 64 queries, and many queries at once. */
export const benchmarks: Benchmarks = {
  "100k x 384": async () => {
    const documents = vectors("documents", 100_000, 384);
    const queries = vectors("queries", 512, 384);
    const batch = { ...queries, data: queries.data.subarray(0, 64 * 384), length: 64 };
    const ids = {
      queries: Array.from({ length: queries.length }, (_, i) => `q${i}`),
      documents: Array.from({ length: documents.length }, (_, i) => `d${i}`),
    };
    const gflop = 2 * documents.length * 384 / 1e9;
    const { length } = queries;
    const found = (some: Vectors) => () => searchVectors(some, documents, { depth: 100 });
    const run = () => denseSearch(queries, documents, { depth: 100, ids });
    return [
      {
        name: "top 100 of 512 queries in batches of 64",
        value: await shareOfMatmul(
          gflop * length,
          () => searchVectors(queries, documents, { depth: 100, batchSize: 64 }),
        ),
        unit: "share of matmul",
        aim: { atLeast: 0.7 },
      },
      {
        name: "top 100 of 64 queries, a single call",
        value: await shareOfMatmul(gflop * 64, found(batch)),
        unit: "share of matmul",
      },
      {
        name: "top 100 of 512 queries",
        value: await shareOfMatmul(gflop * length, found(queries)),
        unit: "share of matmul",
      },
      {
        name: "top 100 of 512 queries, a run with ids",
        value: await shareOfMatmul(gflop * length, run),
        unit: "share of matmul",
      },
      {
        name: "top 100 of 512 queries, a run with ids",
        value: 1000 * await fastest(3, run) / length,
        unit: "ms/query",
      },
      { name: "peak memory", value: peakMemory() / 1e9, unit: "GB" },
    ];
  },
};
