import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exists } from "../../lib/core/files.ts";
import { readTableBlocks, writeTableBlocks } from "../../lib/files/mod.ts";
import { bm25, openBm25 } from "../../lib/retrieval/mod.ts";
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

/** Larger than memory: run by name only, `deno task bench large`, in this order. */
export const benchmarks: Benchmarks = { corpus, index, search };
