import { join } from "node:path";
import { type FormatName, FORMATS, importNegatives } from "../../lib/negatives/mod.ts";
import { exportNegatives } from "../../lib/negatives/mod.ts";
import { NEGATIVES } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import { fuzz, mutated, mutatedJson } from "../support/fuzz.ts";
import { collectionOf } from "./cases.ts";

const COLLECTION = collectionOf({
  p: { title: "T", text: "positive" },
  r: { title: "", text: "another positive" },
  n: { title: "", text: "negative" },
  m: { title: "M", text: "another ü" },
}, { q: ["p"], s: ["r"] });
const scored = { verdict: "kept", score: 0.5, positive_score: 2 } as const;
const ROWS = tableOf(NEGATIVES, [
  { ...scored, query_id: "q", doc_id: "n", source: "bm25" },
  { ...scored, query_id: "q", doc_id: "m", source: "dense" },
  { ...scored, query_id: "s", doc_id: "n", source: "bm25" },
  { ...scored, query_id: "s", doc_id: "m", source: "bm25" },
]);

/** Forms that other libraries write and the kit does not, one row each. */
const FOREIGN: [format: FormatName, row: unknown][] = [
  ["sentence-transformers-tuples", {
    query: "q",
    answer: "p",
    negative_1: "n",
    negative_2: "m",
    score: [0.9, 0.5, 0.25],
  }],
  ["sentence-transformers-triplets", { anchor: "q", positive: "p", negative: "n", score: [1, 0.5] }],
  ["flagembedding", { query: "q", pos: ["p"], neg: ["n"], pos_scores: [1], neg_scores: [0.5], prompt: "P", type: "x" }],
  ["tevatron", {
    query_id: 1,
    query: "q",
    positive_passages: [{ docid: 2, text: "p" }],
    negative_passages: [{ docid: 3, text: "n", title: "T" }],
  }],
  ["gpl", { qid: "q", pos: ["p"], neg: { bm25: ["n"], dense: ["m"] } }],
];

/** Imports a file without a collection where the format has texts, and for one. */
async function importTwice(path: string, format: FormatName): Promise<void> {
  const collection = format === "gpl" ? COLLECTION : undefined;
  for (const row of (await importNegatives(path, { format, collection })).negatives.rows()) void row.text;
}

Deno.test("fuzz imports of negatives", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const format of FORMATS.names) {
      for (const ending of ["jsonl", "parquet"] as const) {
        const path = join(folder, `${format}.${ending}`);
        await exportNegatives(path, ROWS, { collection: COLLECTION, format });
        const read = async (bytes: Uint8Array) => {
          await Deno.writeFile(path, bytes);
          await importTwice(path, format);
        };
        const mutate = ending === "jsonl" ? mutatedJson : mutated;
        await fuzz(path.slice(folder.length), await Deno.readFile(path), read, { rounds: 200, mutate });
      }
    }
    for (const [i, [format, row]] of FOREIGN.entries()) {
      const path = join(folder, `foreign-${i}.jsonl`);
      const bytes = new TextEncoder().encode(JSON.stringify(row));
      await fuzz(`foreign ${format}`, bytes, async (bytes) => {
        await Deno.writeFile(path, bytes);
        await importTwice(path, format);
      }, { rounds: 200, mutate: mutatedJson });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
