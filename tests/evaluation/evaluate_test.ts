import assert from "node:assert/strict";
import { join } from "node:path";
import { evaluate, fourDigits, KitError, means, measure, QRELS, random, RUN, SCORES, tableOf } from "../../mod.ts";
import { MEASURES, trecReport } from "../../mod.ts";
import { shared } from "../shared.ts";

const reference = shared("reference/trec_eval");

function lines(file: string): string[][] {
  return Deno.readTextFileSync(join(reference!, file)).split("\n").filter(Boolean).map((line) => line.split(/\s+/));
}
const runOf = (file: string) =>
  tableOf(RUN, lines(file).map(([q, , d, rank, score]) => ({ query_id: q, doc_id: d, rank: +rank, score: +score })));
const qrelsOf = (file: string) =>
  tableOf(QRELS, lines(file).map(([q, , d, grade]) => ({ query_id: q, doc_id: d, grade: +grade })));

const PATTERN =
  /^(num_ret|num_rel|num_rel_ret|ndcg|ndcg_cut_\d+|map|map_cut_\d+|recip_rank|P_\d+|recall_\d+|success_\d+)$/;

for (
  const { output, qrels, level } of [
    { output: "out.test.aq", qrels: "qrels.test", level: 1 },
    { output: "out.test.aql", qrels: "qrels.rel_level", level: 2 },
  ]
) {
  Deno.test({
    name: `every digit of trec_eval's ${output}, per query and in the mean`,
    ignore: reference === undefined,
    fn() {
      const expected = lines(output).filter(([name]) => PATTERN.test(name));
      const names = [...new Set(expected.map(([name]) => name))].filter((name) => !name.startsWith("num_"));
      for (const prefix of ["ndcg_cut_", "P_", "recall_", "success_", "map_cut_"]) {
        assert.ok(names.some((name) => name.startsWith(prefix)), prefix);
      }
      const scores = evaluate(runOf("results.test"), qrelsOf(qrels), names.map((name) => measure(name, { level })));
      const found = new Set(
        trecReport(scores, { perQuery: true, level, run: runOf("results.test"), qrels: qrelsOf(qrels) }).split("\n")
          .map((l) => l.split(/\s+/).join(" ")),
      );
      for (const line of expected) assert.ok(found.has(line.join(" ")), line.join(" "));
      assert.equal(found.size, expected.length + 1);
    },
  });
}

Deno.test({
  name: "queries that a cut-off run lacks count only with complete",
  ignore: reference === undefined,
  fn() {
    const run = runOf("results.test");
    const one = tableOf(RUN, [...run.rows()].filter((row) => row.query_id !== "303"));
    const qrels = qrelsOf("qrels.test");
    const plain = evaluate(one, qrels, ["MAP"]);
    const complete = evaluate(one, qrels, ["MAP"], { complete: true });
    assert.equal(plain.length, 2);
    assert.equal(complete.length, 3);
    assert.equal([...complete.rows()].find((row) => row.query_id === "303")!.value, 0);
    assert.equal(means(complete).get("MAP")!.toFixed(12), (means(plain).get("MAP")! * 2 / 3).toFixed(12));
  },
});

Deno.test("ties go by descending document id in the order of UTF-8 bytes, scores as float32", () => {
  const judge = (relevant: string) => tableOf(QRELS, [{ query_id: "q", doc_id: relevant, grade: 1 }]);
  const run = (scores: Record<string, number>) =>
    tableOf(
      RUN,
      Object.entries(scores).map(([doc_id, score], i) => ({ query_id: "q", doc_id, rank: i + 1, score })),
    );
  const first = (scores: Record<string, number>, id: string) =>
    means(evaluate(run(scores), judge(id), ["MRR"])).get("MRR") === 1;
  assert.ok(first({ a: 1, b: 1 }, "b"));
  assert.ok(first({ d10: 1, d9: 1 }, "d9"));
  assert.ok(first({ a: 1 + 1e-9, b: 1 }, "b"), "equal as float32");
  assert.ok(first({ "\u{1F600}": 1, "\uFB01": 1 }, "\u{1F600}"), "past U+FFFF comes after U+FB01 in bytes");
});

