import assert from "node:assert/strict";
import { retryAfter } from "../../../lib/generators/client/retry_after.ts";
import { serverError } from "../../../lib/generators/client/server_error.ts";
import { generate } from "../../../lib/generators/generate.ts";
import { openLedger } from "../../../lib/generators/ledger/mod.ts";
import { generationSummary } from "../../../lib/generators/generation_summary.ts";
import type { Outcome } from "../../../lib/generators/outcome.ts";
import type { RunReport } from "../../../lib/generators/run_report.ts";
import { madeUp } from "../collection.ts";
import { good, json, script } from "../scripted.ts";

const QUICK = { model: "test", quiet: true, backoff: 1, ledger: ":memory:" } as const;
const NOW = Date.UTC(2026, 0, 1);

const WAITS: [string, Record<string, string>, unknown, number | undefined][] = [
  ["milliseconds", { "retry-after-ms": "30", "retry-after": "7" }, undefined, 30],
  ["seconds", { "retry-after": "0.25" }, undefined, 250],
  ["a span in the header", { "retry-after": "1m30s" }, undefined, 90_000],
  ["an HTTP date", { "retry-after": new Date(NOW + 5000).toUTCString() }, undefined, 5000],
  ["a date that is over", { "retry-after": new Date(NOW - 5000).toUTCString() }, undefined, 0],
  ["no number", { "retry-after": "soon" }, undefined, undefined],
  ["less than none", { "retry-after": "-5" }, undefined, undefined],
  [
    "Gemini's retryDelay",
    {},
    [{ error: { code: 429, details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "45.5s" }] } }],
    45_500,
  ],
  ["a Duration of protobuf", {}, { error: { details: [{ retryDelay: { seconds: 3, nanos: 500_000_000 } }] } }, 3500],
  ["OpenAI's words", {}, { error: { message: "Rate limit reached. Please try again in 1.2s. Visit …" } }, 1200],
  ["minutes and seconds", {}, { error: { message: "Please try again in 6m0s." } }, 360_000],
  ["milliseconds in words", {}, { error: { message: "Please try again in 37ms." } }, 37],
  ["Azure's words", {}, { error: { message: "Please retry after 6 seconds." } }, 6000],
  ["APIM's words", {}, { statusCode: 429, message: "Rate limit is exceeded. Try again in 30 seconds." }, 30_000],
  ["words without a unit", {}, { error: "Too many requests, retry after 12." }, 12_000],
  ["Gemini's words", {}, { error: { message: "You exceeded your current quota. Please retry in 45.2s." } }, 45_200],
  ["a few seconds", {}, { error: { message: "Try again in a few seconds, 3 models are busy" } }, undefined],
  ["a field in seconds", {}, { error: { retry_after: 20 } }, 20_000],
  ["a field in milliseconds", {}, { retry_after_ms: 80 }, 80],
  ["a model that is loaded", {}, { error: "Model x is currently loading", estimated_time: 20.5 }, 20_500],
  ["OpenRouter's headers", {}, { error: { metadata: { headers: { "X-RateLimit-Reset": String(NOW + 4000) } } } }, 4000],
  ["a limit used up", { "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "7.66s" }, undefined, 7660],
  [
    "a limit with some left",
    { "x-ratelimit-remaining-tokens": "9", "x-ratelimit-reset-tokens": "8m" },
    undefined,
    undefined,
  ],
  ["seconds since 1970", { "x-ratelimit-reset": String(NOW / 1000 + 9) }, undefined, 9000],
  ["Anthropic's reset", { "anthropic-ratelimit-requests-reset": new Date(NOW + 2000).toISOString() }, undefined, 2000],
  ["RFC draft", { "ratelimit": "limit=100, remaining=0, reset=30" }, undefined, 30_000],
  ["nothing", {}, { error: { message: "slow down" } }, undefined],
];

for (const [name, headers, body, wait] of WAITS) {
  Deno.test(`the wait that a server requests: ${name}`, () => {
    assert.equal(retryAfter(new Headers(headers), body, { now: NOW }), wait);
  });
}

const MEANINGS: [string, number, unknown, string, RegExp][] = [
  ["OpenAI 429", 429, { error: { message: "slow down", code: "rate_limit" } }, "again", /^429 slow down$/],
  ["OpenAI out of quota", 429, { error: { message: "no", code: "insufficient_quota" } }, "fatal", /^429 no$/],
  [
    "Gemini out of quota for a minute",
    429,
    [{ error: { message: "You exceeded your current quota", details: [{ retryDelay: "3s" }] } }],
    "again",
    /current quota/,
  ],
  ["OpenAI out of quota in words", 429, { error: { message: "You exceeded your current quota" } }, "fatal", /quota/],
  ["DeepSeek out of funds", 402, { error: { message: "Insufficient Balance" } }, "fatal", /^402 Insufficient Balance/],
  ["Anthropic out of funds", 400, { error: { message: "Your credit balance is too low" } }, "fatal", /too low/],
  ["a page for 402", 402, "<html><body>Payment Required</body></html>", "fatal", /^402 a page: Payment Required/],
  [
    "Groq's invalid JSON",
    400,
    { error: { message: "Failed to validate JSON", code: "json_validate_failed" } },
    "again",
    /validate/,
  ],
  [
    "Groq's tool use",
    400,
    { error: { message: "x", code: "tool_use_failed", failed_generation: "{" } },
    "again",
    /^400 x/,
  ],
  ["too long a prompt", 400, { error: { message: "maximum context length is 4096" } }, "rejected", /4096/],
  [
    "vLLM",
    400,
    { object: "error", message: "bad request", type: "BadRequestError", code: 400 },
    "rejected",
    /^400 bad/,
  ],
  ["FastAPI", 422, { detail: [{ loc: ["body"], msg: "field required" }] }, "rejected", /^422 field required/],
  ["Ollama", 500, { error: "model runner has stopped" }, "again", /^500 model runner/],
  ["Ollama without the model", 404, { error: "model 'x' not found" }, "fatal", /not found/],
  [
    "Anthropic overloaded",
    529,
    { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    "again",
    /Overl/,
  ],
  [
    "a gateway's cause",
    502,
    { error: { message: "Provider returned error", metadata: { raw: "GPU on fire" } } },
    "again",
    /error: GPU on fire/,
  ],
  [
    "a request too large for the limit",
    429,
    { error: { message: "Request too large for gpt-4o" } },
    "rejected",
    /too large/,
  ],
  ["moderation", 403, { error: { message: "input was flagged" } }, "rejected", /flagged/],
  ["a wrong key", 401, { error: { message: "Incorrect API key" } }, "fatal", /^401/],
  ["a proxy's page", 403, "<!doctype html><title>Just a moment</title>", "foreign", /^403 a page: Just a moment$/],
  ["no path", 404, "404 page not found", "foreign", /^404/],
  ["an empty body", 503, "", "again", /^503 \(no message\)$/],
  [
    "an error in a 200",
    200,
    { error: { message: "Provider returned error", code: 429 } },
    "again",
    /^429 in a response of status 200/,
  ],
  ["no funds in a 200", 200, { error: { message: "Insufficient credits", code: 402 } }, "fatal", /^402 in a response/],
  ["a wrong key in a 200", 200, { error: { message: "no auth", code: "401" } }, "fatal", /no auth/],
  ["an error of no kind in a 200", 200, { error: "oops" }, "again", /oops/],
];

for (const [name, status, body, fate, message] of MEANINGS) {
  Deno.test(`classifies an error: ${name}`, () => {
    const error = serverError(status, typeof body === "string" ? body : JSON.stringify(body));
    assert.equal(error.fate, fate);
    assert.match(error.message, message);
  });
}

Deno.test("invalid JSON is requested again, and a Retry-After in the body is respected", async () => {
  const bad = json({
    error: { message: "Failed to validate JSON.", code: "json_validate_failed", failed_generation: "{" },
  }, { status: 400 });
  const slow = json([{ error: { code: 429, details: [{ retryDelay: "0.3s" }] } }], { status: 429 });
  const times: number[] = [];
  await using server = script((number, body) => {
    times.push(performance.now());
    return [bad, slow][number] ?? good(body);
  });
  const table = await generate(madeUp(1), { ...QUICK, baseURL: server.baseURL });
  assert.deepEqual(generationSummary(table)!.outcomes, { complete: 1 });
  assert.equal(times.length, 3);
  assert.ok(times[2] - times[1] >= 295, `${times[2] - times[1]} ms`);
});

Deno.test("a wait beyond the limit ends the request and is reported", async () => {
  await using server = script(() => json({ error: { message: "Try again in 2h5m" } }, { status: 429 }));
  const outcomes: Outcome[] = [];
  await generate(madeUp(1), { ...QUICK, baseURL: server.baseURL, onOutcome: (outcome) => outcomes.push(outcome) });
  assert.equal(server.bodies.length, 1);
  assert.equal(outcomes[0].kind, "unreachable");
  assert.match(outcomes[0].reason, /the server asks to wait 2 h 5 min, longer than 2 min/);
});

for (
  const [name, status, message] of [
    ["Gemini's $schema", 400, 'Invalid JSON payload received. Unknown name "$schema"'],
    ["in words of no one's", 400, "Unsupported parameter"],
    ["a router's 404", 404, "No endpoints found that support the requested parameters: response_format"],
    ["llama.cpp's grammar", 500, "failed to parse grammar"],
  ] as const
) {
  Deno.test(`a rejected format is replaced, ${name}; every request counts against the budget`, async () => {
    const refuse = (): Response => json([{ error: { code: status, message } }], { status });
    await using server = script((_, body) => body.response_format ? refuse() : good(body));
    const options = { ...QUICK, baseURL: server.baseURL, concurrency: 1 };
    let report: RunReport | undefined;
    const table = await generate(madeUp(3), { ...options, onReport: (done) => report = done });
    assert.deepEqual(generationSummary(table)!.outcomes, { complete: 3 });
    assert.equal(server.bodies.length, 5);
    assert.deepEqual([report!.sent, report!.replies, report!.failures], [5, 3, 2]);
    for (const most of [1, 2]) {
      const before: number = server.bodies.length;
      const outcomes: Outcome[] = [];
      const limited = {
        ...options,
        budget: { requests: most },
        onOutcome: (outcome: Outcome) => outcomes.push(outcome),
      };
      await generate(madeUp(1), limited);
      assert.equal(server.bodies.length - before, most);
      assert.match(
        outcomes[0].reason,
        new RegExp(`budget of ${most} requests is spent; the last failure: .*${status}`),
      );
    }
  });
}

Deno.test("a schema is sent without its draft's name", async () => {
  await using server = script((_, body) => good(body));
  await generate(madeUp(1), { ...QUICK, baseURL: server.baseURL });
  const { schema } = server.bodies[0].response_format!.json_schema!;
  assert.equal("$schema" in schema, false);
  assert.equal(schema.type, "object");
});

Deno.test("one request that fails in every format does not change the format of others", async () => {
  const long = () => json({ error: { message: "maximum context length is 4096 tokens" } }, { status: 400 });
  await using server = script((number, body) => number < 3 ? long() : good(body));
  const table = await generate(madeUp(3), { ...QUICK, baseURL: server.baseURL, concurrency: 1 });
  assert.deepEqual(generationSummary(table)!.outcomes, { complete: 2, rejected: 1 });
  assert.deepEqual(server.bodies.map((body) => body.response_format?.type), [
    "json_schema",
    "json_object",
    undefined,
    "json_schema",
    "json_schema",
  ]);
});

Deno.test("no funds in the middle of a run: sending stops, the cause is reported, replies are kept", async () => {
  const broke = () => json({ error: { message: "Insufficient Balance" } }, { status: 402 });
  await using server = script((number, body) => number < 10 ? good(body) : broke());
  using ledger = openLedger(":memory:");
  const run = generate(madeUp(500), { ...QUICK, ledger, baseURL: server.baseURL, concurrency: 4 });
  await assert.rejects(run, /402 Insufficient Balance; 10 replies of this run are in the ledger/);
  assert.ok(server.bodies.length <= 14, `${server.bodies.length}`);
  assert.equal([...ledger.rows()].length, 10);
});

Deno.test("an HTML page after good replies is transient, before them a wrong address; repeated pages end the run", async () => {
  const page = () => new Response("<html><h1>Bad moment</h1></html>", { headers: { "content-type": "text/html" } });
  for (const stream of [false, true]) {
    await using once = script((number, body) => number >= 5 && number < 8 ? page() : good(body));
    const options = { ...QUICK, baseURL: once.baseURL, concurrency: 1, stream: false };
    const table = await generate(madeUp(20), options);
    assert.deepEqual(generationSummary(table)!.outcomes, { complete: 20 });
    await using never = script(page);
    await assert.rejects(generate(madeUp(20), { ...options, stream, baseURL: never.baseURL }), /is \/v1 missing/);
    assert.equal(never.bodies.length, 1);
  }
  await using gone = script((number, body) => number >= 5 ? page() : good(body));
  const lost = generate(madeUp(60), { ...QUICK, baseURL: gone.baseURL, concurrency: 1, maxRetries: 1 });
  await assert.rejects(
    lost,
    /none of the last 16 requests was answered; the last error: .*OpenAI protocol.*5 replies of this run/,
  );
});
