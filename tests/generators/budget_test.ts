import assert from "node:assert/strict";
import { Spending } from "../../lib/generators/budget.ts";
import { generate, type GenerateOptions } from "../../lib/generators/generate.ts";
import { generationSummary } from "../../lib/generators/generation_summary.ts";
import { reportLines, type RunReport } from "../../lib/generators/run_report.ts";
import { madeUp } from "./collection.ts";
import { good, json, says, script } from "./scripted.ts";

const QUICK = { model: "test", quiet: true, backoff: 1, ledger: ":memory:" } as const;

async function run(
  baseURL: string,
  change: GenerateOptions,
  size = 200,
): Promise<{ report: RunReport; complete: number }> {
  let report: RunReport | undefined;
  const options = { ...QUICK, baseURL, concurrency: 4, onReport: (done: RunReport) => report = done };
  const table = await generate(madeUp(size), { ...options, ...change });
  return { report: report!, complete: generationSummary(table)!.outcomes.complete ?? 0 };
}

const USAGES: [string, unknown][] = [
  ["missing", undefined],
  ["null", null],
  ["empty", {}],
  ["zero", { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }],
  ["negative", { prompt_tokens: -1, completion_tokens: -7 }],
  ["text", { prompt_tokens: "many", completion_tokens: "few" }],
  ["fractions", { prompt_tokens: 1.5, completion_tokens: 0.5 }],
  ["a list", []],
  ["nulls", { prompt_tokens: null, completion_tokens: null }],
];

for (const [name, usage] of USAGES) {
  Deno.test(`a budget holds if usage is ${name}: the kit's estimate counts, and the report says so`, async () => {
    await using server = script((_, body) => good(body, usage));
    const price = { prompt: 1, completion: 2 };
    for (const budget of [{ tokens: 5000 }, { cost: 0.006 }]) {
      const before: number = server.bodies.length;
      const { report, complete } = await run(server.baseURL, { budget, price });
      const sent = server.bodies.length - before;
      assert.equal(report.sent, sent);
      assert.ok(complete > 2 && complete < 40, `${complete} of 200`);
      assert.equal(report.uncounted, complete);
      assert.equal(report.estimatedTokens, report.promptTokens + report.completionTokens);
      // Within a factor of what four letters a token gives, counted here by hand from what was sent and answered.
      const letters = server.bodies.slice(before).reduce(
        (sum, { messages }) => sum + messages.reduce((all, { content }) => all + content.length, 0),
        0,
      );
      assert.ok(Math.abs(report.promptTokens - letters / 4) < 0.02 * letters, `${report.promptTokens}, ${letters}`);
      const cost = (report.promptTokens + 2 * report.completionTokens) / 1e6;
      assert.ok(Math.abs(report.cost! - cost) < 1e-9);
      assert.match(
        reportLines(report).join("\n"),
        /estimated for \d+ answers? without full usage\), cost about/,
      );
    }
  });
}

Deno.test("the server's counts are used, and nothing is called estimated", async () => {
  await using server = script((_, body) => good(body, { prompt_tokens: 300, completion_tokens: 200 }));
  const { report, complete } = await run(server.baseURL, { budget: { tokens: 5000 }, concurrency: 1 });
  assert.deepEqual([complete, report.promptTokens, report.completionTokens, report.estimatedTokens], [
    10,
    3000,
    2000,
    0,
  ]);
  assert.match(
    reportLines(report).join("\n"),
    /^0 answered from the ledger, 10 sent\n5,000 tokens \(3,000 prompt, 2,000 completion\), cost unknown without a price, /,
  );
});

Deno.test("counts under the names of another API are used, and a given count is not estimated", async () => {
  await using other = script((_, body) => good(body, { input_tokens: 300, output_tokens: 200 }));
  assert.equal((await run(other.baseURL, {}, 2)).report.estimatedTokens, 0);
  await using half = script((_, body) => good(body, { prompt_tokens: 300 }));
  const { report } = await run(half.baseURL, {}, 2);
  assert.deepEqual([report.promptTokens, report.estimatedTokens], [600, report.completionTokens]);
});

