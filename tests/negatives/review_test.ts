import assert from "node:assert/strict";
import { filterNegatives, filters, readReviews, ruleOf, verdictAgreement, waterfall } from "../../lib/negatives/mod.ts";
import { NEGATIVES, REVIEWS, tableOf, type Verdict } from "../../lib/tables/mod.ts";
import { collectionOf } from "./cases.ts";

const collection = collectionOf(
  Object.fromEntries(["a", "b", "c", "d", "e"].map((id) => [id, { title: "", text: `text of ${id}` }])),
  { q: ["a"], p: ["a"] },
);
const row = { query_id: "q", source: "bm25", verdict: "kept", score: 1, positive_score: 2 } as const;
const negatives = tableOf(NEGATIVES, [
  { ...row, doc_id: "b", rank: 1 },
  { ...row, doc_id: "c", rank: 2, verdict: "dropped", reason: "relative margin: 0.99 of the positive" },
  { ...row, doc_id: "b", rank: 1, source: "dense" },
  { ...row, query_id: "p", doc_id: "b", rank: 1 },
  { ...row, source: "synthetic", title: "T", text: "written" },
]);
const review = (cells: Record<string, string>[]) =>
  tableOf(REVIEWS, cells.map((cells) => ({ query_id: "q", ...cells }) as never));

Deno.test("a reviewer's verdicts drop, relabel and keep, for every source, with the reviewer's name", async () => {
  const reviews = review([
    { doc_id: "b", verdict: "dropped", reviewer: "Ada", reason: "answers in part" },
    { doc_id: "c", verdict: "kept", reviewer: "Ada" },
    { title: "T", text: "written", verdict: "relabeled" },
  ]);
  const filtered = await filterNegatives(negatives, collection, [filters.verdicts(reviews)]);
  assert.deepEqual([...filtered.column("verdict")], ["dropped", "kept", "dropped", "kept", "relabeled"]);
  assert.deepEqual([...filtered.column("reason")], [
    "verdicts: by Ada, answers in part",
    "verdicts: by Ada",
    "verdicts: by Ada, answers in part",
    null,
    "verdicts: by a reviewer",
  ]);
  assert.equal(ruleOf(filtered.row(0).reason), "verdicts");
  const steps = waterfall(filtered).filter(({ rule }) => rule === "verdicts");
  assert.deepEqual(steps.map(({ source, dropped, relabeled }) => [source, dropped, relabeled]), [
    ["bm25", 1, 0],
    ["dense", 1, 0],
    ["synthetic", 0, 1],
  ]);
});

Deno.test("filters after the verdicts see what the reviewer kept, and sources limit the verdicts", async () => {
  const reviews = review([{ doc_id: "b", verdict: "dropped" }, { doc_id: "c", verdict: "kept" }]);
  const chain = [filters.verdicts(reviews, { sources: ["bm25"] }), filters.rankWindow({ from: 2, sources: ["bm25"] })];
  const filtered = await filterNegatives(negatives, collection, chain);
  assert.deepEqual([...filtered.column("verdict")], ["dropped", "kept", "kept", "dropped", "kept"]);
  assert.match(filtered.row(3).reason!, /^rank-window/);
});

Deno.test("verdicts about other negatives are refused", async () => {
  const reviews = review([{ doc_id: "e", verdict: "dropped" }]);
  await assert.rejects(
    filterNegatives(negatives, collection, [filters.verdicts(reviews)]),
    /none of the 1 reviewed pairs of query and passage is among the 5 negatives/,
  );
});

const broken: [string, string, RegExp][] = [
  ["another verdict", '{"query_id":"q","doc_id":"b","verdict":"keep"}', /found "keep", expected one of kept, dropped/],
  ["no passage", '{"query_id":"q","verdict":"kept"}', /verdict 1: it needs doc_id or text, found neither/],
  ["two passages", '{"query_id":"q","doc_id":"b","text":"t","verdict":"kept"}', /needs doc_id or text, found both/],
  [
    "a contradiction",
    '{"query_id":"q","doc_id":"b","verdict":"kept"}\n{"query_id":"q","doc_id":"b","verdict":"dropped"}',
    /contradict each other: of query "q" and one passage, verdict 1 is "kept", verdict 2 is "dropped"/,
  ],
];
for (const [name, lines, wanted] of broken) {
  Deno.test(`a file of verdicts with ${name} is refused with its position`, async () => {
    const file = await Deno.makeTempFile({ suffix: ".jsonl" });
    await Deno.writeTextFile(file, `${lines}\n`);
    await assert.rejects(readReviews(file), wanted);
    await Deno.remove(file);
  });
}

Deno.test("kappa of two reviewers equals scikit-learn's", () => {
  const counts: [Verdict, Verdict, number][] = [
    ["kept", "kept", 44],
    ["kept", "dropped", 5],
    ["kept", "relabeled", 1],
    ["dropped", "kept", 7],
    ["dropped", "dropped", 20],
    ["dropped", "relabeled", 3],
    ["relabeled", "kept", 9],
    ["relabeled", "dropped", 5],
    ["relabeled", "relabeled", 6],
  ];
  const items = counts.flatMap(([a, b, count]) => Array.from({ length: count }, () => [a, b]));
  const [first, second] = [0, 1].map((who) =>
    review(items.map((pair, i) => ({ doc_id: `d${i}`, verdict: pair[who] as string })))
  );
  const found = verdictAgreement(first, second);
  assert.equal(found.count, 100);
  assert.ok(Math.abs(found.agreement - 0.7) < 1e-12);
  assert.ok(Math.abs(found.kappa - 0.4915254237288136) < 1e-12, "cohen_kappa_score of scikit-learn 1.9.1");
  assert.deepEqual(found.confusion, [[44, 5, 1], [7, 20, 3], [9, 5, 6]]);
  assert.equal(found.disagreements.length, 30);
});

Deno.test("a reviewer against a judged table: pairs with contradictory rows are left out", () => {
  const judged = tableOf(NEGATIVES, [
    { ...row, doc_id: "b", verdict: "kept" },
    { ...row, doc_id: "b", source: "dense", verdict: "dropped" },
    { ...row, doc_id: "c", verdict: "relabeled" },
    { ...row, doc_id: "d", verdict: "kept" },
    { ...row, source: "synthetic", text: "written", verdict: "kept" },
  ]);
  const reviews = review([
    { doc_id: "b", verdict: "kept" },
    { doc_id: "c", verdict: "dropped" },
    { doc_id: "d", verdict: "kept" },
    { text: "written", verdict: "relabeled" },
  ]);
  const { count, disagreements } = verdictAgreement(reviews, judged);
  assert.equal(count, 3);
  assert.deepEqual(disagreements, [
    { query_id: "q", doc_id: "c", text: null, reference: "dropped", other: "relabeled" },
    { query_id: "q", doc_id: null, text: "written", reference: "relabeled", other: "kept" },
  ]);
  assert.throws(() => verdictAgreement(review([{ doc_id: "e", verdict: "kept" }]), judged), /none of the 1 pairs/);
});
