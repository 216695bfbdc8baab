import assert from "node:assert/strict";
import { NEGATIVES } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import type { Encoder } from "../../lib/encoders/types.ts";
import { conan, filterNegatives, mine, refresh, rescore, SAMPLERS } from "../../lib/negatives/mod.ts";
import { hybrid } from "../../lib/negatives/sampling/mod.ts";
import { nearDuplicates, positiveGuard, rankWindow, scoreWindow } from "../../lib/negatives/filters/mod.ts";
import { FEATURES, style } from "../../lib/negatives/audit/style.ts";
import { percentCell, textTable } from "../../lib/core/text_table.ts";
import { systematic } from "../../lib/negatives/sampling/systematic.ts";
import { collectionOf } from "./cases.ts";

/** An encoder whose query is (1, 0) and whose document "0.3" has a cosine of 0.3 with it. */
const byName: Encoder = {
  name: "by name",
  kind: "fake",
  dimension: 2,
  fingerprint: () => "by name",
  encode: (texts: Iterable<string>, { kind }: { kind: string }) => {
    const data = [...texts].flatMap((text) => {
      const cosine = kind === "query" ? 1 : Number(text);
      return [cosine, Math.sqrt(1 - cosine ** 2)];
    });
    return Promise.resolve({ data: Float32Array.from(data), dimension: 2, length: data.length / 2 });
  },
  dispose: () => Promise.resolve(),
} as unknown as Encoder;

/** Score when the row came into use, score now, and whether 1.15 · now < then and |now| < 0.8. */
const FALLEN: readonly (readonly [number, number, boolean])[] = [
  [0.9, 0.3, true],
  [0.35, 0.31, false],
  [0.36, 0.31, true],
  [0.95, 0.81, false],
  [0.95, 0.79, true],
  [-0.5, -0.81, false],
  [-0.5, -0.79, true],
];

for (const [then, now, falls] of FALLEN) {
  Deno.test(`conan: a score from ${then} to ${now} ${falls ? "fell" : "stays"}`, async () => {
    const passages = Object.fromEntries([now, 0.05, 1].map((s) => [`d${s}`, { title: "", text: String(s) }]));
    const collection = collectionOf(passages, { q: ["d1"] });
    const row = { query_id: "q", source: "dense", positive_score: 1, scorer: "by name", verdict: "kept" } as const;
    const negatives = tableOf(NEGATIVES, [
      { ...row, doc_id: `d${now}`, rank: 1, score: then },
      { ...row, doc_id: "d0.05", rank: 2, score: 0.9 },
    ]);
    const after = await conan(collection, { active: 1 })(byName, { negatives, step: 1, epoch: 0 });
    assert.equal(after.column("verdict").at(0), falls ? "dropped" : "kept");
    assert.equal(after.column("verdict").at(1), "kept");
  });
}

// Sums of these floats miss the whole number by one bit: 0.7 + 0.1 + 0.2 = 0.9999999999999999.
for (const expected of [[0.7, 0.1, 0.2], Array(10).fill(0.1), [2.1, 0.7, 0.2], [1.1, 2.2, 3.3, 0.4]]) {
  Deno.test(`hybrid meets the whole sum of ${expected.join(" + ")} for any random number`, () => {
    const whole = Math.round(expected.reduce((a: number, b: number) => a + b, 0));
    for (const offset of [0, 1e-17, 0.25, 0.5, 1 - 2 ** -53]) {
      const counts = systematic(expected, offset);
      assert.equal(counts.reduce((a, b) => a + b), whole, `offset ${offset}: ${counts}`);
      counts.forEach((count, i) => assert.ok(Math.abs(count - expected[i]) < 1, `${count} of ${expected[i]}`));
    }
  });
}