Deno.test("replies requested again count each time, even useless and failed ones with a price", async () => {
  await using empty = script(() => says("", { usage: { prompt_tokens: 100, completion_tokens: 0 } }));
  const { report } = await run(empty.baseURL, { budget: { tokens: 1000 }, concurrency: 1 });
  assert.deepEqual([report.sent, report.promptTokens, report.completionTokens, report.estimatedTokens], [
    10,
    1000,
    0,
    0,
  ]);
  const failed = { message: "", error: { code: 502, message: "idle" }, finish_reason: "error" };
  await using broken = script(() => json({ choices: [failed], usage: { prompt_tokens: 100, completion_tokens: 50 } }));
  const lost = await run(broken.baseURL, { budget: { tokens: 600 }, concurrency: 1 }, 5);
  assert.deepEqual([lost.report.sent, lost.report.promptTokens, lost.report.completionTokens], [4, 400, 200]);
  assert.match(lost.report.lastFailure!, /502 in a response of status 200 idle/);
});

Deno.test("usage in the last chunk of a stream is counted; a stream without any is estimated", async () => {
  for (const usage of [{ prompt_tokens: 70, completion_tokens: 30 }, undefined]) {
    await using server = script(async (_, body) => {
      const content = (await good(body).json()).choices[0].message.content;
      const events = [
        { choices: [{ delta: { content }, finish_reason: null }] },
        { choices: [{ delta: {}, finish_reason: "stop" }] },
        ...(usage ? [{ choices: [], usage }] : []),
      ];
      const text = [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), "data: [DONE]\n\n"].join("");
      return new Response(text, { headers: { "content-type": "text/event-stream" } });
    });
    const { report, complete } = await run(server.baseURL, { stream: true, budget: { tokens: 1000 }, concurrency: 1 });
    if (usage) assert.deepEqual([complete, report.estimatedTokens], [10, 0]);
    else assert.ok(complete > 0 && complete < 10 && report.uncounted === complete, `${complete}`);
  }
});

Deno.test("Chinese is not estimated like English: three bytes per character", () => {
  const spending = new Spending();
  const none = { promptTokens: null, completionTokens: null };
  spending.count(none, { prompt: 10, completion: 99 }, "面包".repeat(100));
  assert.deepEqual([spending.prompt, spending.completion, spending.uncounted], [10, 150, 1]);
});

const BAD: [Record<string, unknown>, RegExp][] = [
  [{ budget: { token: 5 } }, /budget has no option "token": did you mean "tokens"/],
  [{ budget: { tokens: "5" } }, /tokens must be a number, found "5"/],
  [{ budget: { requests: NaN } }, /budget\.requests must be a number >= 0, found NaN/],
  [{ budget: { tokens: -1 } }, /budget\.tokens must be a number >= 0, found -1/],
  [{ budget: { cost: 1 } }, /budget\.cost needs a price > 0, found none/],
  [{ budget: { cost: 1 }, price: { prompt: 0, completion: 0 } }, /budget\.cost needs a price > 0, found a price of 0/],
  [{ price: { prompt: NaN, completion: 1 } }, /price\.prompt must be a number >= 0 per million tokens, found NaN/],
  [{ price: { prompt: 1 } }, /price\.completion must be .*found undefined/],
  [{ price: { prompt: 1, completion: -2 } }, /price\.completion must be .*found -2/],
  [{ concurrency: 0 }, /concurrency must be an integer >= 1, found 0/],
  [{ maxReplies: 1.5 }, /maxReplies must be an integer >= 1, found 1\.5/],
  [{ maxRetries: NaN }, /maxRetries must be an integer >= 0, found NaN/],
  [{ timeout: 0 }, /timeout must be a number > 0, found 0/],
  [{ tokensPerMinute: -1 }, /tokensPerMinute must be a number > 0, found -1/],
];
Deno.test("bad limits and prices are refused before anything is sent", async () => {
  await using server = script((_, body) => good(body));
  for (const [options, message] of BAD) {
    await assert.rejects(generate(madeUp(1), { ...QUICK, baseURL: server.baseURL, ...options }), message);
  }
  assert.equal(server.bodies.length, 0);
});
