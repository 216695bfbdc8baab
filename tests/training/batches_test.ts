import assert from "node:assert/strict";
import { random } from "../../lib/core/random.ts";
import { CORPUS, NEGATIVES, QRELS, QUERIES } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import type { Collection } from "../../lib/collections/types.ts";
import { makeBatch } from "../../lib/training/batches/batch.ts";
import { planBatches, type PlannedQuery } from "../../lib/training/batches/batch_plan.ts";
import { trainingData } from "../../lib/training/batches/training_data.ts";
import { tinyWorld } from "./world.ts";

function queries(count: number, shared = count): PlannedQuery[] {
  return Array.from({ length: count }, (_, i) => ({
    query_id: `q${i}`,
    drawn: [`d${i % shared}`],
    known: [`d${i % shared}`, `e${i}`],
    length: 10 + (i * 37) % 90,
  }));
}

Deno.test("an epoch has every query once, in batches of nearly equal size, by seed", () => {
  const planned = queries(809);
  const plan = planBatches(planned, random(1), { queries: 16 });
  assert.deepEqual(plan.flat().sort((a, b) => a - b), planned.map((_, i) => i));
  assert.equal(plan.length, Math.ceil(809 / 16));
  assert.ok(plan.every(({ length }) => length === 15 || length === 16));
  assert.deepEqual(planBatches(planned, random(1), { queries: 16 }), plan);
  assert.notDeepEqual(planBatches(planned, random(2), { queries: 16 }), plan);
});

Deno.test("texts of a batch have similar lengths, and every query is equally likely at every position", () => {
  const planned = queries(160);
  const spread = (window: number) => {
    const plan = planBatches(planned, random(5), { queries: 8, window });
    const ranges = plan.map((batch) => {
      const lengths = batch.map((i) => planned[i].length);
      return Math.max(...lengths) - Math.min(...lengths);
    });
    return ranges.reduce((a, b) => a + b) / ranges.length;
  };
  assert.ok(spread(10) < spread(1) / 3, `${spread(10)} against ${spread(1)}`);
  // Place of the longest, the shortest and a middle query in 600 epochs: uniform over ten tenths (chi-square, 9 degrees).
  for (const watched of [0, 70, 100]) {
    const counts = new Array(10).fill(0);
    for (let seed = 0; seed < 600; seed++) {
      const plan = planBatches(planned, random(seed), { queries: 8 });
      counts[Math.floor(10 * plan.findIndex((batch) => batch.includes(watched)) / plan.length)]++;
    }
    const chi = counts.reduce((sum, n) => sum + (n - 60) ** 2 / 60, 0);
    assert.ok(chi < 27.9, `query ${watched}: chi-square ${chi}, counts ${counts}`); // p = 0.001
  }
});

Deno.test("batches by tokens stay within their budget", () => {
  const planned = queries(200);
  const plan = planBatches(planned, random(1), { tokens: 300 });
  assert.deepEqual(plan.flat().sort((a, b) => a - b), planned.map((_, i) => i));
  for (const batch of plan) {
    const sum = batch.reduce((all, i) => all + planned[i].length, 0);
    assert.ok(sum <= 300 || batch.length === 1, `${sum} tokens in ${batch.length} queries`);
  }
  const long = [{ query_id: "q", drawn: [], known: [], length: 999 }];
  assert.deepEqual(planBatches(long, random(1), { tokens: 300 }), [[0]]);
});

Deno.test("queries that share a positive are never in one batch", () => {
  for (let seed = 0; seed < 20; seed++) {
    const planned = queries(816, 204);
    for (const options of [{ queries: 16 }, { tokens: 900 }]) {
      for (const batch of planBatches(planned, random(seed), options)) {
        const documents = batch.flatMap((i) => planned[i].drawn);
        assert.equal(new Set(documents).size, documents.length);
      }
    }
  }
  // Nowhere else to go: the plan still holds every query.
  assert.equal(planBatches(queries(30, 1), random(1), { queries: 8 }).flat().length, 30);
});

Deno.test("a query whose positive answers another query is never in its batch, in either order", () => {
  for (let seed = 0; seed < 40; seed++) {
    for (const step of [1, -1]) {
      const planned = queries(120).map((query, i) => ({
        ...query,
        drawn: [`d${i}`],
        known: [`d${i}`, `d${(i + step + 120) % 120}`],
      }));
      for (const options of [{ queries: 8 }, { tokens: 500 }]) {
        for (const batch of planBatches(planned, random(seed), options)) {
          for (const i of batch) assert.ok(!batch.includes((i + step + 120) % 120), `${i} in ${batch}`);
        }
      }
    }
  }
});

