import assert from "node:assert/strict";
import { CORPUS, NEGATIVES, QRELS, QUERIES } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import type { Collection } from "../../lib/collections/types.ts";
import { audit, filterNegatives, mine, refresh } from "../../lib/negatives/mod.ts";
import { positiveGuard } from "../../lib/negatives/filters/mod.ts";
import { knownPositives, positivesOf } from "../../lib/collections/mod.ts";
import { makeBatch } from "../../lib/training/batches/batch.ts";
import { trainingData } from "../../lib/training/batches/training_data.ts";
import { fakeEncoder } from "../evaluation/fake_encoder.ts";

/** Queries that ask the same under several ids, in letters that differ, and documents that copy one another. */
const SPELLINGS = [
  "Why does bread rise?",
  "why does bread rise",
  "WHY  does bread rise…",
  "Why does bread\u00a0rise ?",
];

function world(queries: readonly string[], documents: readonly string[]): Collection {
  return {
    name: "equal",
    corpus: tableOf(CORPUS, documents.map((text, i) => ({ id: `d${i}`, title: "", text }))),
    queries: tableOf(QUERIES, queries.map((text, i) => ({ id: `q${i}`, text }))),
    qrels: { train: tableOf(QRELS, queries.map((_, i) => ({ query_id: `q${i}`, doc_id: `d${i}`, grade: 1 }))) },
    digest: "",
    findings: [],
  };
}

const passages = SPELLINGS.map((_, i) =>
  `Bread may rise for reason ${"abcdefg"[i]} when the yeast of kind ${i} works.`
);
const collection = world([...SPELLINGS, "why does bread rise not"], [...passages, "Bread that does not rise at all."]);

Deno.test("queries of the same text share their positives, each with its own first", () => {
  const known = knownPositives(collection.queries, positivesOf(collection));
  assert.deepEqual(known.get("q1"), ["d1", "d0", "d2", "d3"]);
  assert.deepEqual(known.get("q4"), ["d4"]);
  const silent = world(["", " ", "…", "…"], ["a", "b", "c", "d"]);
  const apart = knownPositives(silent.queries, positivesOf(silent));
  assert.deepEqual(["q0", "q1", "q2"].map((id) => apart.get(id)), [["d0"], ["d1"], ["d2", "d3"]]);
});

Deno.test("mine, filters, refresh and audit treat a positive of an equal query as a positive", async () => {
  const mined = await mine(collection, { source: "bm25", depth: 5, nearDuplicateThreshold: false });
  const reasons = [...mined.rows()].filter(({ query_id }) => query_id === "q1").map((row) => row.reason);
  assert.equal(reasons.filter((reason) => reason?.startsWith("positive-id")).length, 4);
  const rows = ["d0", "d4"].map((doc_id) => ({
    query_id: "q1",
    doc_id,
    source: "bm25" as const,
    verdict: "kept" as const,
  }));
  const planted = tableOf(NEGATIVES, rows);
  const report = await audit(planted, collection);
  assert.deepEqual(report.checks.filter(({ count }) => count > 0).map(({ name, count }) => [name, count]), [
    ["positive", 1],
    ["without-negatives", 4],
  ]);
  const filtered = await filterNegatives(planted, collection, [positiveGuard()]);
  assert.deepEqual([...filtered.column("reason")], ["positive-id: d0", null]);
  const fresh = await refresh(collection, { depth: 5, nearDuplicateThreshold: false })(fakeEncoder(), {
    negatives: tableOf(NEGATIVES, [{ query_id: "q0", doc_id: "d4", source: "bm25", verdict: "relabeled" }]),
    step: 1,
    epoch: 0,
  });
  const kept = [...fresh.rows()].filter((row) => row.source === "model" && row.verdict === "kept");
  assert.deepEqual([...new Set(kept.map((row) => row.query_id))], ["q4"], "d4 answers every spelling of q0");
});

