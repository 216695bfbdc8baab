import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exists } from "../../lib/core/files.ts";
import { readTableBlocks, writeTableBlocks } from "../../lib/files/mod.ts";
import {
  approximateIndex,
  bm25,
  openBm25,
  openVectors,
  searchVectorFile,
  searchVectors,
  writeVectors,
} from "../../lib/retrieval/mod.ts";
import { random } from "../../mod.ts";
import type { Vectors } from "../../lib/encoders/types.ts";
import { CORPUS, type Table, TableBuilder } from "../../lib/tables/mod.ts";
import { type Benchmarks, type Measurement, peakMemory, seconds } from "./measurement.ts";
import { SyntheticText } from "./synthetic.ts";

/** Passages; SYNEG_LARGE=1e6 makes a smaller run. */
const PASSAGES = Number(Deno.env.get("SYNEG_LARGE") ?? 8.8e6);
const BLOCK = 50_000;
const FOLDER = join(fileURLToPath(new URL("../../data/cache/large", import.meta.url)), String(PASSAGES));
const CORPUS_FILE = join(FOLDER, "corpus.arrow");
const INDEX = join(FOLDER, "bm25");

function* passages(): Generator<Table<typeof CORPUS>> {
  const text = new SyntheticText(1);
  for (let from = 0; from < PASSAGES; from += BLOCK) {
    const builder = new TableBuilder(CORPUS);
    for (const { id, text: words } of text.corpus(Math.min(BLOCK, PASSAGES - from)).rows()) {
      builder.append({ id: `p${from + Number(id.slice(1))}`, title: "", text: words });
    }
    yield builder.finish();
  }
}

async function made(): Promise<void> {
  if (!await exists(CORPUS_FILE)) await writeTableBlocks(CORPUS_FILE, passages());
}

/** Writes the corpus, unless it is there from an earlier run. */
async function corpus(): Promise<Measurement[]> {
  const { seconds: writing } = await seconds(made);
  return [
    { name: "write the corpus", value: writing, unit: "s" },
    { name: "text", value: (await Deno.stat(CORPUS_FILE)).size / 1e9, unit: "GB" },
    { name: "peak memory", value: peakMemory() / 1e9, unit: "GB", aim: { atMost: 6 } },
  ];
}

/** Indexes the corpus block by block and saves the index. */
async function index(): Promise<Measurement[]> {
  await made();
  await Deno.remove(INDEX, { recursive: true }).catch(() => {});
  const { seconds: building, result } = await seconds(() =>
    bm25(readTableBlocks(CORPUS_FILE, CORPUS), { analyzer: "english" })
  );
  const { seconds: saving } = await seconds(() => result.save(INDEX));
  return [
    { name: "index", value: building, unit: "s" },
    { name: "index", value: PASSAGES / building, unit: "passages/s" },
    { name: "save", value: saving, unit: "s" },
    { name: "peak memory", value: peakMemory() / 1e9, unit: "GB", aim: { atMost: 6 } },
  ];
}

/** Opens the index, searches for 1,000 queries, and mines 20 candidates of 10,000 queries. */
async function search(): Promise<Measurement[]> {
  const text = new SyntheticText(2);
  const queries = text.queries(10_000);
  const { seconds: opening, result } = await seconds(() => openBm25(INDEX));
  using found = result;
  const { seconds: searching } = await seconds(() => found.searchAll(queries.slice(0, 1000), { depth: 100 }));
  const { seconds: mining } = await seconds(() => found.searchAll(queries, { depth: 20 }));
  return [
    { name: "open", value: opening, unit: "s", aim: { atMost: 10 } },
    { name: "search, best 100", value: searching, unit: "ms/query" },
    { name: "mine 10,000 queries", value: mining, unit: "s" },
    { name: "peak memory", value: peakMemory() / 1e9, unit: "GB", aim: { atMost: 6 } },
  ];
}

/** Vectors; SYNEG_LARGE_VECTORS=1e6 makes a smaller run. At 384 dimensions, 20 million take 7.8 GB as int8. */
const VECTORS = Number(Deno.env.get("SYNEG_LARGE_VECTORS") ?? 20e6);
const DIMENSION = 384;

/** Vectors around 1,000 centers, so that neighbors are near, as embeddings' are. */
function* vectors(count: number, seed: number): Generator<Vectors> {
  const stream = random(1).fork("centers");
  const centers = Float32Array.from({ length: 1000 * DIMENSION }, () => stream.normal());
  let state = seed;
  const noise = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  };
  for (let from = 0; from < count; from += BLOCK) {
    const length = Math.min(BLOCK, count - from);
    const data = new Float32Array(length * DIMENSION);
    for (let row = 0; row < length; row++) {
      const center = Math.floor(Math.abs(noise()) * 999) * DIMENSION;
      let squares = 0;
      for (let i = 0; i < DIMENSION; i++) {
        const value = data[row * DIMENSION + i] = centers[center + i] + 1.5 * noise();
        squares += value * value;
      }
      const norm = Math.sqrt(squares);
      for (let i = 0; i < DIMENSION; i++) data[row * DIMENSION + i] /= norm;
    }
    yield { data, length, dimension: DIMENSION };
  }
}

/** Vectors as int8 on disk, searched exactly, what is found scored again in float16. */
async function onDisk(): Promise<Measurement[]> {
  const folder = join(FOLDER, "vectors");
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  const [queries] = vectors(100, 77);
  try {
    const { seconds: writing } = await seconds(() =>
      writeVectors(folder, vectors(VECTORS, 5), { precision: "int8", rescore: "float16" })
    );
    using file = await openVectors(folder);
    const { seconds: searching } = await seconds(() => searchVectorFile(queries, file, { depth: 100 }));
    return [
      { name: "vectors", value: VECTORS, unit: "of 384" },
      { name: "write", value: writing, unit: "s" },
      { name: "search for 100 queries, best 100", value: searching, unit: "s" },
      { name: "peak memory", value: peakMemory() / 1e9, unit: "GB", aim: { atMost: 6 } },
    ];
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

/** Approximate search beside exact, with its recall. */
async function approximate(): Promise<Measurement[]> {
  const count = Math.min(VECTORS, 1e6);
  const [queries] = vectors(100, 77);
  const { seconds: building, result: index } = await seconds(() => approximateIndex(vectors(count, 5)));
  const { seconds: searching } = await seconds(() => index.search(queries, 100));
  const { seconds: exactly, result: exact } = await seconds(() =>
    searchVectors(queries, ReadableStream.from(vectors(count, 5)), { depth: 100 })
  );
  return [
    { name: "vectors", value: count, unit: "of 384" },
    { name: "index", value: building, unit: "s" },
    { name: "search, best 100", value: 1000 * searching / queries.length, unit: "ms/query" },
    { name: "recall@100", value: index.recall(queries, exact), unit: "of exact search" },
    { name: "exact search, generating included", value: 1000 * exactly / queries.length, unit: "ms/query" },
    { name: "peak memory", value: peakMemory() / 1e9, unit: "GB" },
  ];
}

/** Larger than memory: run by name only, `deno task bench large`, in this order. */
export const benchmarks: Benchmarks = { corpus, index, search, vectors: onDisk, approximate };