Deno.test("exchanges between token batches respect the budget", () => {
  // Long and short queries that share positives: every exchange moves length from one batch to another.
  for (let seed = 0; seed < 30; seed++) {
    const planned = queries(90, 30).map((query, i) => ({ ...query, length: i % 3 === 0 ? 190 : 20 + i % 7 }));
    for (const batch of planBatches(planned, random(seed), { tokens: 400 })) {
      const sum = batch.reduce((all, i) => all + planned[i].length, 0);
      assert.ok(sum <= 400 || batch.length === 1, `${sum} tokens in ${batch.length} queries`);
    }
  }
});

Deno.test("a batch plan refuses sizes outside their domain", () => {
  for (const options of [{}, { queries: 0 }, { queries: 1.5 }, { tokens: 0 }, { queries: 2, tokens: 2 }]) {
    assert.throws(() => planBatches(queries(4), random(1), options));
  }
});

const corpus = tableOf(CORPUS, [
  { id: "a", title: "", text: "alpha" },
  { id: "b", title: "", text: "beta" },
  { id: "c", title: "", text: "gamma" },
  { id: "twin", title: "", text: " ALPHA " },
  { id: "x", title: "T", text: "other" },
]);
const collection: Collection = {
  name: "hand",
  corpus,
  queries: tableOf(QUERIES, [{ id: "1", text: "one" }, { id: "2", text: "two" }, { id: "3", text: "three" }]),
  qrels: {
    train: tableOf(QRELS, [
      { query_id: "1", doc_id: "a", grade: 2 },
      { query_id: "1", doc_id: "c", grade: 1 },
      { query_id: "2", doc_id: "b", grade: 1 },
      { query_id: "3", doc_id: "x", grade: 1 },
    ]),
  },
  digest: "hand",
  findings: [],
};

Deno.test("an answer to a query is not a negative of the same query under another id", () => {
  const twice = {
    ...collection,
    queries: tableOf(QUERIES, [{ id: "1", text: "one" }, { id: "2", text: " ONE" }, { id: "3", text: "three" }]),
  };
  const negatives = tableOf(NEGATIVES, [{ query_id: "1", doc_id: "b", source: "bm25", verdict: "kept" }]);
  const data = trainingData(twice, negatives, { split: "train" });
  assert.deepEqual(["1", "2", "3"].map((id) => data.known(id)), [["a", "c", "b"], ["b", "a", "c"], ["x"]]);
  const groups = ["1", "2", "3"].map((query_id) => ({
    query_id,
    positives: data.positives.get(query_id)!.slice(0, 1),
    negatives: query_id === "1" ? [0] : [],
  }));
  const { relations } = makeBatch(data, groups, { inBatch: true, levels: false, teacherScores: false });
  assert.deepEqual([...relations.data], [2, 0, -2, 0, 1, -2, -2, -2, 1]); // columns a, b, x
});

Deno.test("relations by hand: own and in-batch negatives, known positives, equal texts", () => {
  const negatives = tableOf(NEGATIVES, [
    { query_id: "1", doc_id: "b", source: "bm25", verdict: "kept" },
    { query_id: "1", doc_id: "twin", source: "dense", verdict: "kept" },
    { query_id: "2", title: "", text: "Written", source: "synthetic", verdict: "kept" },
    { query_id: "2", title: "", text: "gamma", source: "synthetic", verdict: "kept" },
    { query_id: "3", doc_id: "b", source: "random", verdict: "kept" },
  ]);
  const data = trainingData(collection, negatives, { split: "train" });
  const groups = [
    { query_id: "1", positives: [{ doc_id: "a", grade: 2 }], negatives: [0, 1] },
    { query_id: "2", positives: [{ doc_id: "b", grade: 1 }], negatives: [2, 3] },
    { query_id: "3", positives: [{ doc_id: "x", grade: 1 }], negatives: [4] },
  ];
  const batch = makeBatch(data, groups, { inBatch: true, levels: false, teacherScores: false });
  // b stands once for three queries; "twin" equals a in text and is the same column; "gamma" is c's text, c is a known
  // positive of query 1, so it is ignored there.
  assert.deepEqual(batch.texts.map(({ text }) => text), [
    "one",
    "two",
    "three",
    "alpha",
    "beta",
    "Written",
    "gamma",
    "T other",
  ]);
  assert.deepEqual([...batch.relations.data], [
    ...[2, -1, -2, 0, -2],
    ...[-2, 1, -1, -1, -2],
    ...[-2, -1, -2, -2, 1],
  ]);
  assert.deepEqual([...batch.columns], [0, 1, 4]);
  assert.deepEqual([...batch.grades], [2, 1, 1]);
  const sources = [...batch.cellSource].map((code) => batch.sources[code] ?? "");
  assert.deepEqual(sources, [
    ...["", "bm25", "in-batch", "", "in-batch"],
    ...["in-batch", "", "synthetic", "synthetic", "in-batch"],
    ...["in-batch", "random", "in-batch", "in-batch", ""],
  ]);
  const own = makeBatch(data, groups, { inBatch: false, levels: false, teacherScores: false });
  assert.deepEqual([...own.relations.data], [
    ...[2, -1, 0, 0, 0],
    ...[0, 1, -1, -1, 0],
    ...[0, -1, 0, 0, 1],
  ]);
});

