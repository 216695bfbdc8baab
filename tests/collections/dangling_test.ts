import assert from "node:assert/strict";
import { CORPUS, QRELS, QUERIES, tableOf } from "../../lib/tables/mod.ts";
import { withoutDangling } from "../../lib/collections/mod.ts";

Deno.test("dangling judgments leave their split, the others stay in order", () => {
  const rows = [["q2", "d"], ["q", "none"], ["q", "d"], ["nobody", "d"], ["nobody", "none"]];
  const train = tableOf(QRELS, rows.map(([query_id, doc_id], grade) => ({ query_id, doc_id, grade })));
  const collection = {
    name: "own",
    corpus: tableOf(CORPUS, [{ id: "d", title: "", text: "a" }]),
    queries: tableOf(QUERIES, ["q", "q2"].map((id) => ({ id, text: "b" }))),
    qrels: { train, test: train },
    digest: "",
    findings: [],
  };
  const found = withoutDangling(collection, "train");
  assert.equal(found.dangling, 3);
  assert.deepEqual([...found.collection.qrels.train.rows()].map(({ grade }) => grade), [0, 2]);
  assert.equal(found.collection.qrels.test, train);
  assert.equal(withoutDangling(found.collection, "train").collection, found.collection);
  assert.deepEqual(withoutDangling(collection, "dev"), { collection, dangling: 0 });
});
