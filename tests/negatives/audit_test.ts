import assert from "node:assert/strict";
import { random } from "../../lib/core/random.ts";
import { concatenate } from "../../lib/tables/concatenate.ts";
import { loadCollection } from "../../lib/collections/load_collection.ts";
import { NEGATIVES } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import { generate } from "../../lib/generators/mod.ts";
import { audit, falseNegatives, filterEffects, mine, shortcut } from "../../lib/negatives/mod.ts";
import { rankWindow } from "../../lib/negatives/filters/mod.ts";
import { recordedGrades } from "../../lib/collections/mod.ts";
import { areaUnderCurve } from "../../lib/negatives/audit/area_under_curve.ts";
import { logistic } from "../../lib/negatives/audit/logistic.ts";
import { collectionOf, type NegativeRow } from "./cases.ts";

const long = "one two three four five six seven eight nine ten eleven twelve";
const collection = collectionOf(
  {
    p: { title: "", text: long },
    copy: { title: "", text: long.toUpperCase() + "." },
    near: { title: "", text: long + " thirteen" },
    far: { title: "", text: "nothing of the kind" },
    other: { title: "", text: "something else" },
  },
  { q: ["p"], lonely: ["p"] },
);
const base = { query_id: "q", source: "bm25", verdict: "kept" } as const;

const PLANTED: Record<string, NegativeRow[]> = {
  "positive": [{ ...base, doc_id: "p" }],
  "positive-text": [{ ...base, doc_id: "copy" }],
  "duplicate": [{ ...base, doc_id: "far" }, { ...base, doc_id: "far" }],
  "not-finite": [{ ...base, doc_id: "far", score: NaN }],
  "unknown-query": [{ ...base, doc_id: "far", query_id: "nobody" }],
  "unknown-document": [{ ...base, doc_id: "nowhere" }],
  "no-text": [{ ...base, source: "synthetic" }],
  "near-positive": [{ ...base, doc_id: "near" }],
  "two-sources": [{ ...base, doc_id: "far" }, { ...base, doc_id: "far", source: "dense" }],
};

for (const [name, rows] of Object.entries(PLANTED)) {
  Deno.test(`audit finds what was planted: ${name}`, async () => {
    const report = await audit(tableOf(NEGATIVES, [...rows, { ...base, doc_id: "other" }]), collection);
    const found = report.checks.filter((check) => check.count > 0 && check.name !== "without-negatives");
    assert.deepEqual(found.map((check) => [check.name, check.count]), [[name, 1]]);
    assert.equal(report.ok, found[0].severity === "warning");
    assert.match(String(report), report.ok ? /audit passed$/ : /audit FAILED$/);
    const dropped = rows.map((row) => ({ ...row, verdict: "dropped" as const, reason: "x: 1" }));
    assert.ok((await audit(tableOf(NEGATIVES, [...dropped, { ...base, doc_id: "other" }]), collection)).ok);
  });
}

Deno.test("audit counts queries with and without negatives; relabeled documents are positives", async () => {
  const rows = [{ ...base, doc_id: "far" }, { ...base, doc_id: "other" }];
  const report = await audit(tableOf(NEGATIVES, rows), collection);
  assert.deepEqual([...report.counts], [[0, 1], [2, 1]]);
  assert.equal(report.withoutNegatives, 0.5);
  assert.equal(report.falseNegatives, undefined);
  const relabeled = [...rows, { ...base, doc_id: "far", source: "dense" as const, verdict: "relabeled" as const }];
  assert.equal((await audit(tableOf(NEGATIVES, relabeled), collection)).ok, false);
  await assert.rejects(() => audit(tableOf(NEGATIVES, rows), collection, { split: "tset" }), /Unknown split "tset"/);
  await assert.rejects(
    () => audit(tableOf(NEGATIVES, rows), collection, { complete: "all" }),
    /no complete judgments "all"/,
  );
});

Deno.test("false-negative rates on facets equal a plain count over the files", async () => {
  const facets = await loadCollection("facets");
  const mined = await mine(facets, { source: "bm25", depth: 6 });
  const written = await generate(facets, { recipe: "syneg", replay: true, quiet: true });
  const [bm25, synthetic] = await falseNegatives(concatenate([mined, written]), facets);
  const folder = new URL("../../data/facets/", import.meta.url);
  const complete = (await Deno.readTextFile(new URL("qrels/complete.tsv", folder))).trim().split("\n").slice(1);
  const relevant = new Map(
    complete.map((line) => line.split("\t")).map(([q, d, grade]) => [`${q} ${d}`, Number(grade)]),
  );
  const kept = [...mined.rows()].filter((row) => row.verdict === "kept");
  const grades = kept.map((row) => relevant.get(`${row.query_id} ${row.doc_id}`) ?? 0);
  assert.equal(bm25.kept, kept.length);
  assert.equal(bm25.relevant, grades.filter((grade) => grade > 0).length);
  assert.equal(bm25.full, grades.filter((grade) => grade === 2).length);
  assert.equal(bm25.rate, bm25.relevant / kept.length);
  // What data/facets/README.md states about the written ones.
  assert.deepEqual([synthetic.kept, synthetic.judged, synthetic.relevant, synthetic.full], [1632, 1632, 16, 0]);
  const grade = await recordedGrades();
  assert.equal(grade("q0218", "a text that no one wrote"), undefined);
  const effects = await filterEffects(mined, facets, { "from 4": [rankWindow({ from: 4 })] });
  const late = kept.filter((row) => row.rank! >= 4);
  assert.deepEqual(effects.map((row) => [row.filter, row.kept]), [["before", kept.length], ["from 4", late.length]]);
});