Deno.test("conan reads ranks, not the order of the table", async () => {
  const passages = Object.fromEntries([0.3, 0.2, 0.1, 1].map((s) => [`d${s}`, { title: "", text: String(s) }]));
  const row = { query_id: "q", source: "dense", positive_score: 1, scorer: "by name", verdict: "kept" } as const;
  const negatives = tableOf(NEGATIVES, [
    { ...row, doc_id: "d0.1", rank: 3, score: 0.9 },
    { ...row, doc_id: "d0.2", rank: 2, score: 0.2 },
    { ...row, doc_id: "d0.3", rank: 1, score: 0.9 },
  ]);
  const refreshed = conan(collectionOf(passages, { q: ["d1"] }), { active: 2 });
  const after = await refreshed(byName, { negatives, step: 1, epoch: 0 });
  assert.deepEqual([...after.column("verdict")], ["kept", "kept", "dropped"]);
});

/** Four negatives of one query, two of each source, by rank and score. */
const four = tableOf(
  NEGATIVES,
  (["bm25", "bm25", "dense", "dense"] as const).map((source, i) => ({
    query_id: "q",
    doc_id: `d0.${i + 1}`,
    source,
    rank: i + 1,
    score: 0.1 * (i + 1),
    positive_score: 1,
    verdict: "kept" as const,
  })),
);
const fourPassages = Object.fromEntries(
  ["0.1", "0.2", "0.3", "0.4", "1"].map((name) => [`d${name}`, { title: "", text: name }]),
);
const fourCollection = collectionOf(fourPassages, { q: ["d1"] });
const fourPositives = new Map([["q", ["d1"]]]);

for (const { name, make } of SAMPLERS.parts) {
  Deno.test(`${name} draws from the given sources and counts their shortfall`, () => {
    const drawn = make({ count: 3, sources: ["dense"] }).draw(four, fourPositives, 0);
    assert.deepEqual([...drawn.instances[0].negatives].sort(), [2, 3]);
    assert.deepEqual(drawn.shortfalls, [{ queryId: "q", source: "dense", wanted: 3, got: 2 }]);
  });
}

Deno.test("windows include their ends and refuse empty ranges", async () => {
  const kept = async (link: ReturnType<typeof rankWindow>) =>
    [...(await filterNegatives(four, fourCollection, [link])).column("verdict")].map((verdict) =>
      verdict === "kept" ? 1 : 0
    );
  assert.deepEqual(await kept(rankWindow({ from: 2, to: 3 })), [0, 1, 1, 0]);
  assert.deepEqual(await kept(rankWindow({ to: 1 })), [1, 0, 0, 0]);
  assert.deepEqual(await kept(rankWindow({ from: 4 })), [0, 0, 0, 1]);
  assert.deepEqual(await kept(scoreWindow({ min: 0.2, max: 0.35 })), [0, 1, 1, 0]);
  assert.deepEqual(await kept(rankWindow({ from: 2, sources: ["dense"] })), [1, 1, 1, 1]);
  for (const window of [{ from: 0 }, { from: 3, to: 2 }, { from: NaN }]) {
    assert.throws(() => rankWindow(window), /from must be an integer >= 1|ranks from 3 to 2: the window is empty/);
  }
  assert.throws(() => scoreWindow({ min: 1, max: 0 }), /scoreWindow must have min <= max, found 1 to 0/);
});

Deno.test("rescore gives the encoder's cosines for the named sources", async () => {
  const all = await rescore(four, fourCollection, byName);
  [...all.column("score")].forEach((score, i) => assert.ok(Math.abs(score! - 0.1 * (i + 1)) < 1e-6));
  const wrong = four.slice(0, 4);
  const dense = await rescore(wrong, fourCollection, byName, { sources: ["dense"] });
  assert.deepEqual([...dense.column("scorer")].map((scorer) => scorer !== null), [false, false, true, true]);
});

Deno.test("mining deeper than the corpus returns every other document once", async () => {
  const passages = Object.fromEntries(
    Array.from({ length: 7 }, (_, i) => [`d0.${i}`, { title: "", text: `0.${i}` }]),
  );
  const queries = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`q${i}`, [`d0.${i}`]]));
  const collection = collectionOf(passages, queries);
  for (const source of ["dense", "random"] as const) {
    const encoder = source === "dense" ? { encoder: byName } : {};
    const mined = await mine(collection, { source, depth: 50, nearDuplicateThreshold: false, ...encoder });
    for (const id of Object.keys(queries)) {
      const own = [...mined.rows()].filter(({ query_id }) => query_id === id);
      assert.deepEqual(own.map(({ rank }) => rank), [1, 2, 3, 4, 5, 6, 7], source);
      assert.deepEqual(own.map(({ doc_id }) => doc_id).sort(), Object.keys(passages).sort(), source);
    }
  }
  const again = await refresh(collection, { nearDuplicateThreshold: false })(byName, {
    negatives: four,
    step: 1,
    epoch: 0,
  });
  assert.equal([...again.column("source")].filter((source) => source === "model").length, 35);
});

