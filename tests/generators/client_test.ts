import assert from "node:assert/strict";
import { NEGATIVES } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import type { Collection } from "../../lib/collections/types.ts";
import { generate, type GenerateOptions } from "../../lib/generators/generate.ts";
import { openLedger } from "../../lib/generators/ledger/mod.ts";
import { generationSummary } from "../../lib/generators/generation_summary.ts";
import { RateLimit } from "../../lib/generators/client/rate_limit.ts";
import { modelRecipe } from "../../lib/generators/recipes/registry.ts";
import type { ModelRecipe } from "../../lib/generators/recipe.ts";
import { retryAfter } from "../../lib/generators/client/retry_after.ts";
import { answerOf } from "../../lib/generators/client/answer.ts";
import { requestBody } from "../../lib/generators/client/chat_completions.ts";
import { madeUp } from "./collection.ts";
import { serve } from "./server.ts";
import { serialize } from "./tables.ts";

const QUICK = { model: "test", quiet: true, backoff: 5, ledger: ":memory:" } as const;

Deno.test("requests and tokens are spaced by their rates, in order, on a simulated clock", async () => {
  const starts = async (options: ConstructorParameters<typeof RateLimit>[0], tokens: number[], counted?: number[]) => {
    let now = 0;
    const clock = { now: () => now, pause: (wait: number) => Promise.resolve(void (now += wait)) };
    const limit = new RateLimit(options, clock);
    const times: number[] = [];
    for (const [i, count] of tokens.entries()) {
      await limit.take(count);
      times.push(now);
      if (counted) limit.settle(count, counted[i]);
    }
    return times;
  };
  assert.deepEqual(await starts({ requestsPerMinute: 60 }, [9, 9, 9]), [0, 1000, 2000]);
  assert.deepEqual(await starts({ tokensPerMinute: 600 }, [10, 20, 5]), [0, 1000, 3000]);
  assert.deepEqual(await starts({ tokensPerMinute: 600, requestsPerMinute: 30 }, [10, 50, 5]), [0, 2000, 7000]);
  // An estimate that was too low is made good before the next request.
  assert.deepEqual(await starts({ tokensPerMinute: 600 }, [10, 10, 10], [30, 10, 10]), [0, 3000, 4000]);
  assert.deepEqual(await starts({}, [1e9, 1e9]), [0, 0]);
});

Deno.test("Retry-After is read as seconds, as a date and in milliseconds", () => {
  const now = Date.UTC(2026, 0, 1);
  const cases: [Record<string, string>, number | undefined][] = [
    [{ "retry-after": "2" }, 2000],
    [{ "retry-after": "0.25" }, 250],
    [{ "retry-after": new Date(now + 5000).toUTCString() }, 5000],
    [{ "retry-after": new Date(now - 5000).toUTCString() }, 0],
    [{ "retry-after": "7", "retry-after-ms": "30" }, 30],
    [{ "retry-after": "soon" }, undefined],
    [{}, undefined],
  ];
  for (const [headers, expected] of cases) assert.equal(retryAfter(new Headers(headers), undefined, { now }), expected);
});

Deno.test("replies are unwrapped: parts, refusals, no usage, errors within a 200, no JSON", () => {
  const wrap = (message: unknown, rest = {}) =>
    JSON.stringify({ choices: [{ message, finish_reason: "stop" }], ...rest });
  const none = { promptTokens: null, completionTokens: null };
  assert.deepEqual(answerOf(wrap({ content: "x" })), { text: "x", finishReason: "stop", usage: none });
  assert.equal(answerOf(wrap({ content: [{ type: "text", text: "a" }, { type: "text", text: "b" }] })).text, "ab");
  assert.deepEqual(answerOf(wrap({ content: null, refusal: "no" })), {
    text: "no",
    finishReason: "refusal",
    usage: none,
  });
  const usage = { prompt_tokens: 3, completion_tokens: 4 };
  assert.deepEqual(answerOf(wrap({ content: "x" }, { usage })).usage, { promptTokens: 3, completionTokens: 4 });
  assert.throws(() => answerOf('{"error": {"message": "overloaded"}}'), /overloaded/);
  assert.deepEqual(answerOf(' {"choices": [{"mess'), {
    text: ' {"choices": [{"mess',
    finishReason: "broken",
    usage: none,
  });
  assert.throws(() => answerOf(" \n"), { fate: "again", message: /an empty answer/ });
  for (const foreign of ["<html>\n<p>hello", "null", "[]"]) {
    assert.throws(() => answerOf(foreign), {
      fate: "foreign",
      message: /^no answer in the OpenAI protocol, but .*\/v1/,
    });
  }
  assert.throws(() => answerOf("<html>\n<p>hello"), /but <html> <p>hello; is \/v1 missing\?/);
});

