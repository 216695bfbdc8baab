import assert from "node:assert/strict";
import { digestCollection, loadCollection, LoadedCollection } from "../../lib/collections/mod.ts";
import { CORPUS, QRELS, QUERIES, tableOf } from "../../lib/tables/mod.ts";

const tables = {
  corpus: tableOf(CORPUS, [{ id: "d1", title: "T", text: "one" }, { id: "d2", title: "", text: "two" }]),
  queries: tableOf(QUERIES, [{ id: "q1", text: "which" }]),
};
const qrels = {
  train: tableOf(QRELS, [{ query_id: "q1", doc_id: "d1", grade: 1 }]),
  test: tableOf(QRELS, [{ query_id: "q1", doc_id: "d2", grade: 2 }, { query_id: "q1", doc_id: "d1", grade: 0 }]),
};
const collection = new LoadedCollection({ name: "tiny", ...tables, qrels });

Deno.test("query, passage, positives and grade by id", () => {
  assert.equal(collection.query("q1"), "which");
  assert.deepEqual(collection.passage("d1"), { title: "T", text: "one" });
  assert.deepEqual(collection.positives("q1"), ["d2", "d1"]);
  assert.deepEqual(collection.positives("q1", "train"), ["d1"]);
  assert.deepEqual([collection.grade("q1", "d1"), collection.grade("q1", "d1", "test")], [1, 0]);
});

Deno.test("complete judgments are used if present", () => {
  const complete = tableOf(QRELS, [{ query_id: "q1", doc_id: "d2", grade: 3 }]);
  const judged = new LoadedCollection({ name: "tiny", ...tables, qrels: { ...qrels, complete } });
  assert.deepEqual(judged.positives("q1"), ["d2"]);
  assert.deepEqual([judged.grade("q1", "d2"), judged.grade("q1", "d1")], [3, 0]);
});

Deno.test("unknown ids and splits are refused with suggestions or counts", () => {
  assert.throws(() => collection.query("q2"), /Unknown query "q2" of tiny: did you mean "q1"\?/);
  assert.throws(() => collection.passage("nothing"), /Unknown document "nothing" of tiny: it has 2, the first is "d1"/);
  assert.throws(() => collection.grade("q1", "d3"), /Unknown document "d3"/);
  assert.throws(() => collection.positives("q1", "tran"), /Unknown split "tran" of tiny: did you mean "train"\?/);
});

Deno.test("a collection in memory has a digest and displays like `deno task data`", async () => {
  assert.equal(collection.digest, digestCollection({ ...tables, qrels }));
  const facets = await loadCollection("facets");
  assert.equal(facets.digest, digestCollection(facets));
  assert.match(Deno.inspect(facets), /^facets\b[\s\S]*documents[\s\S]*complete/);
});

Deno.test("every grade of facets is found by id", async () => {
  const facets = await loadCollection("facets");
  for (const { query_id, doc_id, grade } of facets.qrels.complete.head(500).rows()) {
    assert.equal(facets.grade(query_id, doc_id), grade);
  }
});
