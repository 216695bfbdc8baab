import assert from "node:assert/strict";
import {
  alignment,
  bm25,
  evaluate,
  evaluateEncoder,
  KitError,
  loadCollection,
  means,
  mine,
  NEGATIVES,
  random,
  similarities,
  tableOf,
  uniformity,
} from "../../mod.ts";
import { ownDocuments, passageText } from "../../lib/collections/mod.ts";
import { QRELS, QUERIES, RUN } from "../../lib/tables/mod.ts";
import { fakeEncoder } from "./fake_encoder.ts";

const vectors = (rows: number[][]) => ({
  data: Float32Array.from(rows.flat()),
  length: rows.length,
  dimension: rows[0]?.length ?? 0,
});

Deno.test("the ranking is as deep as the deepest measure", async () => {
  const facets = await loadCollection("facets");
  for (const [measures, depth] of [[["nDCG@10"], 100], [["MRR@10", "Recall@200"], 200], [["MAP"], 756]] as const) {
    const { run } = await evaluateEncoder(fakeEncoder(), facets, { split: "dev", measures });
    assert.equal(Math.max(...run.numbers("rank")), depth, measures.join());
  }
});

Deno.test("a query that is a document is neither its own answer nor its own negative", async () => {
  const facets = await loadCollection("facets");
  const [document, positive] = [facets.corpus.row(3), facets.corpus.row(4)];
  // Its id and its text; then the id alone, by chance.
  const queries = tableOf(QUERIES, [
    { id: document.id, text: document.text },
    { id: positive.id, text: "something else" },
  ]);
  const qrels = tableOf(QRELS, [
    { query_id: document.id, doc_id: positive.id, grade: 1 },
    { query_id: positive.id, doc_id: document.id, grade: 1 },
  ]);
  const collection = { ...facets, queries, qrels: { test: qrels, train: qrels } };
  assert.deepEqual([...ownDocuments(collection)], [[document.id, [document.id]]]);
  const { run } = await evaluateEncoder(fakeEncoder(), collection, { depth: 756 });
  const found = (id: string) => [...run.rows()].filter((row) => row.query_id === id).map((row) => row.doc_id);
  assert.equal(found(document.id).length, 755);
  assert.ok(!found(document.id).includes(document.id));
  assert.equal(found(positive.id).length, 756);
  const index = await bm25(collection.corpus);
  const ranked = [...(await index.searchAll(queries, { depth: 5, excluded: ownDocuments(collection) })).rows()]
    .filter(({ query_id }) => query_id === document.id);
  const all = index.search(document.text, 6).map(({ doc_id }) => doc_id);
  assert.equal(all[0], document.id);
  assert.deepEqual(ranked.map(({ doc_id }) => doc_id), all.slice(1));
  assert.deepEqual(ranked.map(({ rank }) => rank), [1, 2, 3, 4, 5]);
  const mined = await mine(collection, { source: "bm25", depth: 5 });
  const [first] = mined.rows();
  assert.deepEqual([first.doc_id, first.verdict, first.reason], [
    document.id,
    "dropped",
    "own-document: the query itself",
  ]);
});

Deno.test("an encoder's evaluation equals inner products sorted by hand", async () => {
  const facets = await loadCollection("facets");
  const encoder = { ...fakeEncoder(), similarity: "dot" as const };
  const { run, scores } = await evaluateEncoder(encoder, facets, { split: "dev", measures: ["nDCG@10", "MRR@10"] });
  const documents = [...facets.corpus.rows()];
  const judged = new Set(facets.qrels.dev.column("query_id"));
  const queries = [...facets.queries.rows()].filter(({ id }) => judged.has(id));
  assert.equal(scores.length, 2 * judged.size);
  assert.equal(run.length, 100 * judged.size);
  const d = await encoder.encode(documents.map(passageText), { kind: "document" });
  const q = await encoder.encode(queries.map(({ text }) => text), { kind: "query" });
  const rows = queries.flatMap(({ id }, i) =>
    documents.map(({ id: doc_id }, j) => {
      let score = 0;
      for (let k = 0; k < 64; k++) score += q.data[i * 64 + k] * d.data[j * 64 + k];
      return { query_id: id, doc_id, rank: 1, score };
    })
  );
  const plain = means(evaluate(tableOf(RUN, rows), facets.qrels.dev, ["nDCG@10", "MRR@10"]));
  for (const [name, value] of means(scores)) assert.ok(Math.abs(value - plain.get(name)!) < 1e-6, name);
  await assert.rejects(
    evaluateEncoder(encoder, facets, { split: "tset" }),
    /Unknown split "tset".*did you mean "test"/,
  );
  await assert.rejects(evaluateEncoder(encoder, facets, { measures: ["ndcg@x"] }), KitError);
});

