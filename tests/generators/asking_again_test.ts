import assert from "node:assert/strict";
import { join } from "node:path";
import { generate, type GenerateOptions } from "../../lib/generators/generate.ts";
import { openLedger } from "../../lib/generators/ledger/mod.ts";
import { generationSummary } from "../../lib/generators/generation_summary.ts";
import { planRequests } from "../../lib/generators/plan.ts";
import { negativeRequests } from "../../lib/generators/generate.ts";
import { modelRecipe } from "../../lib/generators/recipes/registry.ts";
import type { RunReport } from "../../lib/generators/run_report.ts";
import { madeUp } from "./collection.ts";
import { runGenerate } from "./run_command.ts";
import { good, json, says, script, type Sent } from "./scripted.ts";
import { goodContent } from "./server.ts";
import { serialize } from "./tables.ts";

const QUICK = { model: "test", quiet: true, backoff: 1 } as const;

/** What a broken server says, by the outcome it comes to. */
const BROKEN: Record<string, (body: Sent) => Response> = {
  empty: () => says(""),
  malformed: () => says('{"nothing": []}'),
  refused: () => says("I'm sorry, but I can't help with that."),
  filtered: () => says("", { finish_reason: "content_filter" }),
  truncated: ({ messages }) => says(goodContent(messages).slice(0, 60), { finish_reason: "length" }),
  unusable: () => says('{"hard_negatives": [{"title": "", "text": "Here are two passages:"}]}'),
  partial: ({ messages }) => {
    const reply = JSON.parse(goodContent(messages));
    return says(JSON.stringify({ ...reply, hard_negatives: reply.hard_negatives.slice(0, 1) }));
  },
};

for (const [kind, broken] of Object.entries(BROKEN)) {
  Deno.test(`${kind} replies stay until they are requested again; both stay in the ledger`, async () => {
    let mended = false;
    await using server = script((_, body) => mended ? good(body) : broken(body));
    using ledger = openLedger(":memory:");
    let report: RunReport | undefined;
    const ask = async (change: GenerateOptions = {}) => {
      const options = { ...QUICK, baseURL: server.baseURL, ledger, onReport: (done: RunReport) => report = done };
      const table = await generate(madeUp(3), { ...options, ...change });
      return generationSummary(table)!.outcomes;
    };
    const tries = kind === "partial" ? 1 : 3;
    assert.deepEqual(await ask(), { [kind]: 3 });
    assert.equal(server.bodies.length, 3 * tries);
    // Still broken: each time it is wished, as many tries again.
    assert.deepEqual(await ask({ retry: [kind as "empty"] }), { [kind]: 3 });
    assert.equal(server.bodies.length, 6 * tries);
    mended = true;
    assert.deepEqual(await ask(), { [kind]: 3 });
    assert.deepEqual([server.bodies.length, report!.recorded, report!.asked], [6 * tries, 3, 0]);
    const requests = negativeRequests(madeUp(3), modelRecipe("syneg"), QUICK);
    const shown = planRequests(requests, modelRecipe("syneg"), { ledger, retry: [kind as "empty"] });
    assert.equal(shown.recorded, 0);
    assert.deepEqual(await ask({ retry: ["unsent", kind as "empty"] }), { complete: 3 });
    assert.deepEqual([report!.recorded, report!.asked, report!.askedAgain], [0, 3, 3]);
    assert.equal(server.bodies.length, 6 * tries + 3);
    assert.equal([...ledger.rows()].length, 6 * tries + 3);
    // What is mended is not asked again, with the wish or without it.
    assert.deepEqual(await ask({ retry: [kind as "empty"] }), { complete: 3 });
    assert.deepEqual(await ask(), { complete: 3 });
    assert.equal(server.bodies.length, 6 * tries + 3);
  });
}

Deno.test("a complete reply that is requested again yields to the new one and stays in the ledger", async () => {
  let turn = 0;
  const text = (n: number) => `In town ${n} the guild kept its books in a chest of oak, which two masters had to open.`;
  await using server = script(() =>
    says(
      JSON.stringify({ hard_negatives: [{ title: "", text: text(++turn) }, { title: "", text: `Later ${text(9)}` }] }),
    )
  );
  using ledger = openLedger(":memory:");
  const options = { ...QUICK, baseURL: server.baseURL, ledger };
  assert.equal((await generate(madeUp(1), options)).row(0).text, text(1));
  const again = await generate(madeUp(1), { ...options, retry: ["complete"] });
  assert.equal(again.row(0).text, text(2));
  assert.deepEqual(await serialize(await generate(madeUp(1), options)), await serialize(again));
  assert.deepEqual([...ledger.rows()].map(({ attempt, asking }) => [attempt, asking]), [[1, 1], [2, 2]]);
});

Deno.test("a worse reply does not replace a better one", async () => {
  let reply = BROKEN.partial;
  await using server = script((_, body) => reply(body));
  using ledger = openLedger(":memory:");
  const options = { ...QUICK, baseURL: server.baseURL, ledger };
  const first = await generate(madeUp(2), options);
  reply = BROKEN.empty;
  assert.deepEqual(
    await serialize(await generate(madeUp(2), { ...options, retry: ["partial"] })),
    await serialize(first),
  );
});

Deno.test("task generate --retry requests again, reports it, and refuses unknown outcomes", async () => {
  const folder = await Deno.makeTempDir();
  try {
    let mended = false;
    await using server = script((number, body) =>
      mended || number % 2 ? good(body, { prompt_tokens: 9, completion_tokens: 5 }) : says("")
    );
    const files = ["--ledger", join(folder, "l.sqlite"), "--out", join(folder, "o.arrow"), "--overwrite"];
    const common = [
      "facets",
      "--limit",
      "2",
      "--model",
      "m",
      "--base-url",
      server.baseURL,
      "--concurrency",
      "1",
      ...files,
    ];
    mended = false;
    await using always = script(() => says(""));
    const broken = common.map((word) => word === server.baseURL ? always.baseURL : word);
    assert.match((await runGenerate(...broken)).out, /2 requests: 2 empty/);
    mended = true;
    assert.match((await runGenerate(...common)).out, /2 answered from the ledger, 0 sent\n[\s\S]*2 requests: 2 empty/);
    const { code, out } = await runGenerate(
      ...common,
      "--price",
      "1,2",
      "--retry",
      "empty,malformed,refusal,truncated",
    );
    assert.equal(code, 0, out);
    assert.match(
      out,
      /0 answered from the ledger, 2 sent \(2 again\)\n28 tokens \(18 prompt, 10 completion\), cost 0\.0000, \d/,
    );
    assert.match(out, /2 requests: 2 complete/);
    assert.equal(server.bodies.length, 2);
    assert.match(
      (await runGenerate(...common, "--retry", "mallformed")).out,
      /Unknown outcome "mallformed": did you mean "malformed"/,
    );
    assert.match((await runGenerate(...common, "--retry", "")).out, /Unknown outcome "": /);
    assert.match(
      (await runGenerate(...common, "--price", "1,")).out,
      /--price must be two numbers >= 0, /,
    );
    // The real failure is what is told.
    await using down = script(() => json({ error: { message: "the GPU is on fire" } }, { status: 503 }));
    const lost = [...common.map((word) => word === server.baseURL ? down.baseURL : word), "--seed", "5"];
    assert.match(
      (await runGenerate(...lost, "--budget-requests", "1")).out,
      /none of 2 requests was answered; the last: .*503 the GPU is on fire/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
