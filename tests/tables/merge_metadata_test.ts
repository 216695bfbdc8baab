import assert from "node:assert/strict";
import { concatenate } from "../../lib/tables/concatenate.ts";
import { mergeMetadata } from "../../lib/tables/merge_metadata.ts";
import { EMBEDDINGS, NEGATIVES } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import { generate, generationSummary } from "../../lib/generators/mod.ts";
import { filterNegatives, mine, waterfall } from "../../lib/negatives/mod.ts";
import { nearDuplicates } from "../../lib/negatives/filters/mod.ts";
import { collectionOf } from "../negatives/cases.ts";

const CASES: [string, Record<string, string>[], Record<string, string>][] = [
  ["one table has it", [{ "syneg.rules": '["a"]' }, {}], { "syneg.rules": '["a"]' }],
  ["lists unite in order", [{ "syneg.rules": '["a","b"]' }, { "syneg.rules": '["c","a"]' }], {
    "syneg.rules": '["a","b","c"]',
  }],
  ["counts add, names join", [
    { "syneg.generation": '{"recipe":"syneg@1","requests":3,"outcomes":{"complete":3}}' },
    { "syneg.generation": '{"recipe":"graded@1","requests":3,"outcomes":{"complete":1,"empty":2}}' },
    { "syneg.generation": '{"recipe":"syneg@1","requests":1,"outcomes":{"complete":1}}' },
  ], {
    "syneg.generation": '{"recipe":"syneg@1 + graded@1","requests":7,"outcomes":{"complete":5,"empty":2}}',
  }],
  ["names stay", [{ "syneg.schema": "QRELS" }, { "syneg.schema": "QRELS" }], { "syneg.schema": "QRELS" }],
  ["others' notes stay where they agree", [{ pandas: "{}", x: "1" }, { pandas: "{}", x: "2" }], { pandas: "{}" }],
];
for (const [name, tables, wanted] of CASES) {
  Deno.test(`metadata of concatenated tables: ${name}`, () => {
    assert.deepEqual(mergeMetadata(tables.map((table) => new Map(Object.entries(table)))), wanted);
  });
}

Deno.test("concatenate keeps the rules and generation metadata of every table, in either order", async () => {
  const collection = collectionOf({
    p: { title: "", text: "The dough needs 2 hours in 2024 to rise well." },
    n: { title: "", text: "The batter does not rise at all." },
  }, { q: ["p"] });
  const mined = await mine(collection, { source: "random" });
  const edits = await generate(collection, { recipe: "edit", quiet: true });
  const written = await filterNegatives(edits, collection, [nearDuplicates()]);
  const summary = generationSummary(written)!;
  for (const tables of [[mined, written], [written, mined]]) {
    const both = concatenate(tables);
    assert.deepEqual(generationSummary(both), summary);
    const rules = new Set(waterfall(both).map((step) => step.rule));
    for (const rule of ["positive-id", "duplicate", "near-duplicate"]) assert.ok(rules.has(rule), rule);
  }
  assert.equal(generationSummary(concatenate([written, written]))!.requests, 2 * summary.requests);
});

Deno.test("vectors of two encoders are not concatenated", () => {
  const table = (fingerprint: string) =>
    tableOf(EMBEDDINGS, [{ id: "a", vector: Float32Array.of(1, 2) }], { metadata: { fingerprint } });
  assert.equal(concatenate([table("x"), table("x")]).length, 2);
  assert.throws(() => concatenate([table("x"), table("y")]), /different encoders: their fingerprints differ/);
  assert.throws(() => concatenate([table("x"), tableOf(NEGATIVES, [])] as never), /EMBEDDINGS and NEGATIVES/);
});
