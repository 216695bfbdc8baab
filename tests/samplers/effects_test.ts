import assert from "node:assert/strict";
import { NEGATIVES } from "../../lib/data/schema.ts";
import { tableOf } from "../../lib/data/table_builder.ts";
import type { Encoder } from "../../lib/encoders/types.ts";
import { conan } from "../../lib/samplers/mod.ts";
import { systematic } from "../../lib/samplers/hybrid.ts";
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
  Deno.test(`conan: a score that went from ${then} to ${now} ${falls ? "fell" : "stays"}`, async () => {
    const passages = Object.fromEntries([now, 0.05, 1].map((s) => [`d${s}`, { title: "", text: String(s) }]));
    const collection = collectionOf(passages, { q: ["d1"] });
    const row = { query_id: "q", source: "dense", positive_score: 1, model: "by name", verdict: "kept" } as const;
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
  Deno.test(`hybrid meets the whole sum of ${expected.join(" + ")} whatever its random number`, () => {
    const whole = Math.round(expected.reduce((a: number, b: number) => a + b, 0));
    for (const offset of [0, 1e-17, 0.25, 0.5, 1 - 2 ** -53]) {
      const counts = systematic(expected, offset);
      assert.equal(counts.reduce((a, b) => a + b), whole, `offset ${offset}: ${counts}`);
      counts.forEach((count, i) => assert.ok(Math.abs(count - expected[i]) < 1, `${count} of ${expected[i]}`));
    }
  });
}
