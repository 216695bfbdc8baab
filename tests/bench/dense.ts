import { denseSearch, random, topRows } from "../../mod.ts";
import type { Vectors } from "../../lib/encoders/types.ts";
import { type Benchmarks, fastest, matmulRate, peakMemory } from "./measurement.ts";

function vectors(label: string, length: number, dimension: number): Vectors {
  const stream = random(label);
  const data = new Float32Array(length * dimension);
  for (let i = 0; i < data.length; i++) data[i] = stream.next() + stream.next() - 1;
  return { data, length, dimension };
}

/** Exact dense search, which goes through queries in batches of 64. */
export const benchmarks: Benchmarks = {
  "100k x 384": async () => {
    const documents = vectors("documents", 100_000, 384);
    const queries = vectors("queries", 256, 384);
    const ids = {
      queries: Array.from({ length: queries.length }, (_, i) => `q${i}`),
      documents: Array.from({ length: documents.length }, (_, i) => `d${i}`),
    };
    const operations = 2 * documents.length * queries.length * 384 / 1e9;
    let rate = await matmulRate();
    const rows = await fastest(5, () => topRows(queries, documents, { depth: 100 }));
    const run = await fastest(5, () => denseSearch(queries, documents, { depth: 100, ids }));
    rate = Math.max(rate, await matmulRate());
    return [
      { name: "top 100, rows", value: operations / rows / rate, unit: "share of matmul", aim: { atLeast: 0.7 } },
      { name: "top 100, a run with ids", value: operations / run / rate, unit: "share of matmul" },
      { name: "top 100, a run with ids", value: 1000 * run / queries.length, unit: "ms/query" },
      { name: "matmul 1024^3 beside it", value: rate, unit: "GFLOP/s" },
      { name: "peak memory", value: peakMemory() / 1e9, unit: "GB" },
    ];
  },
};
