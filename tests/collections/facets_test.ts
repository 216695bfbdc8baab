import assert from "node:assert/strict";
import { join } from "node:path";
import { sha256File } from "../../lib/core/mod.ts";
import { loadCollection } from "../../lib/collections/mod.ts";

const FOLDER = join(import.meta.dirname!, "..", "..", "data", "facets");

Deno.test("facets has its stated counts, first and last rows, and a digest that a change of any row changes", async () => {
  const { corpus, queries, qrels, findings, digest } = await loadCollection("facets");
  assert.equal(corpus.length, 756);
  assert.equal(queries.length, 2016);
  assert.deepEqual(Object.entries(qrels).map(([split, table]) => [split, table.length]), [
    ["train", 816],
    ["dev", 166],
    ["test", 1497],
    ["complete", 2794],
  ]);
  const asked = (split: string) => new Set(qrels[split].column("query_id")).size;
  assert.deepEqual(["train", "dev", "test", "complete"].map(asked), [816, 117, 1083, 2016]);
  assert.deepEqual(findings, []);
  assert.equal(digest, "1e274ccab56b8549cb9bf2eeb87315a5285fe0a2d3ddf21b9d51228bc374aac7");

  assert.equal(corpus.row(0).id, "d0001");
  assert.equal(corpus.row(0).title, "Two kinds of dropped beat");
  assert.match(corpus.row(0).text, /^In Wenckebach block, .* calls for a pacemaker\.$/);
  assert.equal(corpus.row(0).metadata, '{"topic":"heartbeat","domain":"Health"}');
  assert.equal(corpus.row(755).id, "d0756");
  assert.equal(queries.row(0).text, "Which substance builds up with hours awake instead of following the body clock?");
  assert.equal(queries.row(2015).id, "q2016");
  assert.deepEqual(qrels.train.row(0), { query_id: "q0004", doc_id: "d0492", grade: 1 });
  assert.deepEqual(qrels.train.row(815), { query_id: "q2015", doc_id: "d0146", grade: 1 });
  assert.deepEqual(qrels.complete.row(2793), { query_id: "q2016", doc_id: "d0498", grade: 2 });
  assert.deepEqual(qrels.complete.row(0), { query_id: "q0001", doc_id: "d0408", grade: 2 });
});

Deno.test("every file of facets has the size and sha256 that its README states", async () => {
  const readme = await Deno.readTextFile(join(FOLDER, "README.md"));
  const rows = [...readme.matchAll(/^\| (\S+) \| (\d+) \| `([0-9a-f]{64})` \|$/gm)];
  assert.equal(rows.length, 8);
  for (const [, path, bytes, digest] of rows) {
    assert.equal((await Deno.stat(join(FOLDER, path))).size, Number(bytes), path);
    assert.equal(await sha256File(join(FOLDER, path)), digest, path);
  }
});

Deno.test("unseen topics occur in the test split only", async () => {
  const { queries, qrels } = await loadCollection("facets");
  const unseen = new Set<string>();
  for (const { id, metadata } of queries.rows()) if (JSON.parse(metadata!).unseen) unseen.add(id);
  assert.equal(unseen.size, 384);
  for (const split of ["train", "dev"]) {
    for (const id of qrels[split].column("query_id")) assert.ok(!unseen.has(id), `${id} in ${split}`);
  }
  assert.equal(new Set(qrels.test.column("query_id")).intersection(unseen).size, 384);
});
