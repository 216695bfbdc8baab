import assert from "node:assert/strict";
import { join } from "node:path";
import { type BatchRunOptions, runBatches } from "../../../lib/generators/batches/mod.ts";
import { batchLines, takeBatch } from "../../../lib/generators/batches/mod.ts";
import { generate, negativeRequests } from "../../../lib/generators/generate.ts";
import { type Ledger, openLedger } from "../../../lib/generators/ledger/mod.ts";
import { generationSummary } from "../../../lib/generators/generation_summary.ts";
import { pending } from "../../../lib/generators/pending.ts";
import { modelRecipe } from "../../../lib/generators/recipes/registry.ts";
import type { ModelRequest } from "../../../lib/generators/model_request.ts";
import { madeUp } from "../collection.ts";
import { goodContent, serve } from "../server.ts";
import { serialize } from "../tables.ts";

const syneg = modelRecipe("syneg");
const collection = madeUp(30);
const options = { model: "test", quiet: true } as const;

Deno.test("a batch file is exported and its replies imported, in any order, through the same ledger", async () => {
  using ledger = openLedger(":memory:");
  const requests = negativeRequests(collection, syneg, options);
  const lines = batchLines(pending(requests, syneg, ledger), syneg).map((line) => JSON.parse(line));
  assert.equal(lines.length, 30);
  assert.equal(new Set(lines.map((line) => line.custom_id)).size, 30);
  for (const { method, url, body, custom_id } of lines) {
    assert.deepEqual([method, url, body.model, body.messages.length], ["POST", "/v1/chat/completions", "test", 2]);
    assert.match(custom_id, /^[0-9a-f]{64}$/);
    assert.equal(body.response_format.type, "json_schema");
  }
  const replies = lines.map(({ custom_id, body }, i) =>
    JSON.stringify(
      i === 4
        ? { custom_id, response: null, error: { code: "expired", message: "too late" } }
        : i === 5
        ? { custom_id, response: { status_code: 500, body: { error: { message: "oops" } } }, error: null }
        : {
          custom_id,
          response: {
            status_code: 200,
            body: {
              choices: [{ message: { content: goodContent(body.messages) }, finish_reason: "stop" }],
              usage: { prompt_tokens: 10, completion_tokens: 5 },
            },
          },
          error: null,
        },
    )
  );
  const stranger = JSON.stringify({ custom_id: "0".repeat(64), response: { status_code: 200, body: {} }, error: null });
  const text = [...replies.reverse(), stranger].join("\n");
  const price = { prompt: 1, completion: 2 };
  const counts = takeBatch(text, requests, ledger, { file: "f", price });
  assert.deepEqual(counts, { stored: 28, known: 0, failed: 2, unmatched: 1 });
  assert.deepEqual(takeBatch(text, requests, ledger, { file: "f" }), { stored: 0, known: 28, failed: 2, unmatched: 1 });
  assert.deepEqual(pending(requests, syneg, ledger).map(({ key }) => key), [lines[4].custom_id, lines[5].custom_id]);
  const [total] = ledger.totals();
  assert.ok(Math.abs(total.cost! - 28 * 20e-6) < 1e-12);

  // The table is what asking directly gives, for the requests that were answered.
  await using server = serve();
  const direct = { ...options, baseURL: server.baseURL };
  const table = await generate(collection, { ...direct, ledger });
  assert.equal(server.came, 2);
  assert.deepEqual(
    await serialize(table),
    await serialize(await generate(collection, { ...direct, ledger: ":memory:" })),
  );
});

Deno.test("a broken batch file stores nothing and names its line", () => {
  using ledger = openLedger(":memory:");
  const requests = negativeRequests(collection, syneg, options);
  const good = JSON.stringify({
    custom_id: requests[0].key,
    response: { status_code: 200, body: { choices: [{ message: { content: "x" }, finish_reason: "stop" }] } },
  });
  assert.throws(() => takeBatch(`${good}\n{"half`, requests, ledger, { file: "f.jsonl" }), /f\.jsonl:2/);
  assert.throws(
    () => takeBatch(`${good}\n{}`, requests, ledger, { file: "f.jsonl" }),
    /custom_id must be a string, found nothing \(f\.jsonl:2\)/,
  );
  assert.equal([...ledger.rows()].length, 0);
});

/** A run that is cut off as soon as the server has its batch, however slow the machine is. */
async function cutOff(requests: readonly ModelRequest[], ledger: Ledger, settings: BatchRunOptions): Promise<void> {
  const controller = new AbortController();
  const made = setInterval(() => {
    if (ledger.database.prepare("SELECT 1 FROM batches WHERE status = 'made'").get()) controller.abort();
  }, 10);
  const run = runBatches(requests, syneg, ledger, { ...settings, poll: 60_000, signal: controller.signal });
  await assert.rejects(run, { name: "CancelledError" });
  clearInterval(made);
}

Deno.test("a run with only part of a batch's requests leaves the batch open", async () => {
  await using server = serve();
  const requests = negativeRequests(collection, syneg, options);
  using ledger = openLedger(":memory:");
  const settings = { baseURL: server.baseURL, poll: 5, quiet: true };
  await cutOff(requests, ledger, settings);
  const part = await runBatches(requests.slice(0, 6), syneg, ledger, settings);
  assert.ok(part.unmatched > 0, JSON.stringify(part));
  await runBatches(requests, syneg, ledger, settings);
  const sent = ledger.database.prepare("SELECT keys FROM batches").all().flatMap(({ keys }) =>
    JSON.parse(String(keys))
  );
  // Only what failed on the server, every seventh of a batch, is sent again.
  assert.ok(sent.length <= 34, `${sent.length} sent`);
  assert.equal(new Set([...ledger.rows()].map(({ key }) => key)).size, 30);
});

Deno.test("the Batch API: upload, wait, download; failed requests remain, and an interrupted run continues to wait", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const key = "sk-batch-key-0123456789";
    await using server = serve({ key });
    const path = join(folder, "ledger.sqlite");
    const requests = negativeRequests(collection, syneg, options);
    const settings = { baseURL: server.baseURL, apiKey: key, poll: 5, quiet: true };
    {
      // Cut off while the batch is under way.
      using ledger = openLedger(path);
      await cutOff(requests, ledger, settings);
      assert.equal([...ledger.rows()].length, 0);
    }
    using ledger = openLedger(path);
    const counts = await runBatches(requests, syneg, ledger, { ...settings, batchSize: 100 });
    // The first batch answered 26 of 30, the second 4 that were left: every seventh of a batch fails.
    const made = ledger.database.prepare("SELECT status, keys FROM batches ORDER BY created_at").all() as {
      status: string;
      keys: string;
    }[];
    assert.deepEqual(made.map(({ status, keys }) => [status, JSON.parse(keys).length]), [["done", 30], ["done", 4]]);
    assert.deepEqual(counts, { stored: 30, known: 0, failed: 4, unmatched: 0 });
    assert.equal(server.came, 0);
    const table = await generate(collection, { ...options, ledger, budget: { requests: 0 } });
    assert.deepEqual(generationSummary(table)!.outcomes, { complete: 30 });
    assert.deepEqual([...ledger.rows()].map(({ origin }) => origin), Array(30).fill("batch"));
    assert.deepEqual(await runBatches(requests, syneg, ledger, settings), {
      stored: 0,
      known: 0,
      failed: 0,
      unmatched: 0,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
