import assert from "node:assert/strict";
import { join } from "node:path";
import { KitError } from "../../../lib/core/errors.ts";
import { type Random, random } from "../../../lib/core/random.ts";
import { takeBatch } from "../../../lib/generators/batches/mod.ts";
import { generate, negativeRequests } from "../../../lib/generators/generate.ts";
import { openLedger } from "../../../lib/generators/ledger/mod.ts";
import { exportLedger, importLedger } from "../../../lib/generators/ledger/ledger_jsonl.ts";
import { modelRecipe } from "../../../lib/generators/recipes/registry.ts";
import { madeUp } from "../collection.ts";
import { good, script } from "../scripted.ts";

const syneg = modelRecipe("syneg");
const SIZE = 8;
const ODD: unknown[] = [
  null,
  0,
  -1,
  1.5,
  1e308,
  "",
  "\0",
  "\ud800",
  [],
  {},
  true,
  "x".repeat(5000),
  [[[]]],
  2 ** 53,
  "__proto__",
];

/** A line with something wrong: a letter, a value anywhere in it, its end, its beginning. */
function damaged(line: string, draw: Random): string {
  switch (draw.integer(5)) {
    case 0: {
      const at = draw.integer(line.length);
      return line.slice(0, at) + String.fromCharCode(draw.integer(0x250)) + line.slice(at + 1);
    }
    case 1:
      return line.slice(0, draw.integer(line.length));
    case 2:
      return line.slice(draw.integer(line.length));
    default: {
      const value = JSON.parse(line);
      let owner = value as Record<string, unknown>;
      for (let depth = draw.integer(6); depth > 0; depth--) {
        const inner = Object.values(owner).filter((one) => one !== null && typeof one === "object");
        if (inner.length === 0) break;
        owner = inner[draw.integer(inner.length)] as Record<string, unknown>;
      }
      const names = Object.keys(owner);
      const name = names.length === 0 ? "new" : names[draw.integer(names.length)];
      if (draw.integer(4) === 0) delete owner[name];
      else owner[name] = ODD[draw.integer(ODD.length)];
      return JSON.stringify(value);
    }
  }
}

