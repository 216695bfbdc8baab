import assert from "node:assert/strict";
import { join } from "node:path";
import { exists } from "../../lib/core/files.ts";
import { readTable } from "../../lib/files/arrow/ipc.ts";
import { NEGATIVES } from "../../lib/tables/schema.ts";
import { readRawReplies } from "../../lib/generators/read_raw_replies.ts";
import { generateQueries } from "../../lib/generators/generate_queries.ts";
import { shared } from "../shared.ts";
import { madeUp } from "./collection.ts";
import { runGenerate as generate, runLedger as ledger } from "./run_command.ts";
import { serve } from "./server.ts";

Deno.test("task generate: dry run, replay, a server, batch files, and their totals in the ledger", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [book, output] = [join(folder, "ledger.sqlite"), join(folder, "out.arrow")];
    const common = ["facets", "--limit", "5", "--ledger", book, "--out", output];
    const dry = await generate(...common, "--model", "m", "--dry-run", "--price", "1,2");
    assert.equal(dry.code, 0, dry.out);
    assert.match(dry.out, /You are an expert in .*\n[\s\S]*5 requests, 0 of them answered in the ledger/);
    assert.match(dry.out, /about [\d,]+ prompt and [\d,]+ completion tokens to send, cost about 0\.\d{4}/);

    assert.match((await generate(...common, "--replay")).out, /10 rows in [\s\S]*syneg@1: 5 requests: 5 complete/);
    assert.match((await generate(...common, "--replay")).out, /it exists; pass --overwrite/);

    const recorded = [...common, "--overwrite", "--replay"];
    assert.match((await generate(...recorded, "--recipe", "judge")).out, /Cannot replay recipe "judge"/);
    assert.match((await generate(...recorded, "--batch-api")).out, /Cannot use --batch-api with recorded replies/);
    const bounded = [...common, "--overwrite", "--model", "m", "--batch-api", "--budget-requests", "3"];
    assert.match((await generate(...bounded)).out, /Cannot use --batch-api with a budget/);

    await using server = serve();
    const live = [...common, "--model", "m", "--base-url", server.baseURL, "--overwrite", "--price", "1,2"];
    const first = await generate(...live);
    assert.match(first.out, /5 requests: 5 complete/);
    await generate(...live);
    assert.equal(server.came, 5);
    assert.equal((await readTable(output, NEGATIVES)).length, 10);
    assert.match((await ledger("totals", "--ledger", book)).out, /syneg@1 +m +5 +5 +[\d,]+ +500 +0\.\d{4} +0/);
    assert.equal((await ledger("list", "--ledger", book)).out.split("\n").length, 6);
    assert.match((await ledger("export", "--out", join(folder, "l.jsonl"), "--ledger", book)).out, /5 replies/);
    const second = join(folder, "second.sqlite");
    assert.match((await ledger("import", join(folder, "l.jsonl"), "--ledger", second)).out, /5 stored, 0 known/);
    assert.match((await ledger("--ledger", join(folder, "none.sqlite"))).out, /No replies recorded/);
    for (const more of [[], ["--collection", "facets"]]) {
      const none = await ledger("import", join(folder, "no.jsonl"), "--ledger", join(folder, "none.sqlite"), ...more);
      assert.equal(none.code, 1);
      assert.match(none.out, /Cannot read: .*no\.jsonl/);
    }
    assert.ok(!await exists(join(folder, "none.sqlite")));

    const batch = join(folder, "requests.jsonl");
    const seeded = [...common, "--seed", "9", "--model", "m", "--overwrite"];
    assert.match((await generate(...seeded, "--batch-out", batch)).out, /\d of 5 requests to/);
    assert.ok((await Deno.readTextFile(batch)).split("\n").length >= 2);
    const through = await generate(...seeded, "--batch-in", await answered(batch, folder));
    assert.match(through.out, /batch: \d stored, 0 known, 0 failed, 0 of other runs[\s\S]*5 requests: 5 complete/);

    assert.match(
      (await generate("facets", "--model", "m", "--price", "dear", "--dry-run")).out,
      /--price must be two numbers >= 0, .* found "dear"/,
    );
    for (const option of ["--replies", "--batch-in", "--read"]) {
      const missing = await generate(...common, "--model", "m", "--overwrite", option, join(folder, "no.jsonl"));
      assert.match(missing.out, /Cannot read: .*no\.jsonl/);
    }
    assert.match((await generate()).out, /needs the name of a collection/);
    assert.match((await generate("facets", "--recipe", "sineg")).out, /did you mean "syneg"/);
    assert.match((await ledger("sums")).out, /Unknown action "sums"/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Answers a batch file as run-batch would. */
async function answered(path: string, folder: string): Promise<string> {
  const { goodContent } = await import("./server.ts");
  const lines = (await Deno.readTextFile(path)).trim().split("\n").map((line) => JSON.parse(line));
  const replies = lines.map(({ custom_id, body }) => ({
    id: "x",
    custom_id,
    response: {
      status_code: 200,
      body: { choices: [{ message: { content: goodContent(body.messages) }, finish_reason: "stop" }] },
    },
    error: null,
  }));
  const out = join(folder, "replies.jsonl");
  await Deno.writeTextFile(out, replies.map((reply) => JSON.stringify(reply)).join("\n"));
  return out;
}

Deno.test("2,995 raw replies of a small model: preambles and truncated items are dropped, the rest is kept", async () => {
  const path = shared("llm-negatives/llama31-msmarco-generated.jsonl");
  if (!path) return;
  const report = await readRawReplies(path);
  const raw = (await Deno.readTextFile(path)).trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(report.replies, 2995);
  assert.equal(Object.values(report.outcomes).reduce((a, b) => a + b), 2995);
  const kept = report.readings.flatMap(({ items }, i) =>
    items.filter((item) => item.verdict === "kept").map((item) => ({ item, line: raw[i] }))
  );
  assert.equal(kept.length, report.kept);
  // By plain looks, apart from the reader: no introduction is kept, and none of the passages it dropped as one is prose.
  assert.equal(kept.filter(({ item }) => /^here are|:$/i.test(item.text)).length, 0);
  const introductions = raw.filter(({ negative }) => /^here are three/i.test(negative));
  const dropped = Object.fromEntries(report.dropped.map(({ guard, count }) => [guard, count]));
  assert.equal(dropped.preamble, introductions.length);
  // Whole passages only; where the positive itself has no full stop, one sentence without it is taken for a style.
  const ended = (text: string) => /[.!?…:;。]["'”’)\]*]*\s*$/.test(text);
  for (const { item, line } of kept) {
    assert.ok(line.negative.includes(item.text));
    assert.ok(ended(item.text) || !ended(line.positive), item.text);
  }
  assert.ok(kept.filter(({ item }) => !ended(item.text)).length < 10);
  assert.equal(dropped["cut off"] + dropped.preamble + report.kept + report.outcomes.refused, 2995);
  assert.deepEqual({ kept: report.kept, ...dropped, ...report.outcomes }, {
    kept: 1119,
    preamble: 998,
    "cut off": 876,
    complete: 1119,
    unusable: 1874,
    refused: 2,
  });
});

Deno.test("queries are written for documents, with judgments that refer to them", async () => {
  const content = () => '{"queries": ["when was the thing made", "which room holds the thing"]}';
  await using server = serve({ content });
  const collection = madeUp(6);
  const options = { model: "m", quiet: true, ledger: ":memory:", baseURL: server.baseURL };
  const { queries, qrels } = await generateQueries(collection, options);
  assert.equal(queries.length, 12);
  assert.deepEqual([...qrels.rows()].slice(0, 3), [
    { query_id: "d0-q1", doc_id: "d0", grade: 1 },
    { query_id: "d0-q2", doc_id: "d0", grade: 1 },
    { query_id: "d1-q1", doc_id: "d1", grade: 1 },
  ]);
  assert.ok(JSON.parse(queries.row(0).metadata!).style);
});
