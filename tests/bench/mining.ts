import { type Encoder, random, tableOf, type Vectors } from "../../mod.ts";
import { mineBlocks } from "../../lib/negatives/mod.ts";
import { QRELS } from "../../lib/tables/mod.ts";
import { relativeThreshold } from "../../lib/negatives/rules/margins.ts";
import { mineVectors } from "../../lib/negatives/mining/dense.ts";
import { type Benchmarks, matmulRate, peakMemory, seconds } from "./measurement.ts";
import { SyntheticText } from "./synthetic.ts";

const [QUERIES, DOCUMENTS, WIDTH, DEPTH] = [10_000, 100_000, 384, 100];

/** Vectors of length 1; each query is near its positive document. */
function vectors(label: string, length: number, near?: Vectors): Vectors {
  const stream = random(label);
  const data = new Float32Array(length * WIDTH);
  for (let i = 0; i < length; i++) {
    let norm = 0;
    for (let j = i * WIDTH; j < (i + 1) * WIDTH; j++) {
      data[j] = stream.next() + stream.next() - 1 + (near ? 12 * near.data[j] : 0);
      norm += data[j] * data[j];
    }
    for (let j = i * WIDTH; j < (i + 1) * WIDTH; j++) data[j] /= Math.sqrt(norm);
  }
  return { data, length, dimension: WIDTH };
}

/** Passages and queries with one positive each: query i belongs to document i. */
function collection(queries: number) {
  const text = new SyntheticText(1);
  const qrels = Array.from({ length: queries }, (_, i) => ({ query_id: `q${i}`, doc_id: `d${i}`, grade: 1 }));
  return {
    name: "generated",
    corpus: text.corpus(DOCUMENTS),
    queries: text.queries(queries),
    qrels: { train: tableOf(QRELS, qrels) },
    digest: "",
    findings: [],
  };
}

/** Mining 100 candidates for each of 10,000 queries in 100,000 documents. */
export const benchmarks: Benchmarks = {
  "dense with margin": async () => {
    const documents = vectors("documents", DOCUMENTS);
    const queries = vectors("queries", QUERIES, documents);
    const positives = Array.from({ length: QUERIES }, (_, i) => [i]);
    const before = await matmulRate();
    const peak = peakMemory();
    const run = async (count: number) => {
      let kept = 0;
      const some = { ...queries, data: queries.data.subarray(0, count * WIDTH), length: count };
      const task = { positives, depth: DEPTH };
      for await (const { queryBegin, queryEnd, rows, scores, positiveScores } of mineVectors(some, documents, task)) {
        for (let q = queryBegin; q < queryEnd; q++) {
          const threshold = relativeThreshold(positiveScores![q - queryBegin], 0.05);
          for (let at = (q - queryBegin) * DEPTH, end = at + DEPTH; at < end; at++) {
            if (rows[at] !== positives[q][0] && scores![at] <= threshold) kept++;
          }
        }
      }
      return kept;
    };
    await run(1000);
    const small = peakMemory();
    const { seconds: spent, result: kept } = await seconds(() => run(QUERIES));
    const memory = peakMemory();
    // Matmul alone, before and after: ONNX Runtime sessions that run at once compete for threads.
    const rate = Math.max(before, await matmulRate());
    return [
      {
        name: "streaming pass",
        value: 2 * QUERIES * DOCUMENTS * WIDTH / spent / 1e9 / rate,
        unit: "share of matmul",
        aim: { atLeast: 0.7 },
      },
      { name: "streaming pass", value: QUERIES / spent, unit: "queries/s" },
      { name: "matmul 1024^3, better of before and after", value: rate, unit: "GFLOP/s" },
      { name: "candidates left", value: kept / QUERIES, unit: "per query" },
      { name: "memory of the pass", value: (memory - peak) / 1e6, unit: "MB", aim: { atMost: 600 } },
      { name: "more with 10 times the queries", value: (memory - small) / 1e6, unit: "MB", aim: { atMost: 100 } },
    ];
  },
  "dense with every guard": async () => {
    const documents = vectors("documents", DOCUMENTS);
    const queries = vectors("queries", QUERIES, documents);
    const world = collection(QUERIES);
    const encoder: Encoder = {
      kind: "static",
      name: "given",
      dimension: WIDTH,
      encode: (_, { kind }) => Promise.resolve(kind === "query" ? queries : documents),
      fingerprint: () => "given",
      dispose: () => Promise.resolve(),
    };
    const before = await matmulRate();
    const peak = peakMemory();
    let rows = 0;
    const { seconds: spent } = await seconds(async () => {
      const options = { source: "dense", encoder, depth: DEPTH, margin: { relative: 0.05 } } as const;
      for await (const table of mineBlocks(world, options)) rows += table.length;
    });
    const rate = Math.max(before, await matmulRate());
    return [
      {
        name: "tables of candidates, texts compared",
        value: 2 * QUERIES * DOCUMENTS * WIDTH / spent / 1e9 / rate,
        unit: "share of matmul",
      },
      { name: "tables of candidates, texts compared", value: rows / spent, unit: "candidates/s" },
      { name: "memory", value: (peakMemory() - peak) / 1e6, unit: "MB", aim: { atMost: 600 } },
    ];
  },
  bm25: async () => {
    const world = collection(2000);
    let first = 0;
    let last = 0;
    let rows = 0;
    const start = performance.now();
    for await (const table of mineBlocks(world, { source: "bm25", depth: DEPTH, margin: { relative: 0.05 } })) {
      // The first block includes indexing.
      if (first === 0) first = performance.now();
      else rows += table.length;
      last = performance.now();
    }
    return [
      { name: "100 candidates, every guard", value: (2000 - 256) / (last - first) * 1000, unit: "queries/s" },
      { name: "100 candidates, every guard", value: rows / (last - first) * 1000, unit: "candidates/s" },
      { name: "index and first 256 queries", value: (first - start) / 1000, unit: "s" },
    ];
  },
};