Deno.test("an HTML page instead of a reply ends the run and stays out of the ledger", async () => {
  const page = () => new Response("<html>hello</html>", { headers: { "content-type": "text/html" } });
  const wrong = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, page);
  try {
    await using server = serve();
    for (const stream of [false, true]) {
      using ledger = openLedger(":memory:");
      const options = { ...QUICK, ledger, stream };
      const baseURL = `http://127.0.0.1:${wrong.addr.port}`;
      await assert.rejects(
        generate(madeUp(3), { ...options, baseURL }),
        new RegExp(`127.0.0.1:${wrong.addr.port}: no answer in the OpenAI protocol, but .*html.*; is /v1 missing`),
      );
      assert.equal([...ledger.rows()].length, 0);
      const table = await generate(madeUp(3), { ...options, baseURL: server.baseURL });
      assert.deepEqual(generationSummary(table)!.outcomes, { complete: 3 });
    }
  } finally {
    await wrong.shutdown();
  }
});

Deno.test("the token limit has the name that the server accepts", () => {
  const call = { model: "m", messages: [], sampling: { max_tokens: 9, temperature: 0 } };
  assert.deepEqual(requestBody(call, { format: "text", openai: true }), {
    model: "m",
    messages: [],
    temperature: 0,
    max_completion_tokens: 9,
  });
  assert.deepEqual(requestBody(call, { format: "text", openai: false }), {
    model: "m",
    messages: [],
    temperature: 0,
    max_tokens: 9,
  });
});

Deno.test("the table has the same bytes at any concurrency, streamed or not, in any order of replies", async () => {
  await using server = serve({ latency: 2 });
  const run = async (change: GenerateOptions) =>
    await serialize(await generate(madeUp(60), { ...QUICK, baseURL: server.baseURL, ...change }));
  const one = await run({ concurrency: 1 });
  assert.deepEqual(await run({ concurrency: 32 }), one);
  assert.deepEqual(await run({ concurrency: 7, stream: true }), one);
  assert.notDeepEqual(await run({ concurrency: 7, seed: 1 }), one);
});

Deno.test("equal requests under two ids are sent once", async () => {
  const { queries, corpus, ...rest } = madeUp(4);
  const column = (name: "text" | "title") => corpus.column(name).at(0);
  const rows = [...corpus.rows()].map((row) => ({ ...row, text: column("text"), title: column("title") }));
  const asked = [...queries.rows()].map((row) => ({ ...row, text: "Why?", metadata: null }));
  const collection: Collection = {
    ...rest,
    corpus: tableOf(corpus.schema, rows),
    queries: tableOf(queries.schema, asked),
  };
  const pools = { expert: ["E"], difficulty: ["D"], length: ["L"] };
  await using server = serve();
  // One value in each pool makes every draw the same.
  const single = { ...modelRecipe("syneg"), pools };
  const table = await generate(collection, { ...QUICK, recipe: single, baseURL: server.baseURL, pools });
  assert.equal(server.came, 1);
  assert.deepEqual([...table.column("query_id")], ["q0", "q0", "q1", "q1", "q2", "q2", "q3", "q3"]);
});

Deno.test("a failing reader loses no reply and ends no run: a fixed recipe reads the same replies again", async () => {
  await using server = serve();
  using ledger = openLedger(":memory:");
  const options = { ...QUICK, baseURL: server.baseURL, ledger, maxReplies: 1 };
  const faulty: ModelRecipe = {
    ...modelRecipe("syneg"),
    item: () => {
      throw new TypeError("oops");
    },
  };
  const broken = await generate(madeUp(5), { ...options, recipe: faulty });
  assert.deepEqual(generationSummary(broken)!.outcomes, { malformed: 5 });
  assert.equal([...ledger.rows()].length, 5);
  const mended = await generate(madeUp(5), options);
  assert.deepEqual(generationSummary(mended)!.outcomes, { complete: 5 });
  assert.equal(server.came, 5);
});

Deno.test("a counterfactual gets the best-ranked mined passage to rewrite", async () => {
  const collection = madeUp(2);
  const mined = tableOf(NEGATIVES, [
    { query_id: "q0", doc_id: "d1", source: "bm25", rank: 2, verdict: "kept" },
    { query_id: "q0", title: "Best", text: "the best one", source: "synthetic", rank: 1, verdict: "kept" },
    { query_id: "q1", doc_id: "d0", source: "bm25", rank: 1, verdict: "dropped" },
  ]);
  const text = "Item 7 of the catalogue was sold by the guild to a museum, where it stands in the hall.";
  const content = () => JSON.stringify({ requirements: ["a"], documents: [{ violated: "a", title: "T", text }] });
  await using server = serve({ content });
  const options = { ...QUICK, recipe: "counterfactual", mined, baseURL: server.baseURL, concurrency: 1 };
  const table = await generate(collection, options);
  const prompts = server.bodies.map((body) => (body.messages as { content: string }[])[1].content);
  assert.match(prompts[0], /"candidate": "Best\. the best one"\}/);
  assert.doesNotMatch(prompts[1], /"candidate":/);
  assert.equal(JSON.parse(table.row(0).attributes!).violated, "a");
  assert.match(JSON.parse(table.row(0).attributes!).violation, /^\w/);
});