Deno.test("hybrid without a count draws the mix, with a count its ratio", () => {
  const draw = (sampler: ReturnType<typeof hybrid>) => sampler.draw(four, fourPositives, 0).instances[0].negatives;
  const sources = (rows: readonly number[]) => rows.map((row) => four.column("source").at(row)).sort();
  assert.deepEqual(sources(draw(hybrid({ bm25: 1, dense: 2 }))), ["bm25", "dense", "dense"]);
  assert.deepEqual(sources(draw(hybrid({ bm25: 10, dense: 10 }, { count: 2 }))), ["bm25", "dense"]);
});

Deno.test("guards that compare whole texts ignore near-duplicates", async () => {
  const passages = {
    p: { title: "", text: "one two three four five six seven eight nine ten" },
    near: { title: "", text: "one two three four five six seven eight nine ten eleven" },
    same: { title: "", text: "One, two three four five six seven eight nine ten!" },
    far: { title: "", text: "nothing in common here" },
  };
  const collection = collectionOf(passages, { q: ["p"] });
  const table = tableOf(
    NEGATIVES,
    ["near", "same", "far"].map((doc_id) => ({
      query_id: "q",
      doc_id,
      source: "bm25" as const,
      verdict: "kept" as const,
    })),
  );
  const verdicts = async (
    link: ReturnType<typeof positiveGuard>,
  ) => [...(await filterNegatives(table, collection, [link])).column("verdict")];
  assert.deepEqual(await verdicts(positiveGuard()), ["dropped", "dropped", "kept"]);
  assert.deepEqual(await verdicts(positiveGuard({ nearDuplicateThreshold: false })), ["kept", "dropped", "kept"]);
  assert.deepEqual(await verdicts(positiveGuard({ nearDuplicateThreshold: 0.95 })), ["kept", "dropped", "kept"]);
  assert.deepEqual(await verdicts(nearDuplicates()), ["kept", "dropped", "kept"]);
  assert.deepEqual(await verdicts(nearDuplicates({ nearDuplicateThreshold: 0.95 })), ["kept", "kept", "kept"]);
});

Deno.test("style counts what it names", () => {
  const names = Object.values(FEATURES).flat();
  const values = style({ title: "Two words", text: "The cat, the dog; A1 (or 22) - is it? Yes!" });
  const found = Object.fromEntries(names.map((name, i) => [name, values[i]]));
  const characters = 42;
  const close = (name: string, wanted: number) =>
    assert.ok(Math.abs(found[name] - wanted) < 1e-12, `${name}: ${found[name]}, not ${wanted}`);
  close("characters", Math.log1p(characters));
  close("words", Math.log1p(10));
  close("sentences", Math.log1p(2));
  close("title words", 2);
  for (const [mark, count] of Object.entries({ ",": 1, ";": 1, "(": 1, "?": 1, "!": 1, "-": 1, "%": 0 })) {
    close(mark, count / characters);
  }
  close("digits", 3 / characters);
  close("capitals", 3 / characters);
  close("the", 2 / 10);
  close("is", 1 / 10);
  close("type-token ratio", 9 / 10);
});

Deno.test("tables align numbers to the right and text to the left; shares have one decimal", () => {
  assert.equal(textTable(["name", "n"], [["a", 5], ["bcdef", 10]]), "name    n\na       5\nbcdef  10");
  assert.equal(textTable(["name", "n"], [["a", ""], ["b", 100]]), "name    n\na\nb     100");
  assert.deepEqual([percentCell(0.1234), percentCell(1), percentCell(NaN)], [12.3, 100, ""]);
});
