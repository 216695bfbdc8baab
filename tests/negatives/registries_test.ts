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
import { NEGATIVES, SOURCES, tableOf } from "../../lib/tables/mod.ts";
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
  Deno.test(`sampler ${name} (${about}) is made by name and draws what it should`, () => {
    assert.ok(name in draws, `sampler ${name} has no test case`);
    const [options, rows] = draws[name];
    const drawn = SAMPLERS.make(name, options).draw(negatives, positives, 0).instances[0].negatives;
    assert.deepEqual([...drawn].sort(), rows);
  });
}

for (const { name, about } of MIXERS.parts) {
  Deno.test(`mixer ${name} (${about}) is made by name and draws the mix`, () => {
    const drawn = MIXERS.make(name, { within: samplers.top({}) }, { dense: 3 }).draw(negatives, positives, 0);
    assert.deepEqual(drawn.instances[0].negatives, [0, 1, 2]);
  });
}

/** Options of each curriculum, and the rows of its first and a late epoch. */
const stages: Record<string, [object, number[], number[]]> = {
  "stages": [{ stages: [{ epochs: 1, levels: [0, 1] }, { levels: [4, 4] }] }, [0, 1], [4]],
  "easy-to-hard": [{ epochs: 2 }, [2, 3, 4], [0, 1, 2]],
};
for (const { name, about } of CURRICULA.parts) {
  Deno.test(`curriculum ${name} (${about}) is made by name and changes with the epoch`, () => {
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
/** Options of each filter, and the rows that stay kept. */
const kept: Record<string, [object, number[]]> = {
  "positive-guard": [{ nearDuplicateThreshold: false }, [0, 1, 2, 3, 4]],
  "near-duplicate": [{ nearDuplicateThreshold: 0.4 }, [0, 1, 2, 3]],
  "rank-window": [{ from: 2, to: 3 }, [1, 2]],
  "score-window": [{ min: 0.65 }, [0, 1, 2]],
  "absolute-margin": [{ margin: 0.05 }, [2, 3, 4]],
  "relative-margin": [{ margin: 0 }, [1, 2, 3, 4]],
  "vector-guard": [{}, [0, 1, 2, 3, 4]],
  "cross-encoder": [{ threshold: 3 }, [0, 1, 2]],
  "judge": [{}, [1, 2, 3, 4]],
};
for (const { name, about } of FILTERS.parts) {
  Deno.test(`filter ${name} (${about}) is made by name and drops what it should`, async () => {
    assert.ok(name in kept, `filter ${name} has no test case`);
    const [options, rows] = kept[name];
    const filtered = await filterNegatives(negatives, collection, [FILTERS.make(name, options, needs)]);
    const verdicts = [...filtered.column("verdict")];
    assert.deepEqual(verdicts.flatMap((verdict, i) => verdict === "kept" ? [i] : []), rows);
  });
}

for (const { name, about, encoder, scores } of MINERS.parts) {
  Deno.test(`miner ${name} (${about}) yields its source, with scores if it says so`, async () => {
    assert.ok(SOURCES.includes(name));
    const mined = await mine(collection, { source: name, depth: 3, ...(encoder ? { encoder: fakeEncoder() } : {}) });
    assert.ok(mined.length > 0);
    assert.deepEqual([...new Set(mined.column("source"))], [name]);
    assert.equal([...mined.column("score")].every((score) => score !== null), scores);
    await assert.rejects(
      mine(collection, { source: name, ...(encoder ? {} : { encoder: fakeEncoder() }) }),
      (error: Error) => error instanceof KitError && /(with an|without an) encoder/.test(error.message),
    );
  });
}