Deno.test("graded levels: written passages of every level, with the known positive at the top", () => {
  const graded = { query_id: "1", title: "", source: "synthetic", recipe: "graded@1" };
  const negatives = tableOf(NEGATIVES, [
    { ...graded, text: "three", grade: 3, verdict: "relabeled" },
    { ...graded, text: "one", grade: 1, verdict: "kept" },
    { ...graded, text: "zero", grade: 0, verdict: "kept" },
  ]);
  const data = trainingData(collection, negatives, { split: "train" });
  const group = { query_id: "1", positives: [{ doc_id: "a", grade: 2 }], negatives: [1, 2] };
  const batch = makeBatch(data, [group], { inBatch: false, levels: true, teacherScores: false });
  assert.deepEqual([...batch.relations.data], [3, 1, -1, 3]);
  assert.deepEqual([...batch.columns].toSorted(), [0, 1, 3]);
});

Deno.test("levels of other recipes are not grades, and a relabeled written passage is at the top", () => {
  const row = { query_id: "1", title: "", source: "synthetic" };
  const negatives = tableOf(NEGATIVES, [
    { ...row, recipe: "granular@1", text: "hard", grade: 4, verdict: "kept" },
    { ...row, recipe: "syneg@1", text: "answers", verdict: "relabeled" },
  ]);
  const data = trainingData(collection, negatives, { split: "train" });
  const group = { query_id: "1", positives: [{ doc_id: "a", grade: 1 }], negatives: [0] };
  const batch = makeBatch(data, [group], { inBatch: false, levels: true, teacherScores: false });
  assert.deepEqual([...batch.relations.data], [3, -1, 3]);
});

Deno.test("a query without negatives has a teacher's score, too", () => {
  const negatives = tableOf(NEGATIVES, [
    { query_id: "1", doc_id: "b", source: "bm25", score: 0.5, positive_score: 0.75, verdict: "kept" },
  ]);
  const data = trainingData(collection, negatives, { split: "train" });
  const groups = [
    { query_id: "1", positives: [{ doc_id: "a", grade: 1 }], negatives: [0] },
    { query_id: "3", positives: [{ doc_id: "x", grade: 1 }], negatives: [] },
  ];
  const batch = makeBatch(data, groups, { inBatch: false, levels: false, teacherScores: true });
  assert.deepEqual([...batch.teacher!], [0.75, 0.5, 0, 0, 0, 0]);
});

Deno.test("relabeled documents become positives", () => {
  const negatives = tableOf(NEGATIVES, [{ query_id: "2", doc_id: "c", source: "bm25", verdict: "relabeled" }]);
  const data = trainingData(collection, negatives, { split: "train" });
  assert.deepEqual(data.positiveIds.get("2"), ["b", "c"]);
});

Deno.test("impossible negatives are refused before any work", () => {
  const one = (row: Record<string, unknown>) =>
    tableOf(NEGATIVES, [{ query_id: "1", source: "bm25", verdict: "kept", ...row }]);
  const data = (row: Record<string, unknown>) => () => trainingData(collection, one(row), { split: "train" });
  assert.throws(data({ doc_id: "a" }), /gives query "1" its known positive "a"/);
  assert.throws(data({ doc_id: "nowhere" }), /names document "nowhere"/);
  assert.throws(data({}), /neither doc_id nor text/);
  assert.throws(() => trainingData(collection, one({ doc_id: "b" }), { split: "trian" }), /did you mean "train"/);
});

Deno.test("no known positive is ever a negative, whatever the batch", () => {
  const { collection, negatives } = tinyWorld(30, 7);
  const data = trainingData(collection, negatives, { split: "train" });
  const rowsOf = (id: string) => [...negatives.column("query_id")].flatMap((q, row) => q === id ? [row] : []);
  const groups = data.queries.map((query_id) => ({
    query_id,
    positives: data.positives.get(query_id)!.slice(0, 1),
    negatives: rowsOf(query_id),
  }));
  const batch = makeBatch(data, groups, { inBatch: true, levels: false, teacherScores: false });
  const { data: cells, candidates } = batch.relations;
  const texts = [...batch.candidateIndex].map((place) => batch.texts[place].text.toLowerCase());
  assert.equal(new Set(texts).size, candidates);
  groups.forEach(({ query_id, positives }, i) => {
    const drawn = data.documentText(positives[0].doc_id).toLowerCase();
    const known = data.positives.get(query_id)!.map(({ doc_id }) => data.documentText(doc_id).toLowerCase());
    texts.forEach((text, j) => {
      const cell = cells[i * candidates + j];
      if (text === drawn) assert.ok(cell > 0);
      else if (known.includes(text)) assert.equal(cell, 0);
      else assert.ok(cell < 0);
    });
  });
});