Deno.test("measures equal their definitions written out plainly", () => {
  const stream = random("measures");
  for (let round = 0; round < 200; round++) {
    const pool = Array.from({ length: 30 }, () => Math.max(0, stream.integer(6) - 2));
    const grades = pool.slice(0, stream.integer(31));
    const judged = [...pool].sort((a, b) => b - a);
    const k = 1 + stream.integer(35);
    const hits = (level: number, n = k) => grades.slice(0, n).filter((g) => g >= level).length;
    const relevant = (level: number) => judged.filter((g) => g >= level).length;
    const dcg = (list: number[]) => list.slice(0, k).reduce((sum, g, i) => sum + g / Math.log2(i + 2), 0);
    const near = (name: string, wanted: number) =>
      assert.ok(Math.abs(measure(name).compute({ grades, judged }) - wanted) < 1e-12, `${name} of ${grades}`);
    near(`nDCG@${k}`, dcg(judged) > 0 ? dcg(grades) / dcg(judged) : 0);
    for (const level of [1, 2]) {
      const rel = level === 1 ? "" : `(rel=${level})`;
      near(`P${rel}@${k}`, hits(level) / k);
      near(`Recall${rel}@${k}`, relevant(level) ? hits(level) / relevant(level) : 0);
      near(`Success${rel}@${k}`, hits(level) > 0 ? 1 : 0);
      const firstHit = grades.slice(0, k).findIndex((g) => g >= level);
      near(`MRR${rel}@${k}`, firstHit < 0 ? 0 : 1 / (firstHit + 1));
      const precisions = grades.map((g, i) => g >= level ? hits(level, i + 1) / (i + 1) : 0).slice(0, k);
      near(`MAP${rel}@${k}`, relevant(level) ? precisions.reduce((a, b) => a + b, 0) / relevant(level) : 0);
    }
  }
});

Deno.test("every kind of measure parses, prints and has trec_eval's name", () => {
  for (const kind of Object.keys(MEASURES)) {
    const cut = measure(`${kind.toLowerCase()}@7`);
    assert.equal(cut.name, `${kind}@7`);
    assert.equal(String(measure(cut.name)), cut.name);
    if (cut.trec) assert.equal(measure(cut.trec).name, cut.name);
  }
  assert.equal(measure("P@5", { level: 2 }).name, "P(rel=2)@5");
  assert.equal(measure("ndcg", { level: 2 }).name, "nDCG");
});

Deno.test("a measure of another relevance level keeps its own name beside trec_eval's", () => {
  const qrels = tableOf(QRELS, [{ query_id: "q", doc_id: "a", grade: 2 }, { query_id: "q", doc_id: "b", grade: 1 }]);
  const run = tableOf(RUN, ["a", "b"].map((doc_id, i) => ({ query_id: "q", doc_id, rank: i + 1, score: -i })));
  const scores = evaluate(run, qrels, ["P(rel=2)@5", "P@5", "Recall(rel=2)@100", "nDCG@10", "MRR@10"]);
  const names = (level?: number) => trecReport(scores, { level }).split("\n").slice(1).map((row) => row.split(/\s/)[0]);
  assert.deepEqual(names(), ["P(rel=2)@5", "P_5", "Recall(rel=2)@100", "ndcg_cut_10", "MRR@10"]);
  assert.deepEqual(names(2), ["P_5", "P@5", "recall_100", "ndcg_cut_10", "MRR@10"]);
});

Deno.test("wrong names are answered with the nearest known ones", () => {
  assert.throws(() => measure("nDGC@10"), /Unknown measure "nDGC@10": did you mean "nDCG@10"/);
  assert.throws(() => measure("P"), /without a cutoff: write P@10/);
  assert.throws(() => measure("nDCG@0"), /wanted an integer from 1/);
  assert.throws(() => measure("nDCG@ten"), /wanted an integer from 1/);
  assert.throws(() => measure("nDCG(rel=2)@10"), /takes no \(rel=2\)/);
  assert.throws(() => measure("MAP(rel=0)"), /must be an integer from 1/);
});

Deno.test("bad runs and judgements are declared errors", () => {
  const qrels = tableOf(QRELS, [{ query_id: "q", doc_id: "d", grade: 1 }]);
  const twice = tableOf(RUN, [1, 2].map((rank) => ({ query_id: "q", doc_id: "d", rank, score: 1 })));
  const nan = tableOf(RUN, [{ query_id: "q", doc_id: "d", rank: 1, score: NaN }]);
  const torn = tableOf(QRELS, [1, 2].map((grade) => ({ query_id: "q", doc_id: "d", grade })));
  assert.throws(() => evaluate(twice, qrels, ["MAP"]), KitError);
  assert.throws(() => evaluate(nan, qrels, ["MAP"]), KitError);
  assert.throws(() => evaluate(nan, torn, ["MAP"]), KitError);
  assert.throws(() => evaluate(nan, qrels, []), KitError);
  assert.equal(evaluate(tableOf(RUN, []), qrels, ["MAP"]).length, 0);
  assert.equal(means(tableOf(SCORES, [])).size, 0);
});

Deno.test("four digits as C prints them: exact halves go to the even digit", () => {
  const cases: [number, string][] = [[1 / 32, "0.0312"], [3 / 32, "0.0938"], [0.00005, "0.0001"], [1, "1.0000"]];
  for (const [value, text] of cases) assert.equal(fourDigits(value), text);
});
