import assert from "node:assert/strict";
import { endpointEncoder } from "../../lib/encoders/mod.ts";

interface Request {
  model: string;
  input: string[];
  dimensions?: number;
}

/** A service whose vector of a text is [length, 1, first character]; `fail` may answer in its stead. */
function service(fail: (request: Request, count: number) => Response | undefined = () => undefined) {
  const requests: Request[] = [];
  const keys: (string | null)[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    assert.equal(new URL(request.url).pathname, "/v1/embeddings");
    const body = await request.json() as Request;
    requests.push(body);
    keys.push(request.headers.get("authorization"));
    const failure = fail(body, requests.length);
    if (failure) return failure;
    const data = body.input.map((text, index) => ({
      object: "embedding",
      index,
      embedding: [text.length, 1, text.charCodeAt(0) / 100],
    }));
    // Services may answer in any order.
    return Response.json({ object: "list", model: body.model, data: data.reverse(), usage: {} });
  });
  return { requests, keys, url: `http://127.0.0.1:${server.addr.port}/v1`, stop: () => server.shutdown() };
}

const options = { model: "m", dimension: 3, keyVariable: "SYNEG_TEST_NO_KEY" };

Deno.test("endpoint: batches, prompts, order, each text once, vectors of length 1", async () => {
  const { url, requests, stop } = service();
  const encoder = endpointEncoder({ ...options, url, batchSize: 3, prompts: { query: "q: ", document: undefined } });
  const texts = ["a", "bb", "a", "", "cccc", "dd", "\ud800 lone"];
  const { data, length } = await encoder.encode(texts, { kind: "query" });
  assert.equal(length, texts.length);
  assert.deepEqual(requests.map(({ input }) => input.length).sort(), [3, 3]);
  texts.forEach((text, i) => {
    const sent = `q: ${text}`.toWellFormed();
    const raw = [sent.length, 1, sent.charCodeAt(0) / 100];
    const norm = Math.hypot(...raw);
    raw.forEach((x, j) => assert.ok(Math.abs(data[3 * i + j] - x / norm) < 1e-6, `text ${i}`));
  });
  assert.notEqual(encoder.fingerprint("query"), encoder.fingerprint("document"));
  await encoder.encode(["none"], { kind: "document" });
  assert.deepEqual(requests.at(-1)!.input, ["none"]);
  await stop();
});

Deno.test("endpoint: transient failures are retried; permanent ones name service, status and reason", async () => {
  const { url, requests, stop } = service((_, count) =>
    count === 1 ? new Response("busy", { status: 503, headers: { "retry-after-ms": "1" } }) : undefined
  );
  await endpointEncoder({ ...options, url }).encode(["a"], { kind: "query" });
  assert.equal(requests.length, 2);
  await stop();
  const refusing = service(() => Response.json({ error: { message: "no such model" } }, { status: 404 }));
  const encoder = endpointEncoder({ ...options, url: refusing.url });
  await assert.rejects(encoder.encode(["a"], { kind: "query" }), /Cannot encode by m at 127.*404.*no such model/);
  await refusing.stop();
});

Deno.test("endpoint: wrong replies are refused", async () => {
  const answers: [unknown, RegExp][] = [
    [{ data: [] }, /requested 1 vectors, found 0/],
    [{ data: [{ index: 0, embedding: [1, 2] }] }, /must have 3 numbers, found 2/],
    [{ data: [{ index: 7, embedding: [1, 2, 3] }] }, /found the index 7/],
    [{ data: [{ index: 0, embedding: [1, null, 3] }] }, /must have finite numbers, found null/],
    [{ data: [{ index: 0, embedding: [1, 2, "3"] }] }, /must have finite numbers, found "3"/],
  ];
  for (const [answer, message] of answers) {
    const { url, stop } = service(() => Response.json(answer));
    await assert.rejects(endpointEncoder({ ...options, url }).encode(["a"], { kind: "query" }), message);
    await stop();
  }
});

Deno.test("endpoint: the key comes from the environment and appears in no error", async () => {
  Deno.env.set("SYNEG_TEST_KEY", "secret-123");
  const { url, keys, stop } = service(() => Response.json({ error: { message: "bad" } }, { status: 400 }));
  const encoder = endpointEncoder({ ...options, url, keyVariable: "SYNEG_TEST_KEY" });
  const error = await encoder.encode(["a"], { kind: "query" }).then(() => undefined, (e: Error) => e);
  assert.deepEqual(keys, ["Bearer secret-123"]);
  assert.ok(error && !Deno.inspect(error.message).includes("secret-123"));
  Deno.env.delete("SYNEG_TEST_KEY");
  await stop();
});

Deno.test("endpoint: cached texts are not requested again, even by another process; cancelling stops", async () => {
  const cache = await Deno.makeTempDir();
  const { url, requests, stop } = service();
  const first = await endpointEncoder({ ...options, url, cache }).encode(["a", "b"], { kind: "query" });
  const again = await endpointEncoder({ ...options, url, cache }).encode(["b", "a", "c"], { kind: "query" });
  assert.deepEqual(requests.map(({ input }) => input), [["a", "b"], ["c"]]);
  assert.deepEqual(again.data.slice(3, 6), first.data.slice(0, 3));
  const signal = AbortSignal.abort();
  const encoder = endpointEncoder({ ...options, url });
  await assert.rejects(encoder.encode(["x"], { kind: "query", signal }), { name: "CancelledError" });
  await stop();
});
