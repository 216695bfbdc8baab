import assert from "node:assert/strict";
import { random } from "../../lib/core/random.ts";
import { concatenate } from "../../lib/tables/concatenate.ts";
import { type Passage, passageText } from "../../lib/collections/passage.ts";
import { NEGATIVES, QRELS, type Row } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import type { Encoder } from "../../lib/encoders/types.ts";
import { similarities } from "../../lib/evaluation/similarities.ts";
import {
  conan,
  filterNegatives,
  mine,
  mineBlocks,
  type MineOptions,
  refresh,
  rescore,
  waterfall,
} from "../../lib/negatives/mod.ts";
import { positiveGuard } from "../../lib/negatives/filters/mod.ts";
import { top } from "../../lib/negatives/sampling/mod.ts";
import { rulesOf } from "../../lib/negatives/rules/verdicts.ts";
import { collectionOf } from "./cases.ts";

const WORDS = ["bee", "wasp", "nest", "paper", "honey", "flower", "dance", "wing", "hive", "queen", "sting", "wax"];

/** Counts of words, turned by seed; the cosine says how many words two texts share. */
function fakeEncoder(seed = 0): Encoder {
  const dimension = WORDS.length;
  const weights = WORDS.map((_, i) => 1 + random(seed).fork(i).next() * (seed === 0 ? 0 : 3));
  return {
    kind: "static",
    name: `fake-${seed}`,
    dimension,
    encode(texts) {
      const rows = [...texts].map((text) => {
        const row = WORDS.map((word, i) =>
          weights[i] * (text.toLowerCase().split(/\W+/).filter((w) => w === word).length)
        );
        const length = Math.hypot(...row) || 1;
        return row.map((x) => x / length);
      });
      return Promise.resolve({ data: Float32Array.from(rows.flat()), length: rows.length, dimension });
    },
    fingerprint: () => `fake-${seed}`,
    dispose: () => Promise.resolve(),
  };
}

/** Passages of few words, some of them copies of positives in other letters. */
function world(seed: number, documents = 40) {
  const stream = random(seed).fork("world");
  const text = (most: number) =>
    Array.from({ length: 1 + stream.integer(most) }, () => WORDS[stream.integer(WORDS.length)]).join(" ");
  const passages: Record<string, Passage> = {};
  for (let i = 0; i < documents; i++) {
    const copied = stream.next() < 0.2 && i > 0 ? passages[`d${stream.integer(i)}`] : undefined;
    passages[`d${i}`] = copied
      ? { title: "", text: passageText(copied).toUpperCase() + "!" }
      : { title: "", text: text(9) };
  }
  const positives: Record<string, string[]> = {};
  for (let q = 0; q < 6; q++) {
    positives[`q${q}`] = stream.sample(documents, 1 + stream.integer(3)).map((i) => `d${i}`);
  }
  const collection = collectionOf(passages, positives);
  const queries = Object.fromEntries(Object.keys(positives).map((id) => [id, text(5)]));
  const rows = Object.entries(queries).map(([id, text]) => ({ id, text }));
  return {
    passages,
    positives,
    queries,
    collection: { ...collection, queries: tableOf(collection.queries.schema, rows) },
  };
}

function plain(text: string): string {
  return text.toLowerCase().split(/\W+/).filter(Boolean).join(" ");
}

function ruleOf(row: Row<typeof NEGATIVES>): string {
  return row.reason?.split(":")[0] ?? "";
}

