import assert from "node:assert/strict";
import { join } from "node:path";
import { EMBEDDINGS, NEGATIVES } from "../../lib/tables/mod.ts";
import { loadCollection, readQrels } from "../../lib/collections/mod.ts";
import { readTable } from "../../lib/files/mod.ts";

// Written by pyarrow 26.0.1.
const FOLDER = join(import.meta.dirname!, "..", "fixtures", "data");

for (const codec of ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]) {
  Deno.test(`Parquet by pyarrow, ${codec}, in groups of 17 rows, with nested metadata`, async () => {
    const wanted = JSON.parse(await Deno.readTextFile(join(FOLDER, "corpus.json"))) as { metadata: unknown }[];
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(join(folder, "q.jsonl"), '{"_id": "q1", "text": "x"}');
    const { corpus } = await loadCollection({
      corpus: join(FOLDER, `corpus-${codec}.parquet`),
      queries: join(folder, "q.jsonl"),
    });
    await Deno.remove(folder, { recursive: true });
    const rows = [...corpus.rows()].map((row) => ({ ...row, metadata: row.metadata && JSON.parse(row.metadata) }));
    assert.deepEqual(rows, wanted);
  });
}

Deno.test("Parquet judgments with grades as doubles", async () => {
  assert.deepEqual([...(await readQrels(join(FOLDER, "qrels.parquet"))).column("grade")], [2, 0, 1]);
});

for (const codec of ["uncompressed", "zstd", "lz4"]) {
  Deno.test(`Arrow by pyarrow, ${codec}, with nulls and dictionaries`, async () => {
    const negatives = await readTable(join(FOLDER, `negatives-${codec}.arrow`), NEGATIVES);
    assert.deepEqual([...negatives.column("doc_id")], ["d1", null, "d3"]);
    assert.deepEqual([...negatives.column("source")], ["bm25", "synthetic", "bm25"]);
    assert.deepEqual([...negatives.column("rank")], [1, null, 3]);
    assert.deepEqual([...negatives.column("recipe")], [null, "syneg@1", null]);
    assert.deepEqual([...negatives.column("text")], [null, "ü", null]);
    assert.deepEqual([...negatives.column("verdict")], ["kept", "kept", "dropped"]);
  });
}

Deno.test("Arrow vectors by pyarrow", async () => {
  const { data, width } = (await readTable(join(FOLDER, "embeddings.arrow"), EMBEDDINGS)).vectors("vector");
  assert.deepEqual([width, ...data], [2, 1, 2, 3, 4]);
});
