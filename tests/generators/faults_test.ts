import assert from "node:assert/strict";
import { join } from "node:path";
import { EndpointError } from "../../lib/generators/client/endpoint_error.ts";
import { generate, type GenerateOptions } from "../../lib/generators/generate.ts";
import { openLedger } from "../../lib/generators/ledger/mod.ts";
import { generationSummary } from "../../lib/generators/generation_summary.ts";
import { retry } from "../../lib/generators/client/retry.ts";
import { random } from "../../lib/core/random.ts";
import type { RunReport } from "../../lib/generators/run_report.ts";
import type { Outcome } from "../../lib/generators/outcome.ts";
import { madeUp } from "./collection.ts";
import { ALL_FAULTS, FAULTS, serve } from "./server.ts";
import { serialize } from "./tables.ts";

const QUICK = { model: "test", quiet: true, backoff: 5 } as const;
const KEY = "sk-test-0123456789abcdefghijklmnop";

const RUNS = [
  { size: 2000, share: 0.35, kinds: ALL_FAULTS, stream: false },
  { size: 300, share: 0.3, kinds: FAULTS, stream: true },
] as const;
for (const { size, share, kinds, stream } of RUNS) {
  Deno.test(`${size} requests with ${100 * share} % faults are all accounted for${stream ? ", streamed" : ""}`, async () => {
    await using server = serve({ seed: 3, faults: share, kinds, key: KEY });
    let report: RunReport | undefined;
    using ledger = openLedger(":memory:");
    const ended: Outcome[] = [];
    const options: GenerateOptions = {
      ...QUICK,
      baseURL: server.baseURL,
      apiKey: KEY,
      concurrency: 64,
      timeout: 2000,
      onReport: (done) => report ??= done,
      stream,
      ledger,
      onOutcome: (outcome) => ended.push(outcome),
    };
    const table = await generate(madeUp(size), options);
    const summary = generationSummary(table)!;
    assert.equal(ended.length, size);
    assert.equal(new Set(ended.map((outcome) => outcome.queryId)).size, size);
    assert.equal(Object.values(summary.outcomes).reduce((a, b) => a + b), size);
    assert.equal(table.length, summary.kept + summary.dropped);
    for (const outcome of ended) assert.ok(outcome.reason.length > 0, outcome.kind);
    // Every kind of fault occurred, and the ledger knows of every failed attempt and every reply.
    for (const fault of kinds) {
      if (!(stream && fault === "broken envelope")) assert.ok(server.faults.has(fault), fault);
    }
    const failures = ledger.failures().reduce((sum, { count }) => sum + count, 0);
    const replies = [...ledger.rows()].length;
    // A request that ran out of time on the way may never have come.
    const { late } = ledger.database
      .prepare("SELECT count(*) AS late FROM failures WHERE message LIKE '%no whole answer%'").get() as {
        late: number;
      };
    assert.ok(server.came <= replies + failures, `${server.came} came, ${replies} + ${failures} are on record`);
    assert.ok(server.came >= replies + failures - late + (server.faults.get("silent") ?? 0));
    // The report says the same.
    assert.deepEqual([report!.requests, report!.asked, report!.recorded], [size, size, 0]);
    assert.deepEqual([report!.replies, report!.failures, report!.sent], [replies, failures, replies + failures]);
    // With three tries nearly all come out; a reply with one item of two is taken as it is.
    const { complete = 0, partial = 0 } = summary.outcomes;
    assert.ok(complete > 0.93 * size && complete + partial > 0.98 * size, JSON.stringify(summary));
    // What was settled is not asked again; only what three replies could not settle stays as it is.
    const before = server.came;
    const again = await generate(madeUp(size), { ...options, onOutcome: undefined, budget: { requests: 0 } });
    assert.equal(server.came, before);
    assert.equal(again.length, table.length);
    // What no attempt reached is "unsent" now; the rows are the same.
    assert.deepEqual([...again.rows()], [...table.rows()]);
    if (!summary.outcomes.unreachable) assert.deepEqual(await serialize(again), await serialize(table));
  });
}

