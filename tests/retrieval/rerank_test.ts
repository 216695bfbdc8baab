import assert from "node:assert/strict";
import { loadCrossEncoder } from "../../lib/encoders/mod.ts";
import { crossEncoder } from "../../lib/negatives/filters/mod.ts";
import { filterNegatives } from "../../lib/negatives/mod.ts";
import { rerank, type Reranker } from "../../lib/retrieval/mod.ts";
import { NEGATIVES, QRELS, RUN, tableOf } from "../../lib/tables/mod.ts";
import { distillation } from "../../lib/training/losses/mod.ts";
import { train } from "../../lib/training/train.ts";
import { crossEncoderFolder } from "../encoders/cross_encoder_fixture.ts";
import { all, tinyEncoder, tinyWorld, weightsOf } from "../training/world.ts";

const { collection, negatives } = tinyWorld();
const run = tableOf(
  RUN,
  ["q0", "q1"].flatMap((query_id) =>
    ["d0", "d1", "e1", "d2"].map((doc_id, i) => ({ query_id, doc_id, rank: i + 1, score: -i }))
  ),
);

/** Scores by the length of the document. */
const byLength: Reranker = {
  name: "length",
  score: (pairs) => Promise.resolve(Float32Array.from(pairs, ({ document }) => document.length)),
};

Deno.test("rerank orders the first documents of each query by the new scores, and leaves the others out", async () => {
  const lengths = new Map([...collection.corpus.rows()].map(({ id, title, text }) => [
    id,
    (title === "" ? text : `${title} ${text}`).length,
  ]));
  const rows = [...(await rerank(byLength, run, { collection, depth: 3 })).rows()];
  assert.equal(rows.length, 6);
  for (const query of ["q0", "q1"]) {
    const mine = rows.filter(({ query_id }) => query_id === query);
    assert.deepEqual(mine.map(({ rank }) => rank), [1, 2, 3]);
    const wanted = ["d0", "d1", "e1"].sort((a, b) => lengths.get(b)! - lengths.get(a)! || (a < b ? 1 : -1));
    assert.deepEqual(mine.map(({ doc_id }) => doc_id), wanted);
    assert.deepEqual(mine.map(({ score }) => score), wanted.map((id) => lengths.get(id)));
  }
  const same: Reranker = { name: "same", score: (pairs) => Promise.resolve([...pairs].map(() => 1)) };
  const ties = [...(await rerank(same, run, { collection })).rows()].slice(0, 4).map(({ doc_id }) => doc_id);
  assert.deepEqual(ties, ["e1", "d2", "d1", "d0"], "ties by descending id");
});

Deno.test("rerank refuses what the collection has not, scores that are not finite, and odd depths", async () => {
  const other = tableOf(RUN, [{ query_id: "q0", doc_id: "zzz", rank: 1, score: 1 }]);
  await assert.rejects(rerank(byLength, other, { collection }), /the run has the document "zzz"/);
  const nobody = tableOf(RUN, [{ query_id: "zzz", doc_id: "d0", rank: 1, score: 1 }]);
  await assert.rejects(rerank(byLength, nobody, { collection }), /the run has the query "zzz"/);
  const broken: Reranker = { name: "broken", score: () => Promise.resolve([NaN]) };
  await assert.rejects(rerank(broken, run, { collection }), /the score NaN by broken/);
  await assert.rejects(rerank(byLength, run, { collection, depth: 0 }), /depth must be an integer >= 1, found 0/);
});

Deno.test("a cross-encoder reranks, filters negatives, and teaches", async () => {
  const { folder } = await crossEncoderFolder("bert");
  const model = await loadCrossEncoder(folder);
  const reranked = [...(await rerank(model, run, { collection })).rows()];
  const [{ query_id, doc_id, score }] = reranked;
  const query = [...collection.queries.rows()].find(({ id }) => id === query_id)!.text;
  const { title, text } = [...collection.corpus.rows()].find(({ id }) => id === doc_id)!;
  const document = title === "" ? text : `${title} ${text}`;
  assert.ok(Math.abs((await model.score([{ query, document }]))[0] - score) < 1e-6);

  const texts = new Map([...collection.queries.rows()].map(({ id, text }) => [id, text]));
  const documents = new Map([...collection.corpus.rows()].map(({ id, title, text }) => [id, { title, text }]));
  const pairOf = (query_id: string, { title, text }: { title: string; text: string }) => ({
    query: texts.get(query_id)!,
    document: title === "" ? text : `${title} ${text}`,
  });
  const rows = [...negatives.rows()];
  const scores = await model.score(
    rows.map(({ query_id, doc_id, title, text }) =>
      pairOf(query_id, documents.get(doc_id ?? "") ?? { title: title ?? "", text: text ?? "" })
    ),
  );
  const threshold = [...scores].sort((a, b) => a - b)[Math.floor(scores.length / 2)] + 1e-5;
  const filtered = await filterNegatives(negatives, collection, [crossEncoder(model, { threshold })]);
  const kept = [...filtered.rows()].map(({ verdict }) => verdict === "kept");
  assert.deepEqual(kept, [...scores].map((score) => score < threshold));

  // One positive per query, whose score the table can hold.
  const qrels = [...collection.qrels.train.rows()].filter(({ grade }) => grade > 1);
  const single = { ...collection, qrels: { train: tableOf(QRELS, qrels) } };
  const positives = await model.score(qrels.map((row) => pairOf(row.query_id, documents.get(row.doc_id)!)));
  const positiveOf = new Map(qrels.map(({ query_id }, i) => [query_id, positives[i]]));
  const scored = tableOf(
    NEGATIVES,
    rows.map((row, i) => ({ ...row, score: scores[i], positive_score: positiveOf.get(row.query_id)! })),
  );
  const teach = async (table: typeof negatives, teacher: "scores" | typeof model) => {
    const student = await tinyEncoder("static");
    const steps = { batchSize: 5, steps: 4, warmup: 0, learningRate: 1e-2, inBatch: false };
    const loss = distillation({ temperature: 0.5 });
    await all(train(student, { ...steps, collection: single, negatives: table, loss, teacher }));
    return [...weightsOf(student).values()][0];
  };
  const taught = await teach(negatives, model);
  const wanted = await teach(scored, "scores");
  taught.forEach((x, i) => assert.ok(Math.abs(x - wanted[i]) < 1e-5, `number ${i}: ${x} against ${wanted[i]}`));
  const other = await teach(negatives, "scores");
  assert.ok(taught.some((x, i) => Math.abs(x - other[i]) > 1e-3), "the scores matter");
  await model.dispose();
});
