import assert from "node:assert/strict";
import { loadCollection } from "../../lib/collections/load_collection.ts";
import { serialize } from "./tables.ts";
import { generate } from "../../lib/generators/generate.ts";
import { generationSummary } from "../../lib/generators/generation_summary.ts";
import type { Outcome } from "../../lib/generators/outcome.ts";

Deno.test("replaying facets yields every recorded negative in query order, the same bytes each time", async () => {
  const facets = await loadCollection("facets");
  const outcomes: Outcome[] = [];
  const options = { recipe: "syneg", replay: true, onOutcome: (outcome: Outcome) => outcomes.push(outcome) };
  const table = await generate(facets, options);
  const recorded = (await Deno.readTextFile(new URL("../../data/facets/replies.jsonl", import.meta.url)))
    .trim().split("\n").map((line) => JSON.parse(line));
  const byQuery = new Map(recorded.map((line) => [line.query_id, line]));
  assert.equal(recorded.length, 816);
  assert.equal(table.length, 1632);
  assert.deepEqual(generationSummary(table), {
    recipe: "syneg@1",
    requests: 816,
    outcomes: { complete: 816 },
    kept: 1632,
    dropped: 0,
    relabeled: 0,
    reasons: {},
  });
  const order = [...new Set(facets.qrels.train.column("query_id"))];
  assert.deepEqual(outcomes.map((outcome) => outcome.queryId), order);
  for (const [i, row] of [...table.rows()].entries()) {
    const { reply, attributes } = byQuery.get(row.query_id);
    assert.equal(row.query_id, order[i >> 1]);
    assert.equal(row.rank, (i & 1) + 1);
    assert.deepEqual([row.title, row.text], [reply.hard_negatives[i & 1].title, reply.hard_negatives[i & 1].text]);
    assert.equal(row.reflection, reply.reflection);
    assert.deepEqual(JSON.parse(row.attributes!), attributes);
    assert.deepEqual([row.source, row.recipe, row.writer, row.verdict], ["synthetic", "syneg@1", "claude", "kept"]);
  }
  const again = await generate(facets, { recipe: "syneg@1", replay: true, seed: 99 });
  assert.deepEqual(await serialize(again), await serialize(table));
});

Deno.test("a query without a recording is reported, not invented", async () => {
  const facets = await loadCollection("facets");
  const outcomes: Outcome[] = [];
  const onOutcome = (outcome: Outcome) => outcomes.push(outcome);
  const other = await generate(facets, { recipe: "graded", replay: true, limit: 3, onOutcome });
  assert.equal(other.length, 0);
  assert.deepEqual(outcomes.map(({ kind }) => kind), ["unrecorded", "unrecorded", "unrecorded"]);
  const test = await generate(facets, { split: "test", replay: true, limit: 5 });
  assert.equal(test.length, 0);
  assert.deepEqual(generationSummary(test)!.outcomes, { unrecorded: 5 });
  await assert.rejects(generate({ ...facets, name: "nothing" }, { replay: true }), /has no recorded replies/);
});

Deno.test("a broken line of the recordings is an error with file, line and field", async () => {
  const facets = await loadCollection("facets");
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, '{"recipe": "syneg@1"}\n');
    await assert.rejects(
      generate(facets, { replay: path }),
      new RegExp(`model must be a string, found nothing; .*${path}:1`),
    );
    await Deno.writeTextFile(path, "\n{broken\n");
    await assert.rejects(generate(facets, { replay: path }), new RegExp(`${path}:2`));
  } finally {
    await Deno.remove(path);
  }
});