Deno.test("any file is imported into a ledger whole or not at all, and an error has its line", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using server = script((_, body) => good(body));
    const path = join(folder, "good.jsonl");
    {
      using ledger = openLedger(":memory:");
      await generate(madeUp(SIZE), { model: "test", quiet: true, ledger, baseURL: server.baseURL });
      await exportLedger(ledger, path);
    }
    const lines = (await Deno.readTextFile(path)).trim().split("\n");
    const file = join(folder, "damaged.jsonl");
    let taken = 0;
    for (let turn = 0; turn < 400; turn++) {
      const draw = random(turn);
      const at = draw.integer(SIZE);
      await Deno.writeTextFile(file, lines.map((line, i) => i === at ? damaged(line, draw) : line).join("\n"));
      using ledger = openLedger(":memory:");
      const counts = await importLedger(ledger, file).catch((error) => error);
      const rows = [...ledger.rows()];
      if (counts instanceof Error) {
        assert.ok(counts instanceof KitError, `turn ${turn}: ${counts.stack}`);
        assert.match(counts.message, new RegExp(`damaged\\.jsonl:${at + 1}`), `turn ${turn}`);
        assert.equal(rows.length, 0);
      } else {
        taken++;
        assert.equal(rows.length, counts.stored);
        assert.ok(rows.length >= SIZE - 1);
        // What was taken in can be read, and read again.
        await generate(madeUp(SIZE), { model: "test", quiet: true, ledger, budget: { requests: 0 } });
        await exportLedger(ledger, file, { overwrite: true });
        assert.equal((await importLedger(ledger, file)).known, rows.length);
      }
    }
    assert.ok(taken > 40 && taken < 360, `${taken} of 400 taken in`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("every line of any file of batch replies is stored, failed, unmatched, or an error with its line", async () => {
  const requests = negativeRequests(madeUp(SIZE), syneg, { model: "test" });
  const replies = await Promise.all(requests.map(async ({ key, messages }) => {
    const body = await good({ messages: [...messages] }, { prompt_tokens: 9, completion_tokens: 5 }).json();
    return JSON.stringify({ id: "r", custom_id: key, response: { status_code: 200, body }, error: null });
  }));
  const ends = { stored: 0, failed: 0, unmatched: 0, thrown: 0 };
  for (let turn = 0; turn < 600; turn++) {
    const draw = random(`batch ${turn}`);
    const at = draw.integer(SIZE);
    const text = replies.map((line, i) => i === at ? damaged(line, draw) : line).join("\n");
    using ledger = openLedger(":memory:");
    try {
      const counts = takeBatch(text, requests, ledger, { file: "f.jsonl", price: { prompt: 1, completion: 1 } });
      const { stored, known, failed, unmatched } = counts;
      const lines = text.split("\n").filter((line) => line.trim() !== "").length;
      assert.equal(stored + known + failed + unmatched, lines, `turn ${turn}`);
      ends.stored += Number(stored === SIZE);
      ends.failed += failed;
      ends.unmatched += unmatched;
      assert.equal([...ledger.rows()].length, stored);
      await generate(madeUp(SIZE), { model: "test", quiet: true, ledger, budget: { requests: 0 } });
    } catch (error) {
      assert.ok(error instanceof KitError, `turn ${turn}: ${(error as Error).stack}`);
      assert.match(error.message, new RegExp(`f\\.jsonl:${at + 1}`), `turn ${turn}`);
      assert.equal([...ledger.rows()].length, 0);
      ends.thrown++;
    }
  }
  for (const [end, count] of Object.entries(ends)) assert.ok(count > 2, `${end}: ${count}`);
});

const REASONS: [string, unknown, RegExp][] = [
  ["vLLM's", {
    response: { status_code: 400, body: null },
    error: { error: { message: "maximum context length is 4096 tokens", code: 400 } },
  }, /^400.*|maximum context/],
  [
    "OpenAI's",
    { response: null, error: { code: "batch_expired", message: "This request expired" } },
    /This request expired/,
  ],
  ["a code alone", { response: null, error: { code: "batch_cancelled" } }, /batch_cancelled/],
  ["an error as text", { response: null, error: "worker died" }, /worker died/],
  ["in the body", { response: { status_code: 500, body: { error: { message: "oops" } } }, error: null }, /oops/],
  [
    "in the body of a 200",
    { response: { status_code: 200, body: { error: { message: "no funds", code: 402 } } } },
    /no funds/,
  ],
  ["FastAPI's", { response: { status_code: 422, body: { detail: [{ msg: "field required" }] } } }, /field required/],
  ["none", { response: null, error: null }, /no reason given/],
];
for (const [name, rest, reason] of REASONS) {
  Deno.test(`the reason of a failed batch line is in the ledger and the outcome: ${name}`, async () => {
    using ledger = openLedger(":memory:");
    const requests = negativeRequests(madeUp(1), syneg, { model: "test" });
    const text = JSON.stringify({ custom_id: requests[0].key, ...rest as object });
    const told: string[] = [];
    const onFailure = (_: unknown, { message }: Error) => void told.push(message);
    assert.equal(takeBatch(text, requests, ledger, { file: "f", onFailure }).failed, 1);
    assert.match(told[0], reason);
    assert.match(ledger.failures()[0].message, reason);
    const reasons: string[] = [];
    const options = { model: "test", quiet: true, ledger, budget: { requests: 0 } };
    await generate(madeUp(1), { ...options, onOutcome: (outcome) => reasons.push(outcome.reason) });
    assert.match(reasons[0], /budget of 0 requests is spent; the last failure: /);
    assert.match(reasons[0], reason);
  });
}
