import assert from "node:assert/strict";
import { join } from "node:path";
import { evaluate, KitError, means, measure, random, tableOf } from "../../mod.ts";
import { fourDigits } from "../../lib/evaluation/mod.ts";
import { QRELS, RUN, SCORES } from "../../lib/tables/mod.ts";
import { MEASURES } from "../../lib/evaluation/mod.ts";
import { trecReport } from "../../mod.ts";
import { shared } from "../shared.ts";

const own = join(import.meta.dirname!, "..", "fixtures", "evaluation");
const reference = shared("reference/trec_eval");

function lines(path: string): string[][] {
  return Deno.readTextFileSync(path).split("\n").filter(Boolean).map((line) => line.split(/\s+/));
}
const runOf = (path: string) =>
  tableOf(RUN, lines(path).map(([q, , d, rank, score]) => ({ query_id: q, doc_id: d, rank: +rank, score: +score })));
const qrelsOf = (path: string) =>
  tableOf(QRELS, lines(path).map(([q, , d, grade]) => ({ query_id: q, doc_id: d, grade: +grade })));

const PATTERN =
  /^(num_ret|num_rel|num_rel_ret|ndcg|ndcg_cut_\d+|map|map_cut_\d+|recip_rank|P_\d+|recall_\d+|success_\d+)$/;

const fixture = { folder: own, run: "run.txt", qrels: "qrels.txt" };
const nist = { folder: reference, run: "results.test" };
for (
  const { folder, run, qrels, output, level } of [
    { ...fixture, output: "trec_eval.level1.txt", level: 1 },
    { ...fixture, output: "trec_eval.level2.txt", level: 2 },
    { ...nist, qrels: "qrels.test", output: "out.test.aq", level: 1 },
    { ...nist, qrels: "qrels.rel_level", output: "out.test.aql", level: 2 },
  ]
) {
  Deno.test({
    name: `every digit of trec_eval's ${output}, per query and in the mean`,
    ignore: folder === undefined,
    fn() {
      const expected = lines(join(folder!, output)).filter(([name]) => PATTERN.test(name));
      const names = [...new Set(expected.map(([name]) => name))].filter((name) => !name.startsWith("num_"));
      for (const prefix of ["ndcg_cut_", "P_", "recall_", "success_", "map_cut_"]) {
        assert.ok(names.some((name) => name.startsWith(prefix)), prefix);
      }
      const tables = { run: runOf(join(folder!, run)), qrels: qrelsOf(join(folder!, qrels)) };
      const scores = evaluate(tables.run, tables.qrels, names.map((name) => measure(name, { level })));
      const found = new Set(
        trecReport(scores, { perQuery: true, level, ...tables }).split("\n").map((l) => l.split(/\s+/).join(" ")),
      );
      for (const line of expected) assert.ok(found.has(line.join(" ")), line.join(" "));
      assert.equal(found.size, expected.length + 1);
    },
  });
}

Deno.test("queries without a ranking count only with complete", () => {
  const run = runOf(join(own, "run.txt"));
  const qrels = qrelsOf(join(own, "qrels.txt"));
  const plain = evaluate(run, qrels, ["MAP"]);
  const complete = evaluate(run, qrels, ["MAP"], { complete: true });
  assert.equal(plain.length, 6);
  assert.equal(complete.length, 7);
  assert.equal([...complete.rows()].find((row) => row.query_id === "q6")!.value, 0);
  assert.equal(means(complete).get("MAP")!.toFixed(12), (means(plain).get("MAP")! * 6 / 7).toFixed(12));
});

Deno.test("ties break by descending document id in UTF-8 byte order; scores are float32", () => {
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

/** What a definition needs: the ranking's and the judged grades, the cutoff, the relevance level. */
interface Case {
  grades: number[];
  judged: number[];
  k: number;
  level: number;
}
const hits = ({ grades, level }: Case, n: number) => grades.slice(0, n).filter((g) => g >= level).length;
const relevant = ({ judged, level }: Case) => judged.filter((g) => g >= level).length;
const dcg = (list: number[], k: number) => list.slice(0, k).reduce((sum, g, i) => sum + g / Math.log2(i + 2), 0);

/** Every measure written out plainly; one that is missing here fails the test below. */
const DEFINITIONS: Record<string, (one: Case) => number> = {
  nDCG: ({ grades, judged, k }) => dcg(judged, k) > 0 ? dcg(grades, k) / dcg(judged, k) : 0,
  MAP(one) {
    const precisions = one.grades.map((g, i) => g >= one.level ? hits(one, i + 1) / (i + 1) : 0).slice(0, one.k);
    return relevant(one) ? precisions.reduce((a, b) => a + b, 0) / relevant(one) : 0;
  },
  MRR({ grades, k, level }) {
    const first = grades.slice(0, k).findIndex((g) => g >= level);
    return first < 0 ? 0 : 1 / (first + 1);
  },
  P: (one) => hits(one, one.k) / one.k,
  Recall: (one) => relevant(one) ? hits(one, one.k) / relevant(one) : 0,
  Success: (one) => hits(one, one.k) > 0 ? 1 : 0,
};

for (const { name, options } of MEASURES.parts) {
  Deno.test(`${name} equals its written-out definition`, () => {
    const definition = DEFINITIONS[name];
    assert.ok(definition, "has a definition");
    const stream = random("measures");
    for (let round = 0; round < 200; round++) {
      const pool = Array.from({ length: 30 }, () => Math.max(0, stream.integer(6) - 2));
      const grades = pool.slice(0, stream.integer(31));
      const judged = [...pool].sort((a, b) => b - a);
      const k = 1 + stream.integer(35);
      for (const level of "level" in options.shape ? [1, 2] : [1]) {
        const called = `${name}${level === 1 ? "" : `(rel=${level})`}@${k}`;
        const difference = measure(called).compute({ grades, judged }) - definition({ grades, judged, k, level });
        assert.ok(Math.abs(difference) < 1e-12, `${called} of ${grades}`);
      }
    }
  });
}

Deno.test("every kind of measure parses, prints and has trec_eval's name", () => {
  for (const kind of MEASURES.names) {
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

Deno.test("wrong names get suggestions", () => {
  assert.throws(() => measure("nDGC@10"), /Unknown measure "nDGC@10": did you mean "nDCG@10"/);
  assert.throws(() => measure("P"), /needs a cutoff: write P@10/);
  assert.throws(() => measure("nDCG@0"), /must be an integer >= 1, found/);
  assert.throws(() => measure("nDCG@ten"), /must be an integer >= 1, found/);
  assert.throws(() => measure("nDCG(rel=2)@10"), /takes no \(rel=2\)/);
  assert.throws(() => measure("MAP(rel=0)"), /must be an integer >= 1, found 0/);
});

Deno.test("bad runs and judgments are declared errors", () => {
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
