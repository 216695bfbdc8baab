import assert from "node:assert/strict";
import { KitError } from "../../lib/core/mod.ts";
import {
  CURRICULA,
  filterNegatives,
  FILTERS,
  mine,
  MINERS,
  MIXERS,
  SAMPLERS,
  samplers,
} from "../../lib/negatives/mod.ts";
import { concatenate, NEGATIVES, SOURCES, tableOf } from "../../lib/tables/mod.ts";
import { fakeEncoder } from "../evaluation/fake_encoder.ts";
import { collectionOf } from "./cases.ts";

// Words of four letters or more are all that the fake encoder and the query "text of q" see.
const texts = ["text", "text hive", "text hive comb", "wasp nest", "anthill", "text hive comb honey"];
const collection = collectionOf(
  Object.fromEntries(texts.map((text, i) => [`d${i}`, { title: "", text }])),
  { q: ["d0"] },
);
/** Scores fall from 0.9 to 0.5; the positive has 0.8. */
const row = { query_id: "q", source: "dense", positive_score: 0.8, verdict: "kept" } as const;
const negatives = tableOf(
  NEGATIVES,
  [0.9, 0.78, 0.7, 0.6, 0.5].map((score, i) => ({ ...row, doc_id: `d${i + 1}`, rank: i + 1, score, grade: i })),
);
const positives = new Map([["q", ["d0"]]]);

/** Options of each sampler, and the rows that it can draw. */
const draws: Record<string, [object, number[]]> = {
  "uniform": [{ count: 5 }, [0, 1, 2, 3, 4]],
  "top": [{ count: 2 }, [0, 1]],
  "rank-weighted": [{ count: 1, power: 1000 }, [0]],
  "simans": [{ count: 1, a: 1e6, b: -0.1 }, [2]],
};
for (const { name, about } of SAMPLERS.parts) {
  Deno.test(`sampler ${name} (${about}) draws the expected rows`, () => {
    assert.ok(name in draws, `sampler ${name} has no test case`);
    const [options, rows] = draws[name];
    const drawn = SAMPLERS.make(name, options).draw(negatives, positives, 0).instances[0].negatives;
    assert.deepEqual([...drawn].sort(), rows);
  });
}

/** Options of each mixer, and the rows that it draws from a mix of 2 dense negatives and 1 written one. */
const mixed: Record<string, [object, number[]]> = {
  "hybrid": [{}, [0, 1, 5]],
  "direct": [{ unit: "negative" }, [0, 5]],
};
for (const { name, about } of MIXERS.parts) {
  Deno.test(`mixer ${name} (${about}) draws the expected rows`, () => {
    assert.ok(name in mixed, `mixer ${name} has no test case`);
    const [options, rows] = mixed[name];
    const written = tableOf(NEGATIVES, [{ query_id: "q", source: "synthetic", text: "x", verdict: "kept" }]);
    const mixer = MIXERS.make(name, { within: samplers.top({}), ...options }, { dense: 2, synthetic: 1 });
    const drawn = mixer.draw(concatenate([negatives, written]), positives, 0);
    assert.deepEqual([...drawn.instances[0].negatives].sort(), rows);
  });
}

/** Options of each curriculum, and the rows of its first and a late epoch. */
const stages: Record<string, [object, number[], number[]]> = {
  "stages": [{ stages: [{ epochs: 1, levels: [0, 1] }, { levels: [4, 4] }] }, [0, 1], [4]],
  "easy-to-hard": [{ epochs: 2 }, [2, 3, 4], [0, 1, 2]],
};
for (const { name, about } of CURRICULA.parts) {
  Deno.test(`curriculum ${name} (${about}) changes with the epoch as expected`, () => {
    assert.ok(name in stages, `curriculum ${name} has no test case`);
    const [options, first, late] = stages[name];
    const sampler = CURRICULA.make(name, options, samplers.uniform({ count: 5 }));
    const rows = (epoch: number) => [...sampler.draw(negatives, positives, epoch).instances[0].negatives].sort();
    assert.deepEqual([rows(0), rows(9)], [first, late]);
  });
}

const needs = {
  encoder: () => fakeEncoder(),
  scorer: () => (pairs: readonly unknown[]) => pairs.map((_, i) => i),
  judge: () => ({ candidates }: { candidates: readonly unknown[] }) =>
    Promise.resolve(
      candidates.map((_, i) => ({ verdict: i === 0 ? "relabel" as const : "keep" as const, reason: "" })),
    ),
};
const VERDICTS_FILE = await Deno.makeTempFile({ suffix: ".jsonl" });
await Deno.writeTextFile(VERDICTS_FILE, '{"query_id": "q", "doc_id": "d3", "verdict": "dropped"}\n');
/** Options of each filter, and the rows that stay kept. */
const kept: Record<string, [object, number[]]> = {
  "positive-guard": [{ nearDuplicateThreshold: false }, [0, 1, 2, 3, 4]],
  "near-duplicate": [{ nearDuplicateThreshold: 0.4 }, [0, 1, 2, 3]],
  "rank-window": [{ from: 2, to: 3 }, [1, 2]],
  "score-window": [{ min: 0.65 }, [0, 1, 2]],
  "absolute-margin": [{ margin: 0.05 }, [2, 3, 4]],
  "relative-margin": [{ margin: 0 }, [1, 2, 3, 4]],
  "soft-margin": [{}, [0, 1, 2, 3, 4]],
  "vector-guard": [{}, [0, 1, 2, 3, 4]],
  "cross-encoder": [{ threshold: 3 }, [0, 1, 2]],
  "judge": [{}, [1, 2, 3, 4]],
  "verdicts": [{ file: VERDICTS_FILE }, [0, 1, 3, 4]],
};
for (const { name, about } of FILTERS.parts) {
  Deno.test(`filter ${name} (${about}) drops the expected rows`, async () => {
    assert.ok(name in kept, `filter ${name} has no test case`);
    const [options, rows] = kept[name];
    const filtered = await filterNegatives(negatives, collection, [FILTERS.make(name, options, needs)]);
    const verdicts = [...filtered.column("verdict")];
    assert.deepEqual(verdicts.flatMap((verdict, i) => verdict === "kept" ? [i] : []), rows);
  });
}

/** The documents that each miner finds at depth 3: the fewer words beside "text", the closer to the query. */
const finds: Record<string, string[]> = {
  "random": ["d3", "d2", "d5"], // by the default seed
  "bm25": ["d0", "d1", "d2"],
  "dense": ["d0", "d1", "d2"],
  "model": ["d0", "d1", "d2"],
};
Deno.test("every source is mined, written or imported", () => {
  const others = ["synthetic", "edit", "imported"];
  assert.deepEqual([...MINERS.names, ...others].sort(), [...SOURCES].sort());
});

for (const { name, about, encoder, scores } of MINERS.parts) {
  Deno.test(`miner ${name} (${about}) finds the expected documents`, async () => {
    assert.ok(name in finds, `miner ${name} has no test case`);
    const mined = await mine(collection, { source: name, depth: 3, ...(encoder ? { encoder: fakeEncoder() } : {}) });
    assert.deepEqual([...mined.column("doc_id")], finds[name]);
    assert.deepEqual([...new Set(mined.column("source"))], [name]);
    assert.equal([...mined.column("score")].every((score) => score !== null), scores);
    await assert.rejects(
      mine(collection, { source: name, ...(encoder ? {} : { encoder: fakeEncoder() }) }),
      (error: Error) => error instanceof KitError && /(with an|without an) encoder/.test(error.message),
    );
  });
}