Deno.test("similarities are cosines by source; complete judgments identify false negatives", async () => {
  const facets = await loadCollection("facets");
  const encoder = fakeEncoder();
  const positive = facets.qrels.train.row(0);
  const query_id = positive.query_id;
  const complete = new Map(
    [...facets.qrels.complete.rows()].filter((row) => row.query_id === query_id)
      .map((row) => [row.doc_id, row.grade]),
  );
  const ids = [...facets.corpus.column("id")];
  const irrelevant = ids.find((id) => !complete.has(id))!;
  const hidden = [...complete].find(([id, grade]) => grade > 0 && id !== positive.doc_id)?.[0] ?? positive.doc_id;
  const negatives = tableOf(NEGATIVES, [
    { query_id, doc_id: irrelevant, source: "bm25", verdict: "kept" },
    { query_id, doc_id: hidden, source: "dense", verdict: "kept" },
    { query_id, title: "", text: "A written passage.", source: "synthetic", verdict: "kept" },
    { query_id, doc_id: irrelevant, source: "random", verdict: "dropped" },
  ]);
  const rows = [...(await similarities(encoder, facets, negatives)).rows()];
  assert.deepEqual(rows.map(({ source, false_negative }) => [source, false_negative]), [
    ["bm25", false],
    ["dense", true],
    ["synthetic", null],
  ]);
  const text = (id: string) => passageText(facets.corpus.row(ids.indexOf(id)));
  const query = [...facets.queries.rows()].find(({ id }) => id === query_id)!.text;
  const [a, b, c] = await Promise.all(
    [query, text(irrelevant), text(positive.doc_id)].map(async (t) =>
      (await encoder.encode([t], { kind: "query" })).data
    ),
  );
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  const cosine = (x: Float32Array, y: Float32Array) => dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
  assert.ok(Math.abs(rows[0].similarity - cosine(a, b)) < 1e-6);
  assert.ok(Math.abs(rows[0].positive_similarity - cosine(a, c)) < 1e-6);
  const wrong = tableOf(NEGATIVES, [{ query_id, doc_id: "nowhere", source: "bm25", verdict: "kept" }]);
  await assert.rejects(similarities(encoder, facets, wrong), /document "nowhere" is not in the corpus/);
});

Deno.test("alignment and uniformity as Wang and Isola define them", () => {
  assert.equal(alignment(vectors([[1, 0], [0, 2]]), vectors([[2, 0], [0, 1]])), 0);
  assert.equal(alignment(vectors([[1, 0]]), vectors([[-5, 0]])), 4);
  assert.ok(Math.abs(uniformity(vectors([[1, 0], [0, 1]])) - -4) < 1e-12);
  assert.ok(Math.abs(uniformity(vectors([[1, 0], [2, 0], [3, 0]]))) < 1e-12);
  const stream = random("geometry");
  const spread = vectors(Array.from({ length: 200 }, () => Array.from({ length: 16 }, () => stream.normal())));
  const bunched = { ...spread, data: spread.data.map((value, i) => i % 16 === 0 ? value + 10 : value) };
  assert.ok(uniformity(spread) < uniformity(bunched));
  assert.throws(() => alignment(spread, vectors([[1, 0]])), KitError);
  assert.throws(() => uniformity(vectors([[1, 0]])), KitError);
});
