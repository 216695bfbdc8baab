import { join } from "node:path";
import { eachLine } from "../../lib/files/lines.ts";
import { readCorpus } from "../../lib/collections/read_parts.ts";
import type { ByteSource } from "../../lib/files/byte_source.ts";
import { fileSource } from "../../lib/files/source.ts";
import { readTable, type Table, writeTable } from "../../mod.ts";
import { RUN, type Schema, TableBuilder } from "../../lib/tables/mod.ts";
import { type Benchmarks, fastest, peakMemory, seconds } from "./measurement.ts";
import { SyntheticText } from "./synthetic.ts";

/** Generated passages as JSONL, created while they are read. */
function passages(size: number): ByteSource {
  return {
    name: "generated.jsonl",
    async *open() {
      const text = new SyntheticText(3);
      const encoder = new TextEncoder();
      for (let from = 0; from < size; from += 2000) {
        let block = "";
        for (let i = from; i < Math.min(size, from + 2000); i++) {
          block += `{"_id": "${i}", "title": "", "text": ${JSON.stringify(text.words(56))}}\n`;
        }
        yield encoder.encode(block);
        await Promise.resolve();
      }
    },
  };
}

async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Milliseconds to open a table on disk and read its last row. */
async function opening<S extends Schema>(table: Table<S>): Promise<{ ms: number; megabytes: number }> {
  return await inFolder(async (folder) => {
    const path = join(folder, "table.arrow");
    await writeTable(path, table);
    const last = table.length - 1;
    const best = await fastest(5, async () => (await readTable(path, table.schema)).row(last));
    return { ms: 1000 * best, megabytes: (await Deno.stat(path)).size / 1e6 };
  });
}

/** Reading: JSONL into Arrow, opening Arrow files, memory for a large corpus. */
export const benchmarks: Benchmarks = {
  jsonl: () =>
    inFolder(async (folder) => {
      const path = join(folder, "corpus.jsonl");
      await Deno.writeFile(path, ReadableStream.from(passages(200_000).open()));
      const megabytes = (await Deno.stat(path)).size / 1e6;
      const source = fileSource(path);
      const parse = await fastest(3, () => eachLine(source, (line) => JSON.parse(line)));
      const load = await fastest(3, () => readCorpus([source]));
      return [
        { name: "JSONL to Arrow", value: megabytes / load, unit: "MB/s" },
        { name: "JSONL to Arrow, share of JSON.parse alone", value: parse / load, unit: "ratio" },
      ];
    }),

  open: async () => {
    const run = new TableBuilder(RUN);
    for (let i = 0; i < 1_000_000; i++) {
      run.append({
        query_id: `${1000 + Math.floor(i / 100)}`,
        doc_id: `${i * 7}`,
        rank: i % 100 + 1,
        score: 1 / (i + 1),
      });
    }
    const ranked = await opening(run.finish());
    const corpus = await readCorpus([passages(1_000_000)]);
    const text = await opening(corpus);
    return [
      {
        name: `open RUN, 1M rows, ${ranked.megabytes.toFixed(0)} MB`,
        value: ranked.ms,
        unit: "ms",
        aim: { atMost: 50 },
      },
      {
        name: `open CORPUS, 1M rows, ${text.megabytes.toFixed(0)} MB`,
        value: text.ms,
        unit: "ms",
        aim: { atMost: 50 },
      },
    ];
  },

  memory: async () => {
    const size = 1_000_000;
    const before = Deno.memoryUsage().rss;
    const { result: corpus, seconds: took } = await seconds(() => readCorpus([passages(size)]));
    const text = corpus.arrow.data.reduce(
      (sum, batch) => sum + batch.children.reduce((n, { values }) => n + (values?.length ?? 0), 0),
      0,
    );
    const peak = peakMemory() - before;
    return [
      { name: "text of 1M passages", value: text / 1e9, unit: "GB" },
      { name: "peak memory for 1M passages, above the start", value: peak / 1e9, unit: "GB" },
      { name: "peak memory per byte of text", value: peak / text, unit: "ratio" },
      { name: "rows generated and read", value: corpus.length / took, unit: "rows/s" },
    ];
  },
};