Deno.test("dense: ranking, lowest positive, guards, range and margin equal a plain version", async () => {
  const seen = new Map<string, number>();
  for (let seed = 0; seed < 60; seed++) {
    const { collection, passages, positives, queries } = world(seed);
    const encoder = fakeEncoder();
    const [depth, range, relative] = [25, [2, 20] as const, 0.1];
    const mined = [...(await mine(collection, {
      source: "dense",
      encoder,
      depth,
      range,
      nearDuplicateThreshold: false,
      margin: { relative },
    })).rows()];
    const ids = Object.keys(passages);
    const vector = async (text: string) => (await encoder.encode([text], { kind: "query" })).data;
    const documents = await Promise.all(ids.map((id) => vector(passageText(passages[id]))));
    for (const [query, known] of Object.entries(positives)) {
      const q = await vector(queries[query]);
      const score = (i: number) => documents[i].reduce((sum, x, j) => sum + x * q[j], 0);
      const lowest = Math.min(...known.map((id) => score(ids.indexOf(id))));
      const rows = mined.filter((row) => row.query_id === query);
      assert.equal(rows.length, depth);
      const sorted = ids.map((_, i) => score(i)).sort((a, b) => b - a);
      const kept = new Set<string>();
      rows.forEach((row, i) => {
        const own = score(ids.indexOf(row.doc_id!));
        assert.equal(row.rank, i + 1);
        assert.ok(Math.abs(row.score! - sorted[i]) < 1e-6 && Math.abs(row.score! - own) < 1e-6);
        assert.ok(Math.abs(row.positive_score! - lowest) < 1e-6);
        const threshold = row.positive_score! - Math.abs(row.positive_score!) * relative;
        const answers = Object.keys(queries).filter((id) => queries[id] === queries[query]).flatMap((id) =>
          positives[id]
        );
        const wanted = answers.includes(row.doc_id!)
          ? "positive-id"
          : answers.some((id) => plain(passages[id].text) === plain(passages[row.doc_id!].text))
          ? "positive-text"
          : i + 1 < range[0] || i + 1 > range[1]
          ? "rank-window"
          : row.score! > threshold
          ? "relative-margin"
          : kept.has(plain(passages[row.doc_id!].text))
          ? "duplicate"
          : "";
        if (wanted === "") kept.add(plain(passages[row.doc_id!].text));
        assert.equal(ruleOf(row), wanted);
        assert.equal(row.verdict, wanted ? "dropped" : "kept");
        seen.set(wanted, (seen.get(wanted) ?? 0) + 1);
      });
    }
  }
  assert.deepEqual(
    [...seen.values()].map((count) => count > 30),
    [true, true, true, true, true, true],
    JSON.stringify([...seen]),
  );
});

Deno.test("bm25: only documents that share a term, the score of the lowest positive, ragged", async () => {
  for (let seed = 0; seed < 40; seed++) {
    const { collection, passages, positives, queries } = world(seed);
    const mined = [...(await mine(collection, { source: "bm25", depth: 40 })).rows()];
    const all = [...(await mine(collection, { source: "bm25", depth: 40, nearDuplicateThreshold: false })).rows()];
    for (const [query, known] of Object.entries(positives)) {
      const words = new Set(queries[query].split(" "));
      const sharing = Object.keys(passages).filter((id) =>
        plain(passages[id].text).split(" ").some((w) => words.has(w))
      );
      const rows = mined.filter((row) => row.query_id === query);
      assert.deepEqual(rows.map((row) => row.doc_id).sort(), sharing.sort());
      const found = new Map(rows.map((row) => [row.doc_id, row.score!]));
      const lowest = Math.min(...known.map((id) => found.get(id) ?? 0));
      assert.ok(rows.every((row) => row.positive_score === lowest));
      assert.ok(rows.every((row, i) => i === 0 || rows[i - 1].score! >= row.score!));
    }
    assert.ok(mined.filter((r) => r.verdict === "kept").length <= all.filter((r) => r.verdict === "kept").length);
  }
});

Deno.test("random: seeded, each document once, independent of other queries", async () => {
  const { collection, positives } = world(3);
  const draw = async (seed: number, all: typeof collection) =>
    [...(await mine(all, { source: "random", depth: 10, seed })).rows()].map((r) => `${r.query_id} ${r.doc_id}`);
  const drawn = await draw(1, collection);
  assert.equal(new Set(drawn).size, 60);
  assert.deepEqual(await draw(1, collection), drawn);
  assert.notDeepEqual(await draw(2, collection), drawn);
  const one = collectionOf(
    Object.fromEntries([...collection.corpus.rows()].map(({ id, title, text }) => [id, { title, text }])),
    { q3: positives.q3 },
  );
  assert.deepEqual(await draw(1, one), drawn.filter((line) => line.startsWith("q3 ")));
});

