import assert from "node:assert/strict";
import { runBatches } from "../../lib/generators/batches/mod.ts";
import { generate, negativeRequests } from "../../lib/generators/generate.ts";
import { openLedger } from "../../lib/generators/ledger/mod.ts";
import { modelRecipe } from "../../lib/generators/recipes/registry.ts";
import type { Outcome } from "../../lib/generators/outcome.ts";
import { boundedFetch } from "../../lib/core/bounded_fetch.ts";
import { endpointEncoder } from "../../lib/encoders/endpoint.ts";
import { madeUp } from "./collection.ts";
import { endless, good, json, script } from "./scripted.ts";

const QUICK = { model: "test", quiet: true, backoff: 1, ledger: ":memory:", maxRetries: 1 } as const;
const JSON_TYPE = { headers: { "content-type": "application/json" } };
const STREAM_TYPE = { headers: { "content-type": "text/event-stream" } };

Deno.test("an endless reply ends its request, not the memory", async () => {
  for (const stream of [false, true]) {
    const outcomes: Outcome[] = [];
    const type = stream ? STREAM_TYPE : JSON_TYPE;
    await using server = script((number, body) => !stream && number === 0 ? good(body) : endless({}, type));
    const before = Deno.memoryUsage().rss;
    const options = { ...QUICK, baseURL: server.baseURL, stream, concurrency: 1, answerBytes: 1 << 20 };
    await generate(madeUp(2), { ...options, onOutcome: (outcome) => outcomes.push(outcome) });
    const last = outcomes.at(-1)!;
    assert.equal(last.kind, "rejected");
    assert.match(last.reason, /an answer of more than 1 MiB$/);
    // Tests that run in parallel share the memory; without a limit the answer would fill gigabytes.
    assert.ok(Deno.memoryUsage().rss - before < 1e9);
  }
});

Deno.test("a slow reply ends at its timeout, in JSON, in a stream and in an error", async () => {
  for (const [init, stream] of [[JSON_TYPE, false], [STREAM_TYPE, true]] as const) {
    const outcomes: Outcome[] = [];
    await using server = script(() => endless({ drip: 20 }, init));
    const start = performance.now();
    const options = { ...QUICK, baseURL: server.baseURL, stream, timeout: 300 };
    await generate(madeUp(1), { ...options, onOutcome: (outcome) => outcomes.push(outcome) });
    assert.ok(performance.now() - start < 3000);
    assert.equal(outcomes[0].kind, "unreachable");
    assert.match(outcomes[0].reason, /no whole answer within 300 ms/);
    assert.equal(server.bodies.length, 2);
  }
});

Deno.test("the body of an error is truncated, and its status counts", async () => {
  for (const body of [{}, { drip: 20 }]) {
    const outcomes: Outcome[] = [];
    await using server = script(() => endless(body, { status: 503 }));
    const options = { ...QUICK, baseURL: server.baseURL, timeout: 300 };
    await generate(madeUp(1), { ...options, onOutcome: (outcome) => outcomes.push(outcome) });
    assert.match(outcomes[0].reason, /: 503 /);
    assert.equal(server.bodies.length, 2);
  }
});

Deno.test("a zip bomb counts by its unpacked size", async () => {
  const text = new Blob(["{" + " ".repeat(5e7)]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(text).arrayBuffer());
  const headers = { "content-type": "application/json", "content-encoding": "gzip" };
  const outcomes: Outcome[] = [];
  await using server = script(() => new Response(bytes, { headers }));
  const options = { ...QUICK, baseURL: server.baseURL, answerBytes: 1e6 };
  await generate(madeUp(1), { ...options, onOutcome: (outcome) => outcomes.push(outcome) });
  assert.match(outcomes[0].reason, /an answer of more than 1000000 bytes/);
});

Deno.test("a list of batches that links to itself ends", async () => {
  const answers = (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/files")) return json({ id: "file-1", object: "file" });
    if (request.method === "POST") return json({ id: "batch-1", object: "batch", status: "in_progress" });
    const status = pathname.endsWith("/batches") ? {} : { id: "batch-1", status: "completed" };
    return json({ object: "list", data: [{ id: "batch-0", metadata: {} }], has_more: true, ...status });
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answers);
  try {
    using ledger = openLedger(":memory:");
    const recipe = modelRecipe("syneg");
    const requests = negativeRequests(madeUp(2), recipe, { model: "test" });
    const baseURL = `http://127.0.0.1:${server.addr.port}/v1`;
    const counts = await runBatches(requests, recipe, ledger, { baseURL, poll: 5, quiet: true });
    assert.equal(counts.stored, 0);
  } finally {
    await server.shutdown();
  }
});

Deno.test("endless vectors, by size and by time, are errors of the kit", async () => {
  for (
    const [body, message] of [[{}, /an answer of more than \d+ MiB/], [
      { drip: 20 },
      /no whole answer within 300 ms/,
    ]] as const
  ) {
    await using server = script(() => endless(body, JSON_TYPE));
    const options = { url: server.baseURL, model: "m", dimension: 4, retries: 0, timeout: 300 };
    if (!("drip" in body)) options.timeout = 60_000;
    const encoder = endpointEncoder(options);
    await assert.rejects(encoder.encode(["a"], { kind: "query" }), { name: "KitError", message });
  }
});

Deno.test("a caller's stop ends a bounded reply at once", async () => {
  await using server = script(() => endless({ drip: 5 }));
  const stop = new AbortController();
  const get = boundedFetch(() => ({ bytes: 1e6, timeout: 60_000 }));
  const response = await get(server.baseURL, { method: "POST", body: "{}", signal: stop.signal });
  setTimeout(() => stop.abort(new Error("enough")), 30);
  await assert.rejects(response.text(), /enough/);
});