Deno.test("a connection that breaks during a request is one recorded failure, never a silent repetition", async () => {
  await using server = serve({ faults: 0.4, kinds: ["reset", "half"] });
  using ledger = openLedger(":memory:");
  await generate(madeUp(120), { ...QUICK, baseURL: server.baseURL, concurrency: 4, maxRetries: 39, ledger });
  const failures = ledger.failures().reduce((sum, { count }) => sum + count, 0);
  assert.equal(failures, server.faults.get("reset")! + server.faults.get("half")!);
  assert.equal(server.came, 120 + failures);
});

Deno.test("a budget stops the run within one window of its concurrency, and says so", async () => {
  const concurrency = 16;
  for (const budget of [{ requests: 50 }, { tokens: 20_000 }, { cost: 0.02 }]) {
    await using server = serve({ latency: 3 });
    using ledger = openLedger(":memory:");
    const price = { prompt: 1, completion: 2 };
    const table = await generate(madeUp(200), {
      ...QUICK,
      baseURL: server.baseURL,
      concurrency,
      budget,
      price,
      ledger,
    });
    const [{ prompt_tokens, completion_tokens, cost, requests }] = ledger.totals();
    const { complete, unsent } = generationSummary(table)!.outcomes;
    assert.equal(complete! + unsent!, 200);
    assert.equal(requests, complete);
    const tokens = prompt_tokens + completion_tokens;
    if ("requests" in budget) assert.equal(server.came, 50);
    const share = tokens / server.came;
    if (budget.tokens) assert.ok(tokens >= 20_000 && tokens < 20_000 + concurrency * share * 1.1, `${tokens}`);
    if (budget.cost) {
      const each = cost! / server.came;
      assert.ok(cost! >= 0.02 && cost! < 0.02 + concurrency * each * 1.1, `${cost}`);
      assert.ok(Math.abs(cost! - (prompt_tokens + 2 * completion_tokens) / 1e6) < 1e-9);
    }
  }
  await assert.rejects(
    generate(madeUp(2), { ...QUICK, baseURL: "http://127.0.0.1:1/v1", budget: { cost: 1 }, ledger: ":memory:" }),
    /budget.cost needs a price > 0, found none/,
  );
});

Deno.test("concurrency and rates are kept", async () => {
  await using server = serve({ latency: 4 });
  await generate(madeUp(60), { ...QUICK, baseURL: server.baseURL, concurrency: 5, ledger: ":memory:" });
  // The server sees a place free a moment after the client does.
  assert.ok(server.peak >= 4 && server.peak <= 6, `${server.peak}`);
  await using slow = serve();
  const options = { ...QUICK, baseURL: slow.baseURL, requestsPerMinute: 6000, ledger: ":memory:" };
  const start = performance.now();
  await generate(madeUp(40), options);
  assert.ok(slow.times.at(-1)! - start >= 39 * 10 - 1, "40 requests at 100 a second take 0.39 s");
});

Deno.test("cancellation stops at once and keeps the replies; the next run continues from there", async () => {
  await using server = serve({ latency: 10 });
  using ledger = openLedger(":memory:");
  const controller = new AbortController();
  server.onRequest = (count) => count === 30 && controller.abort();
  const options = { ...QUICK, baseURL: server.baseURL, concurrency: 4, ledger };
  await assert.rejects(generate(madeUp(100), { ...options, signal: controller.signal }), { name: "CancelledError" });
  const kept = [...ledger.rows()].length;
  assert.ok(kept >= 20 && kept < 31, `${kept}`);
  // Those that had left with the thirtieth may come a little later.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const came = server.came;
  assert.ok(came <= 30 + 4, `${came}`);
  await generate(madeUp(100), options);
  assert.equal(server.came, came + 100 - kept);
});

Deno.test("structured output falls back from schema to JSON mode to plain text, once per run", async () => {
  for (const formats of [["json_object", "text"], ["text"]]) {
    await using server = serve({ formats });
    const table = await generate(madeUp(10), {
      ...QUICK,
      baseURL: server.baseURL,
      concurrency: 1,
      ledger: ":memory:",
    });
    assert.equal(table.length, 20);
    const types = server.bodies.map((body) => (body.response_format as { type: string } | undefined)?.type ?? "text");
    assert.deepEqual([...new Set(types)], [formats[0] === "text" ? "text" : "json_object"]);
  }
  await using whole = serve();
  await generate(madeUp(1), { ...QUICK, baseURL: whole.baseURL, ledger: ":memory:" });
  const { json_schema } = whole.bodies[0].response_format as {
    json_schema: { strict: boolean; schema: { required: string[] } };
  };
  assert.equal(json_schema.strict, true);
  assert.deepEqual(json_schema.schema.required, ["reflection", "hard_negatives"]);
});