Deno.test("blocks have the same rows as one table; progress counts queries; the waterfall lists the rules", async () => {
  const { collection } = world(5);
  const table = await mine(collection, { source: "bm25", depth: 8, margin: { absolute: 0 } });
  const blocks = [];
  for await (const block of mineBlocks(collection, { source: "bm25", depth: 8, margin: { absolute: 0 } })) {
    blocks.push(...block.rows());
  }
  assert.deepEqual(blocks, [...table.rows()]);
  const done: number[] = [];
  await mine(collection, { source: "bm25", progress: { update: (n) => void done.push(n), finish() {} } });
  assert.deepEqual(done, [6]);
  assert.deepEqual(waterfall(table).map((step) => step.rule), [
    "candidates",
    "positive-id",
    "positive-text",
    "near-positive",
    "absolute-margin",
    "duplicate",
  ]);
});

Deno.test("dangling judgments are left out", async () => {
  const { collection } = world(3);
  const more = [["q0", "nowhere"], ["nobody", "d0"]].map(([query_id, doc_id]) => ({ query_id, doc_id, grade: 1 }));
  const train = tableOf(QRELS, [...more, ...collection.qrels.train.rows()]);
  const mined = await mine({ ...collection, qrels: { train } }, { source: "bm25" });
  const plain = await mine(collection, { source: "bm25" });
  assert.deepEqual([...mined.rows()], [...plain.rows()]);
  const odd = { ...collection, qrels: { train } };
  const kept = await filterNegatives(mined, odd, [positiveGuard()]);
  assert.deepEqual([...kept.rows()], [...(await filterNegatives(plain, collection, [positiveGuard()])).rows()]);
  const compared = await similarities(fakeEncoder(), odd, mined);
  assert.deepEqual([...compared.rows()], [...(await similarities(fakeEncoder(), collection, plain)).rows()]);
});

Deno.test("bad input is one clear error before work begins", async () => {
  const { collection } = world(1);
  const encoder = fakeEncoder();
  const nothing = collectionOf({}, { q: ["p"] });
  const dangling = collectionOf({ d: { title: "", text: "d" } }, { q: ["p"] });
  const none = collectionOf({ d: { title: "", text: "d" } }, { q: [] });
  let encoded = 0;
  const broken: Encoder = {
    ...encoder,
    encode: (texts) => {
      encoded++;
      const { length } = [...texts];
      return Promise.resolve({ data: new Float32Array(length * 12).fill(NaN), length, dimension: 12 });
    },
  };
  const wrong: [RegExp, () => Promise<unknown>][] = [
    [/Unknown miner "dnse": did you mean "dense"/, () => mine(collection, { source: "dnse" as never })],
    [/depth must be an integer >= 1, found 0/, () => mine(collection, { source: "bm25", depth: 0 })],
    [
      /range must be \[first, last\] with 1 <= first <= last, found \[5,2\]/,
      () => mine(collection, { source: "bm25", range: [5, 2] }),
    ],
    [
      /range must begin at depth \(10\) or before, found \[11,20\]/,
      () => mine(collection, { source: "bm25", depth: 10, range: [11, 20] }),
    ],
    [/without an encoder/, () => mine(collection, { source: "dense" })],
    [/bm25 negatives with an encoder/, () => mine(collection, { source: "bm25", encoder })],
    [
      /apply a margin to random negatives: they have no scores/,
      () => mine(collection, { source: "random", margin: { absolute: 1 } }),
    ],
    [
      /margin.relative must be a number >= 0, found -1/,
      () => mine(collection, { source: "bm25", margin: { relative: -1 } }),
    ],
    [
      /nearDuplicateThreshold must be a number > 0 and <= 1, or false, found 2/,
      () => mine(collection, { source: "bm25", nearDuplicateThreshold: 2 }),
    ],
    [/corpus is empty/, () => mine(nothing, { source: "bm25" })],
    [/it has no positives/, () => mine(dangling, { source: "bm25" })],
    [/it has no positives/, () => mine(none, { source: "bm25" })],
    [/Unknown split "test"/, () => mine(collection, { source: "bm25", split: "test" })],
    [/query 0 holds NaN/, () => mine(collection, { source: "dense", encoder: broken })],
    [/Cancelled/, () => mine(collection, { source: "bm25", signal: AbortSignal.abort() })],
  ];
  for (const [message, act] of wrong) await assert.rejects(act, (error: Error) => message.test(error.message));
  assert.equal(encoded, 2);
});

