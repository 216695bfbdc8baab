import assert from "node:assert/strict";
import { join } from "node:path";
import { KitError } from "../../lib/core/mod.ts";
import { writeCsv } from "../../lib/files/mod.ts";
import { EMBEDDINGS, QRELS, tableOf } from "../../lib/tables/mod.ts";

async function written(...args: Parameters<typeof writeCsv>): Promise<string> {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "x.csv");
  try {
    await writeCsv(path, args[1], args[2]);
    return await Deno.readTextFile(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("tables and objects become CSV by RFC 4180", async () => {
  const qrels = tableOf(QRELS, [{ query_id: "a,b", doc_id: 'say "x"', grade: 2 }]);
  assert.equal(await written("", qrels), 'query_id,doc_id,grade\r\n"a,b","say ""x""",2\r\n');
  const rows = [{ arm: "bm25", mean: 0.5, note: null }, { arm: " two\nlines", interval: [1, 2] }];
  assert.equal(
    await written("", rows),
    'arm,mean,note,interval\r\nbm25,0.5,,\r\n" two\nlines",,,"[1,2]"\r\n',
  );
  assert.equal(await written("", rows, { columns: ["mean", "arm"] }), 'mean,arm\r\n0.5,bm25\r\n," two\nlines"\r\n');
  const vectors = tableOf(EMBEDDINGS, [{ id: "é", vector: Float32Array.of(1, 0.5) }]);
  assert.equal(await written("", vectors), 'id,vector\r\né,"[1,0.5]"\r\n');
});

Deno.test("CSV is refused without columns, with unknown ones, and over an existing file", async () => {
  await assert.rejects(written("", []), /there is no row/);
  await assert.rejects(written("", [{ a: 1 }], { columns: ["b"] }), /unknown column "b", found a/);
  const path = await Deno.makeTempFile();
  await assert.rejects(writeCsv(path, [{ a: 1 }]), KitError);
  await writeCsv(path, [{ a: 1 }], { overwrite: true });
  assert.equal(await Deno.readTextFile(path), "a\r\n1\r\n");
  await Deno.remove(path);
});
