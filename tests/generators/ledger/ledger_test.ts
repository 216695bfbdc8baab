import assert from "node:assert/strict";
import { join } from "node:path";
import { loadCollection } from "../../../lib/collections/load_collection.ts";
import { type Ledger, openLedger } from "../../../lib/generators/ledger/mod.ts";
import type { LedgerRow } from "../../../lib/generators/ledger/ledger_row.ts";
import { exportLedger, importLedger } from "../../../lib/generators/ledger/ledger_jsonl.ts";
import { generate } from "../../../lib/generators/generate.ts";
import { modelRecipe } from "../../../lib/generators/recipes/registry.ts";
import { readRecordings } from "../../../lib/generators/recordings.ts";
import { importRecordings } from "../../../lib/generators/replay.ts";
import { promptInputs } from "../../../lib/generators/prompt_inputs.ts";

const row = (i: number, change: Partial<LedgerRow> = {}): LedgerRow => ({
  key: i.toString(16).padStart(64, "0"),
  attempt: 1,
  recipe: "syneg@1",
  model: i % 2 ? "a" : "b",
  query_id: `q${i}`,
  positive_id: `d${i}`,
  attributes: "{}",
  count: 2,
  reply: `reply ${i}\n"quoted" \u0000 😀`,
  finish_reason: "stop",
  prompt_tokens: 10,
  completion_tokens: i,
  cost: i % 2 ? 0.5 : null,
  latency_ms: 1.5,
  answered_at: "2026-01-01T00:00:00.000Z",
  origin: "request",
  asking: 1,
  ...change,
});

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a ledger exports to JSON lines and imports unchanged; existing replies stay", () =>
  inFolder(async (folder) => {
    using ledger = openLedger(join(folder, "a.sqlite"));
    for (let i = 9; i >= 0; i--) ledger.store(row(i));
    await ledger.append(row(3, { reply: "second" }));
    const path = join(folder, "out.jsonl");
    assert.equal(await exportLedger(ledger, path), 11);
    await assert.rejects(exportLedger(ledger, path), /a file of this name exists/);
    using other = openLedger(join(folder, "b.sqlite"));
    other.store(row(5, { reply: "mine" }));
    assert.deepEqual(await importLedger(other, path), { stored: 10, known: 0, differs: 1 });
    assert.equal(other.replies(row(5).key)[0].reply, "mine");
    assert.deepEqual(other.replies(row(3).key).map(({ attempt, reply }) => [attempt, reply]), [
      [1, row(3).reply],
      [2, "second"],
    ]);
    assert.deepEqual(await importLedger(ledger, path), { stored: 0, known: 11, differs: 0 });
    assert.deepEqual([...ledger.rows()].map(({ key }) => key), [...ledger.rows()].map(({ key }) => key).sort());
  }));

Deno.test("a bad line imports nothing and names file, line and field", () =>
  inFolder(async (folder) => {
    using ledger = openLedger(":memory:");
    const path = join(folder, "x.jsonl");
    for (
      const [line, message] of [["{oops", /x\.jsonl:2/], [
        '{"key": "short"}',
        /key must be 64 hex digits, found "short"; .*x\.jsonl:2/,
      ]] as const
    ) {
      await Deno.writeTextFile(path, `${JSON.stringify(row(1))}\n${line}\n`);
      await assert.rejects(importLedger(ledger, path), message);
      assert.equal([...ledger.rows()].length, 0);
    }
    await Deno.writeTextFile(
      join(folder, "no.sqlite"),
      "this is no database, but a text that is long enough to be read",
    );
    assert.throws(() => openLedger(join(folder, "no.sqlite")), /Cannot open the ledger: .*no\.sqlite/s);
  }));