Deno.test("a server that rejects everything ends the run early with its message", async () => {
  await using server = serve({ key: KEY });
  const options = { ...QUICK, baseURL: server.baseURL, ledger: ":memory:" };
  await assert.rejects(generate(madeUp(500), { ...options, apiKey: "sk-wrong-key-123456" }), /Incorrect API key/);
  await assert.rejects(
    generate(madeUp(500), { ...options, baseURL: "http://127.0.0.1:9/v1", maxRetries: 1 }),
    /none of 8 requests was answered; the last error: 127.0.0.1:9: no answer/,
  );
  await assert.rejects(
    generate(madeUp(2), { ...options, model: undefined }),
    /model must be the server.s name of a model, found none/,
  );
});

Deno.test("the key appears in no file, log line, error or ledger row, even if the server repeats it", async () => {
  const folder = await Deno.makeTempDir();
  const shown: string[] = [];
  const keep = (...parts: unknown[]) => void shown.push(parts.map(String).join(" "));
  const original = { log: console.log, error: console.error, warn: console.warn, debug: console.debug };
  Object.assign(console, { log: keep, error: keep, warn: keep, debug: keep });
  try {
    await using server = serve({ key: KEY, faults: 0.6, kinds: ["500", "malformed", "429"], seed: 8 });
    const options = { ...QUICK, baseURL: server.baseURL, ledger: join(folder, "ledger.sqlite"), concurrency: 8 };
    const table = await generate(madeUp(60), { ...options, apiKey: KEY, maxRetries: 2 });
    await Deno.writeFile(join(folder, "table.arrow"), await serialize(table));
    const wrong = `${KEY}-and-more`;
    const error: Error = await generate(madeUp(2), { ...options, apiKey: wrong, seed: 1 }).then(
      () => assert.fail("it should have thrown"),
      (thrown) => thrown,
    );
    assert.match(error.message, /\[key\]/);
    shown.push(
      Deno.inspect(error, { depth: 20, showHidden: true }),
      error.stack ?? "",
      Deno.inspect(table, { depth: 9 }),
    );
    const needle = new TextEncoder().encode(KEY);
    for await (const { name } of Deno.readDir(folder)) {
      assert.equal(find(await Deno.readFile(join(folder, name)), needle), -1, name);
    }
    assert.equal(find(new TextEncoder().encode(shown.join("\n")), needle), -1);
    using ledger = openLedger(options.ledger);
    const said = ledger.database.prepare("SELECT message FROM failures WHERE status = 500").all() as {
      message: string;
    }[];
    assert.ok(said.length > 5 && said.every(({ message }) => message.includes("Bearer [key]")));
    assert.ok([...ledger.rows()].some(({ reply }) => reply.includes("[key]")));
  } finally {
    Object.assign(console, original);
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("retries wait at least as long as requested, wait longer each time, and stop at the limit", async () => {
  const failing = (retryAfter?: number, fate: EndpointError["fate"] = "again") => {
    let calls = 0;
    const work = () => Promise.reject(new EndpointError(fate, 429, `no ${++calls}`, { retryAfter }));
    return { work, calls: () => calls };
  };
  const timed = async (work: () => Promise<unknown>, attempts: number, base: number) => {
    const start = performance.now();
    await assert.rejects(retry(work, { maxRetries: attempts - 1, base, random: random(1), patience: 5000 }), /no \d/);
    return performance.now() - start;
  };
  const asked = failing(40);
  assert.ok(await timed(asked.work, 3, 1) >= 79);
  assert.equal(asked.calls(), 3);
  const growing = failing();
  const waited = await timed(growing.work, 4, 20);
  assert.ok(waited >= 20 * (1 + 2 + 4) / 2 - 3, `${waited}`);
  const patient = failing(6000);
  assert.ok(await timed(patient.work, 3, 1) < 1000);
  assert.equal(patient.calls(), 1);
  const rejected = failing(undefined, "rejected");
  await timed(rejected.work, 3, 1);
  assert.equal(rejected.calls(), 1);
});

function find(bytes: Uint8Array, needle: Uint8Array): number {
  return new TextDecoder("latin1").decode(bytes).indexOf(new TextDecoder("latin1").decode(needle));
}