Deno.test("in a batch, a copy of a positive is masked in any spelling, title or form", () => {
  const copies = [
    "yeast makes dough rise",
    "Yeast makes dough rise!",
    "“Yeast” makes dough\u00ad rise",
    "Ｙｅａｓｔ makes dough rise",
  ];
  for (const copy of copies) {
    const twice = world(["why", "how"], ["Yeast makes dough rise.", copy]);
    const data = trainingData(twice, tableOf(NEGATIVES, []), { split: "train" });
    const groups = ["q0", "q1"].map((query_id) => ({
      query_id,
      positives: data.positives.get(query_id)!,
      negatives: [],
    }));
    const { relations } = makeBatch(data, groups, { inBatch: true, levels: false, teacherScores: false });
    assert.deepEqual([...relations.data], [1, 1], copy);
  }
  const corpus = tableOf(CORPUS, [
    { id: "d0", title: "", text: "Yeast makes dough rise." },
    { id: "d1", title: "Bread", text: "yeast makes dough rise" },
    { id: "d2", title: "", text: "C++" },
    { id: "d3", title: "", text: "C" },
  ]);
  const titled = { ...world(["why", "how", "which", "what"], ["", "", "", ""]), corpus };
  const data = trainingData(titled, tableOf(NEGATIVES, []), { split: "train" });
  const groups = ["q0", "q1", "q2", "q3"].map((query_id) => ({
    query_id,
    positives: data.positives.get(query_id)!,
    negatives: [],
  }));
  const { relations } = makeBatch(data, groups, { inBatch: true, levels: false, teacherScores: false });
  assert.deepEqual([...relations.data], [
    ...[1, 0, -2, -2],
    ...[0, 1, -2, -2],
    ...[-2, -2, 1, -2],
    ...[-2, -2, -2, 1],
  ]);
});

Deno.test("a relabeled document answers every spelling of its query, in batches too", () => {
  const two = world(["Why?", "why", "other"], ["a", "b", "The  WRITTEN answer"]);
  const negatives = tableOf(NEGATIVES, [
    { query_id: "q0", title: "", text: "the written answer.", source: "synthetic", verdict: "relabeled" },
  ]);
  const data = trainingData(two, negatives, { split: "train" });
  const groups = ["q0", "q1", "q2"].map((query_id) => ({
    query_id,
    positives: data.positives.get(query_id)!,
    negatives: [],
  }));
  const { relations } = makeBatch(data, groups, { inBatch: true, levels: false, teacherScores: false });
  assert.deepEqual([...relations.data], [1, 0, 0, 0, 1, 0, -2, -2, 1]);
});

Deno.test("mine drops the second of two equal texts by its own rule and passes audit", async () => {
  const copy = ["Salt slows the yeast.", "salt slows the YEAST", "Salt, slows the yeast!", "Salt slows yeast."];
  const doubled = world(["yeast"], ["Yeast works.", ...copy]);
  const mined = await mine(doubled, { source: "bm25", nearDuplicateThreshold: false });
  const reasons = [...mined.rows()].map(({ doc_id, reason }) => [doc_id, reason]);
  const kept = reasons.filter(([, reason]) => reason === null).map(([id]) => id);
  assert.equal(kept.length, 2);
  assert.equal(reasons.filter(([, reason]) => reason?.startsWith("duplicate: same text as d")).length, 2);
  assert.equal((await audit(mined, doubled)).ok, true);
});

Deno.test("near-duplicates are found in scripts without spaces", async () => {
  const pairs = [
    [
      "酵母在温暖的厨房里使面团发酵，因为它吃掉面粉中的糖分并放出气体，面筋把气体留在面团之中。寒冷的厨房会减慢这个过程，面包师必须等待更长时间，盐也会减慢发酵。",
      "寒冷",
      "低温",
    ],
    [
      "酵母は暖かい台所で生地を膨らませます。小麦粉の糖を食べて気体を出し、グルテンがその気体を生地の中に閉じ込めるからです。寒い台所ではこの過程が遅くなり、塩も発酵を遅らせます。",
      "寒い",
      "冷えた",
    ],
    [
      "ยีสต์ทำให้แป้งขึ้นในครัวที่อบอุ่นเพราะมันกินน้ำตาลในแป้งและปล่อยก๊าซออกมา กลูเตนเก็บก๊าซไว้ในก้อนแป้ง ครัวที่เย็นทำให้กระบวนการนี้ช้าลงและเกลือก็ทำให้การหมักช้าลงด้วย",
      "เย็น",
      "หนาว",
    ],
    [
      "The dough rises: 酵母在温暖的厨房里使面团发酵，因为它吃掉面粉中的糖分并放出气体 while the baker waits for an hour beside the warm oven and folds it again 盐也会减慢发酵。",
      "hour",
      "evening",
    ],
  ];
  for (const [text, word, other] of pairs) {
    const near = world(["q"], [text, text.replace(word, other), "别的 another 他の อื่น"]);
    const mined = await mine(near, { source: "random" });
    const verdicts = new Map([...mined.rows()].map(({ doc_id, reason }) => [doc_id, reason?.split(":")[0]]));
    assert.deepEqual([verdicts.get("d1"), verdicts.get("d2")], ["near-positive", undefined], text);
  }
});