Deno.test("rescoring fills scores of written rows, with the query's lowest positive beside them", async () => {
  const collection = collectionOf({
    a: { title: "Bee", text: "hive" },
    b: { title: "", text: "wasp" },
    c: { title: "", text: "bee wasp" },
  }, { q: ["a", "b"] });
  const queries = tableOf(collection.queries.schema, [{ id: "q", text: "bee" }]);
  const base = { query_id: "q", verdict: "kept" } as const;
  const table = tableOf(NEGATIVES, [
    { ...base, source: "synthetic", title: "", text: "bee bee wing", writer: "model" },
    { ...base, source: "bm25", doc_id: "c", score: 7, positive_score: 9 },
    { ...base, source: "bm25", doc_id: "c", verdict: "dropped" },
  ]);
  const [written, mined, dropped] = (await rescore(table, { ...collection, queries }, fakeEncoder())).rows();
  assert.ok(Math.abs(written.score! - 2 / Math.sqrt(5)) < 1e-6);
  assert.ok(Math.abs(mined.score! - Math.SQRT1_2) < 1e-6);
  assert.deepEqual([written.positive_score, mined.positive_score, written.scorer, mined.scorer], [
    0,
    0,
    "fake-0",
    "fake-0",
  ]);
  assert.deepEqual([written.writer, mined.writer, dropped.score, dropped.scorer], ["model", null, null, null]);
});

Deno.test("a second encoder's scores have its name; progress of rescoring and dense mining counts texts", async () => {
  const { collection, positives } = world(3);
  const named = (name: string, seed: number): Encoder => {
    const encoder = fakeEncoder(seed);
    return {
      ...encoder,
      name,
      encode: async (texts, options) => {
        const all = [...texts];
        options.progress?.update(all.length);
        return await encoder.encode(all, options);
      },
    };
  };
  const notes: [number, string | undefined][] = [];
  const progress = { update: (done: number, note?: string) => void notes.push([done, note]), finish() {} };
  const first = await mine(collection, { source: "dense", encoder: named("first", 0), depth: 5, progress });
  assert.deepEqual(notes, [[0, "encoding 6/6 queries"], [0, "encoding 40/40 documents"], [6, ""]]);
  notes.length = 0;
  const query_id = Object.keys(positives)[0];
  const writing = { query_id, source: "synthetic", title: "", text: "a", writer: "model", verdict: "kept" } as const;
  const written = tableOf(NEGATIVES, [writing]);
  const all = concatenate([first, written]);
  const second = await rescore(all, collection, named("second", 5), { progress });
  const rows = [...second.rows()];
  rows.forEach((row) => {
    assert.equal(row.scorer, row.verdict === "kept" ? "second" : "first");
    assert.equal(row.writer, row.source === "synthetic" ? "model" : null);
  });
  assert.ok(rows.some((row, i) => row.verdict === "kept" && row.score !== all.row(i).score));
  assert.deepEqual(JSON.parse(second.metadata.get("syneg.scorers")!), { dense: "second", synthetic: "second" });
  assert.equal(rulesOf(second).includes("duplicate"), true);
  const texts = notes.at(-1)![0];
  assert.deepEqual(notes.map(([, note]) => note), [`of ${texts} texts`, `of ${texts} texts`, ""]);
  assert.ok(notes[0][0] <= 6 && notes[1][0] === texts, JSON.stringify(notes));
});

Deno.test("a score window keeps scores from min to max; random candidates have none", async () => {
  const { collection } = world(4);
  const bm25 = { source: "bm25", depth: 20, nearDuplicateThreshold: false } as const;
  const all = [...(await mine(collection, bm25)).rows()].filter((row) => row.verdict === "kept");
  const scores = all.map((row) => row.score!).sort((a, b) => a - b);
  const [min, max] = [scores[3], scores[scores.length - 4]];
  const windowed = await mine(collection, { ...bm25, scoreWindow: { min, max } });
  const kept = [...windowed.rows()].filter((row) => row.verdict === "kept");
  assert.ok(kept.length > 0 && kept.every((row) => row.score! >= min && row.score! <= max));
  const dropped = [...windowed.rows()].filter((row) => ruleOf(row) === "score-window");
  assert.ok(dropped.length > 3 && dropped.every((row) => row.score! < min || row.score! > max));
  assert.ok(waterfall(windowed).some(({ rule }) => rule === "score-window"));
  const wrong: [RegExp, MineOptions][] = [
    [/scoreWindow must have min <= max, found 2 to 1/, { ...bm25, scoreWindow: { min: 2, max: 1 } }],
    [/no option "mim": did you mean "min"/, { ...bm25, scoreWindow: { mim: 1 } as never }],
    [/score window to random negatives: they have no scores/, { source: "random", scoreWindow: { min: 1 } }],
  ];
  for (const [message, options] of wrong) await assert.rejects(mine(collection, options), message);
});

