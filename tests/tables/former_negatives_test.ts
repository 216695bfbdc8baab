import assert from "node:assert/strict";
import { join } from "node:path";
import { readJsonl, readParquet, readTable } from "../../lib/files/mod.ts";
import { NEGATIVES } from "../../lib/tables/mod.ts";

/** Files of version 0.1: a mined, a written, a graded, an imported row. */
const FOLDER = join(import.meta.dirname!, "..", "fixtures", "data", "negatives-0.1");

const readers = {
  "negatives.arrow": (path: string) => readTable(path, NEGATIVES),
  "negatives.parquet": (path: string) => readParquet(path, NEGATIVES),
  "negatives.jsonl": (path: string) => readJsonl(path, NEGATIVES),
};

for (const [name, read] of Object.entries(readers)) {
  Deno.test(`${name} of version 0.1 is read: model, level and relabelled are converted`, async () => {
    const rows = [...(await read(join(FOLDER, name))).rows()].map((row) => {
      const { source, writer, scorer, grade, weight, attributes, verdict } = row;
      return [source, writer, scorer, grade, weight, attributes, verdict];
    });
    assert.deepEqual(rows, [
      ["dense", null, "built-in", null, null, null, "kept"],
      ["synthetic", "claude", null, null, null, '{"expert":"law"}', "kept"],
      ["synthetic", "claude", null, 3, null, '{"expert":"law"}', "relabeled"],
      ["imported", null, "splade", null, null, null, "dropped"],
    ]);
  });
}