Deno.test("written negatives without grades count as unjudged, never as correct", async () => {
  const judged = collectionOf({ p: { title: "", text: "p" }, d: { title: "", text: "d" } }, { q: ["p"] }, {
    q: ["p", "d"],
  });
  const rows = [{ ...base, doc_id: "d" }, { ...base, source: "synthetic" as const, text: "written" }];
  const [mined, written] = await falseNegatives(tableOf(NEGATIVES, rows), judged);
  assert.deepEqual([mined.judged, mined.relevant, mined.rate], [1, 1, 1]);
  assert.deepEqual([written.judged, written.rate], [0, NaN]);
  const [, graded] = await falseNegatives(tableOf(NEGATIVES, rows), judged, { grades: () => 0 });
  assert.deepEqual([graded.judged, graded.rate], [1, 0]);
});

Deno.test("area under the curve equals the plain count over all pairs", () => {
  for (let seed = 0; seed < 300; seed++) {
    const stream = random(seed);
    const n = 2 + stream.integer(30);
    const labels = Array.from({ length: n }, (_, i) => i === 0 ? 0 : i === 1 ? 1 : stream.integer(2) as 0 | 1);
    const scores = labels.map(() => stream.integer(6));
    let sum = 0;
    let pairs = 0;
    labels.forEach((a, i) =>
      labels.forEach((b, j) => {
        if (a !== 1 || b !== 0) return;
        pairs++;
        sum += scores[i] > scores[j] ? 1 : scores[i] === scores[j] ? 0.5 : 0;
      })
    );
    assert.ok(Math.abs(areaUnderCurve(scores, labels) - sum / pairs) < 1e-12);
  }
});

Deno.test("logistic regression reaches the minimum: its gradient vanishes", () => {
  const stream = random(1);
  const rows = Array.from({ length: 200 }, () => [stream.normal(), 5 * stream.normal() + 3, 7]);
  const labels = rows.map(([x, y]) => x + 0.1 * y + stream.normal() > 0.3 ? 1 as const : 0 as const);
  const classify = logistic(rows, labels, { penalty: 0.01, steps: 3000 });
  const loss = (shift: (z: number, row: number[]) => number) => {
    const ones = labels.filter((label) => label === 1).length;
    return rows.reduce((sum, row, i) => {
      const z = shift(classify(row), row);
      return sum + (Math.log1p(Math.exp(z)) - labels[i] * z) * 0.5 / (labels[i] === 1 ? ones : rows.length - ones);
    }, 0);
  };
  // The intercept is not penalised, so the loss is least at a shift of 0.
  assert.ok(Math.abs(loss((z) => z + 1e-3) - loss((z) => z - 1e-3)) < 1e-8);
  assert.ok(classify([3, 3, 7]) > 0 && classify([-3, 3, 7]) < 0);
});

/** Passages by the same random writer; with a habit, sentences end in "; indeed". */
function passages(count: number, seed: string, habit: boolean) {
  const stream = random(seed);
  const words = "bee wasp nest the paper of honey a flower to dance in wing and hive is queen for sting on wax".split(
    " ",
  );
  return Array.from({ length: count }, () => {
    const text = Array.from({ length: 20 + stream.integer(20) }, () => words[stream.integer(words.length)]).join(" ");
    return { title: "", text: habit && stream.next() < 0.8 ? `${text}; indeed.` : `${text}.` };
  });
}

Deno.test("source shortcut: a habit is found, the same writer is not distinguished", () => {
  const count = 400;
  const mined = passages(count, "mined", false);
  const world = collectionOf(
    Object.fromEntries([...mined.map((passage, i) => [`d${i}`, passage]), ["p", { title: "", text: "p" }]]),
    Object.fromEntries(mined.map((_, i) => [`q${i}`, ["p"]])),
  );
  const rows: NegativeRow[] = mined.map((_, i) => ({ ...base, query_id: `q${i}`, doc_id: `d${i}` }));
  const write = (recipe: string, habit: boolean): NegativeRow[] =>
    passages(count, recipe, habit).map((passage, i) => ({
      ...passage,
      query_id: `q${i}`,
      source: "synthetic",
      recipe,
      verdict: "kept",
    }));
  const table = tableOf(NEGATIVES, [...rows, ...write("plain@1", false), ...write("habit@1", true)]);
  const [habit, plain] = shortcut(table, world, { seed: 1 });
  assert.deepEqual([habit.recipe, plain.recipe], ["habit@1", "plain@1"]);
  assert.ok(habit.auc > 0.85 && habit.by.punctuation > 0.85, `${habit.auc}`);
  assert.ok(Math.abs(plain.auc - 0.5) < 4 * plain.error, `${plain.auc} +- ${plain.error}`);
  assert.deepEqual(shortcut(table, world, { seed: 1 })[0], habit);
  assert.throws(() => shortcut(tableOf(NEGATIVES, rows), world), /no negative is written/);
  assert.throws(() => shortcut(tableOf(NEGATIVES, write("x", true)), world), /400 written and 0 mined .* too few/);
});