Deno.test("refresh replaces the model's rows by the encoder's current ones and leaves the others", async () => {
  const { collection } = world(7);
  const bm25 = await mine(collection, { source: "bm25", depth: 5 });
  const callback = refresh(collection, { depth: 6 });
  const first = await callback(fakeEncoder(0), { negatives: bm25, step: 10, epoch: 0 });
  const second = await callback(fakeEncoder(5), { negatives: first, step: 20, epoch: 1 });
  const own = (table: typeof first) => [...table.rows()].filter((row) => row.source === "model");
  const others = (table: typeof first) => [...table.rows()].filter((row) => row.source !== "model");
  assert.deepEqual(others(second), [...bm25.rows()]);
  const expected = await mine(collection, { source: "model", encoder: fakeEncoder(5), depth: 6 });
  assert.deepEqual(own(second), [...expected.rows()]);
  assert.notDeepEqual(own(first), own(second));
  assert.equal(own(second).length, 36);
  // A document that was found to answer is a positive now, whatever the encoder thinks of it.
  const { query_id, doc_id } = own(second)[0];
  const judged = tableOf(NEGATIVES, [{ query_id, doc_id, source: "bm25", verdict: "relabeled" }]);
  const third = own(await callback(fakeEncoder(5), { negatives: judged, step: 30, epoch: 2 }));
  assert.equal(third.length, 36);
  const found = third.find((row) => row.query_id === query_id && row.doc_id === doc_id)!;
  assert.deepEqual([found.verdict, found.reason], ["dropped", `positive-id: ${doc_id}`]);
});

Deno.test("conan: fallen negatives are replaced by the plain rule in 150 random pools", async () => {
  let fallen = 0;
  for (let seed = 0; seed < 150; seed++) {
    const { collection } = world(seed);
    const before = await mine(collection, {
      source: "dense",
      encoder: fakeEncoder(seed),
      depth: 12,
      nearDuplicateThreshold: false,
    });
    const active = 1 + seed % 4;
    const encoder = fakeEncoder(seed + 1000);
    const after = await conan(collection, { active })(encoder, { negatives: before, step: 1, epoch: 0 });
    const now = [...(await rescore(before, collection, encoder)).rows()];
    const old = [...before.rows()];
    const rows = [...after.rows()];
    for (const query of new Set(old.map((row) => row.query_id))) {
      const kept = old.map((_, i) => i).filter((i) => old[i].query_id === query && old[i].verdict === "kept");
      const used = kept.slice(0, active);
      const falls = (i: number) =>
        used.includes(i) && 1.15 * now[i].score! < old[i].score! && Math.abs(now[i].score!) < 0.8;
      const next = kept.filter((i) => !falls(i)).slice(0, active);
      for (const i of kept) {
        assert.equal(rows[i].verdict, falls(i) ? "dropped" : "kept");
        if (falls(i)) assert.match(rows[i].reason!, /^conan: 1.15·\d/);
        const moved = next.includes(i) && !used.includes(i);
        assert.equal(rows[i].score, moved ? now[i].score : old[i].score);
        fallen += falls(i) ? 1 : 0;
      }
      const drawn = top({ count: active }).draw(after, new Map(Object.entries(world(seed).positives)), 1);
      const expected = next.filter((i, at) => next.findIndex((j) => old[j].doc_id === old[i].doc_id) === at);
      assert.deepEqual(drawn.instances.find((x) => x.queryId === query)!.negatives, expected);
    }
  }
  assert.ok(fallen > 100, `${fallen}`);
  const { collection } = world(1);
  const bm25 = await mine(collection, { source: "bm25" });
  await assert.rejects(
    () => conan(collection, { active: 2 })(fakeEncoder(), { negatives: bm25, step: 1, epoch: 0 }),
    /has a score by no encoder; rescore/,
  );
  assert.throws(() => conan(collection, { active: 0 }), /active must be an integer >= 1, found 0/);
});