Deno.test("replies that arrive together are written together, before their promises resolve", () =>
  inFolder(async (folder) => {
    const path = join(folder, "together.sqlite");
    using ledger = openLedger(path);
    const due = Array.from({ length: 50 }, (_, i) => ledger.append(row(i % 25, { reply: `reply ${i}` })));
    assert.equal(ledger.database.prepare("SELECT count(*) AS n FROM replies").get()!.n, 0);
    const stored = await Promise.all(due);
    assert.deepEqual(stored.map(({ attempt }) => attempt), [...Array(25).fill(1), ...Array(25).fill(2)]);
    using reader = openLedger(path);
    assert.equal([...reader.rows()].length, 50);
    // A write that fails fails its promise, and the ledger goes on.
    await assert.rejects(
      ledger.append(row(1, { count: {} as number })),
      /Cannot write the ledger: .*together\.sqlite/s,
    );
    assert.equal((await ledger.append(row(1))).attempt, 3);
    // What is due is written when the ledger is closed.
    void ledger.append(row(60));
    ledger.close();
    assert.equal(reader.replies(row(60).key).length, 1);
  }));

Deno.test("totals add up by recipe and model", async () => {
  using ledger = openLedger(":memory:");
  for (let i = 0; i < 10; i++) ledger.store(row(i));
  await ledger.append(row(1));
  ledger.fail(row(1), 429, "slow down");
  ledger.fail({ ...row(1), model: "never answered" }, null, "no answer");
  assert.deepEqual(ledger.totals().map((total) => ({ ...total })), [
    {
      recipe: "syneg@1",
      model: "a",
      requests: 5,
      replies: 6,
      prompt_tokens: 60,
      completion_tokens: 26,
      cost: 3,
      failures: 1,
    },
    {
      recipe: "syneg@1",
      model: "b",
      requests: 5,
      replies: 5,
      prompt_tokens: 50,
      completion_tokens: 20,
      cost: null,
      failures: 0,
    },
    {
      recipe: "syneg@1",
      model: "never answered",
      requests: 0,
      replies: 0,
      prompt_tokens: 0,
      completion_tokens: 0,
      cost: null,
      failures: 1,
    },
  ]);
  assert.deepEqual(ledger.failures().map((failure) => [failure.status, failure.count]), [[null, 1], [429, 1]]);
});

Deno.test("two processes can write one ledger; an attempt of both is kept twice, not lost", () =>
  inFolder(async (folder) => {
    const path = join(folder, "shared.sqlite");
    const [one, two]: [Ledger, Ledger] = [openLedger(path), openLedger(path)];
    await one.append(row(1, { reply: "first" }));
    await two.append(row(1, { reply: "second" }));
    assert.deepEqual(one.replies(row(1).key).map(({ reply }) => reply), ["first", "second"]);
    one.close();
    two.close();
  }));

Deno.test("recordings are imported into a ledger once, and a run with the same draws finds them", async () => {
  const facets = await loadCollection("facets");
  using ledger = openLedger(":memory:");
  const recordings = await readRecordings(new URL("../../../data/facets/replies.jsonl", import.meta.url).pathname);
  const list = promptInputs(facets);
  assert.equal(importRecordings(ledger, list, recordings, modelRecipe).stored, 816);
  assert.equal(importRecordings(ledger, list, recordings, modelRecipe).known, 816);
  const [first] = recordings;
  const pools = Object.fromEntries(Object.entries(first.attributes).map(([slot, value]) => [slot, [value]]));
  const alone = {
    ...facets,
    queries: facets.queries,
    qrels: { train: facets.qrels.train.slice(0, 1) },
  };
  assert.equal(list[0].queryId, first.query_id);
  // Its own pools leave one draw for difficulty and length; the expert is drawn from the query's five.
  const seeds = Array.from({ length: 40 }, (_, seed) => seed);
  let found = 0;
  for (const seed of seeds) {
    const options = { model: first.model, seed, pools, ledger, quiet: true, budget: { requests: 0 } };
    found += (await generate(alone, options)).length;
  }
  assert.ok(found > 0 && found < 80, `${found}`);
});
