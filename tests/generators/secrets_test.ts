import assert from "node:assert/strict";
import { join } from "node:path";
import { endpointEncoder } from "../../lib/encoders/endpoint.ts";
import { generate, negativeRequests } from "../../lib/generators/generate.ts";
import { runBatches } from "../../lib/generators/batches/mod.ts";
import { openLedger } from "../../lib/generators/ledger/mod.ts";
import { modelRecipe } from "../../lib/generators/recipes/registry.ts";
import { madeUp } from "./collection.ts";
import { json, says, script } from "./scripted.ts";

const KEY = "sk-secret-0123456789abcdefghij";
const HELD = `for Bearer ${KEY}`;
const EVENTS = { headers: { "content-type": "text/event-stream" } };

/** Every way a server may repeat the key. */
const ECHOES: [string, () => Response, boolean?][] = [
  ...[400, 401, 402, 403, 404, 413, 422, 429, 500, 503].map((status) =>
    [`status ${status}`, () => json({ error: { message: HELD, code: HELD } }, { status })] as [string, () => Response]
  ),
  [
    "a list",
    () => json([{ error: { message: HELD, details: [{ retryDelay: "3h", reason: HELD }] } }], { status: 429 }),
  ],
  ["a page", () => new Response(`<html>${HELD}</html>`, { status: 502 })],
  ["a page in a 200", () => new Response(`<html>${HELD}</html>`)],
  ["a page's type", () => new Response("x", { headers: { "content-type": `text/html; x="${KEY}"` } }), true],
  ["an error in a 200", () => json({ error: { message: HELD, metadata: { raw: HELD } } })],
  ["no choices", () => json({ choices: [], said: HELD })],
  ["a failed choice", () => json({ choices: [{ finish_reason: "error", error: { message: HELD } }] })],
  ["a reply", () => says(HELD)],
  ["a broken reply", () => new Response(`{"choices": [{"message": {"content": "${HELD}`)],
  ["JSON it got wrong", () => json({ error: { message: "x", failed_generation: HELD } }, { status: 400 })],
  ["an error in a stream", () => new Response(`data: {"error": {"message": "${HELD}"}}\n\n`, EVENTS), true],
  ["a broken stream", () => new Response(`data: {"choices": [{"delta": {"content": "${HELD}"}}]}\n\n`, EVENTS), true],
];

for (const [name, answer, stream] of ECHOES) {
  Deno.test(`the key appears in nothing stored or printed when a server repeats it: ${name}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await using server = script(answer);
      const path = join(folder, "l.sqlite");
      const told: unknown[] = [];
      const options = {
        model: "m",
        quiet: true,
        backoff: 1,
        maxRetries: 1,
        maxReplies: 2,
        baseURL: server.baseURL,
        apiKey: KEY,
      };
      const keep = (what: unknown) => void told.push(what);
      const run = { ...options, ledger: path, stream, onOutcome: keep, onReport: keep };
      await generate(madeUp(2), run).then(keep, keep);
      using ledger = openLedger(path);
      told.push([...ledger.rows()], ledger.database.prepare("SELECT * FROM failures").all());
      assert.ok(told.length > 2);
      const encoder = endpointEncoder({
        url: server.baseURL,
        model: "m",
        dimension: 2,
        retries: 0,
        keyVariable: "NO_SUCH_KEY",
      });
      await encoder.encode(["a"], { kind: "query" }).catch(() => {});
      const shown = Deno.inspect(told, { depth: 20, strAbbreviateSize: 1e6, showHidden: true, iterableLimit: 1e6 });
      assert.ok(!shown.includes(KEY), shown.slice(Math.max(0, shown.indexOf(KEY) - 300), shown.indexOf(KEY) + 50));
      for await (const { name } of Deno.readDir(folder)) {
        const bytes = new TextDecoder("latin1").decode(await Deno.readFile(join(folder, name)));
        assert.ok(!bytes.includes(KEY), name);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("a key that does not fit a header is refused without showing it; a password in the address is hidden", async () => {
  const options = { model: "m", quiet: true, backoff: 1, maxRetries: 0, ledger: ":memory:" } as const;
  for (const key of [`${KEY}\nx`, `${KEY}é`, `${KEY} x`]) {
    const error: Error = await generate(madeUp(1), { ...options, baseURL: "http://127.0.0.1:9/v1", apiKey: key }).then(
      () => assert.fail("it should have thrown"),
      (thrown) => thrown,
    );
    assert.match(
      error.message,
      /The key for 127\.0\.0\.1:9 must be ASCII without spaces and line breaks/,
    );
    assert.ok(!Deno.inspect(error).includes(KEY));
  }
  const told: unknown[] = [];
  const baseURL = `http://me:${KEY}@127.0.0.1:9/v1?key=${KEY}`;
  const requests = negativeRequests(madeUp(1), modelRecipe("syneg"), { model: "m" });
  using ledger = openLedger(":memory:");
  await generate(madeUp(1), { ...options, baseURL, onOutcome: (outcome) => told.push(outcome) }).catch((error) =>
    told.push(error)
  );
  await runBatches(requests, modelRecipe("syneg"), ledger, {
    baseURL: `http://127.0.0.1:9/v1?key=${KEY}`,
    quiet: true,
    signal: AbortSignal.timeout(300),
  })
    .catch((error) => told.push(error));
  assert.equal(told.length, 2);
  assert.ok(!Deno.inspect(told, { depth: 20 }).includes(KEY), Deno.inspect(told, { depth: 20 }));
});
