import assert from "node:assert/strict";
import { join } from "node:path";
import { HubError, hubFile, type HubOptions, hubSnapshot } from "../../lib/hub/mod.ts";
import { Hub } from "../../lib/hub/hub_client.ts";
import { FakeHub, type Trick } from "../support/fake_hub.ts";

const LARGE = Uint8Array.from({ length: 700_000 }, (_, i) => (i * 2654435761) >>> 13);
const CONFIG = '{"hidden_size": 8}\n';
const FILES = { "config.json": CONFIG, "model.bin": LARGE, "sub/ü file.txt": "text", "README.md": "read" };

/** A hub, an empty cache and the environment that points there. */
async function withHub(body: (hub: FakeHub, cache: string) => Promise<void>): Promise<void> {
  const cache = await Deno.makeTempDir();
  const before = ["HF_ENDPOINT", "HF_TOKEN", "HF_HUB_OFFLINE"].map((name) => [name, Deno.env.get(name)] as const);
  try {
    await using hub = new FakeHub({ "models/owner/name": FILES, "datasets/owner/name": { "data.txt": "data" } });
    Deno.env.set("HF_ENDPOINT", hub.endpoint);
    Deno.env.set("HF_TOKEN", "hf_secret");
    Deno.env.delete("HF_HUB_OFFLINE");
    await body(hub, cache);
  } finally {
    for (const [name, value] of before) value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
    await Deno.remove(cache, { recursive: true });
  }
}

function filesIn(folder: string): string[] {
  const visit = (path: string): string[] =>
    [...Deno.readDirSync(path)].flatMap((entry) =>
      entry.isDirectory ? visit(join(path, entry.name)) : [join(path, entry.name).slice(folder.length + 1)]
    );
  return visit(folder).sort();
}

Deno.test("a snapshot is pinned, verified and cached, and then needs no hub", () =>
  withHub(async (hub, cache) => {
    const options: HubOptions = { cache };
    const snapshot = await hubSnapshot("owner/name", options);
    assert.equal(snapshot.revision, hub.commit("models/owner/name"));
    assert.deepEqual([...snapshot.files].sort(), Object.keys(FILES).sort());
    assert.deepEqual(await Deno.readFile(join(snapshot.folder, "model.bin")), LARGE);
    assert.equal(await Deno.readTextFile(join(snapshot.folder, "sub/ü file.txt")), "text");
    assert.ok(hub.requests.every(({ authorization }) => authorization === "Bearer hf_secret"));

    const asked = hub.requests.length;
    Deno.env.set("HF_HUB_OFFLINE", "1");
    assert.deepEqual(await hubSnapshot("hf:owner/name", options), snapshot);
    assert.deepEqual(await hubSnapshot("owner/name", { ...options, revision: snapshot.revision }), snapshot);
    assert.equal(await Deno.readTextFile(await hubFile("owner/name", "config.json", options)), CONFIG);
    await assert.rejects(hubSnapshot("owner/name", { ...options, type: "dataset" }), /HF_HUB_OFFLINE is set/);
    await assert.rejects(hubFile("owner/name", "confg.json", options), /did you mean "config.json"/);
    assert.equal(hub.requests.length, asked);
  }));

Deno.test("patterns select files, types distinguish repositories", () =>
  withHub(async (_, cache) => {
    const { folder, files } = await hubSnapshot("owner/name", { cache, patterns: ["*.json", "sub/*"] });
    assert.deepEqual([...files].sort(), ["config.json", "sub/ü file.txt"]);
    assert.deepEqual(filesIn(folder), ["config.json", "sub/ü file.txt"]);
    const path = await hubFile("owner/name", "data.txt", { cache, type: "dataset" });
    assert.equal(await Deno.readTextFile(path), "data");
  }));

const REFUSALS: [part: string, trick: Trick, message: RegExp][] = [
  ["/revision/", 401, /status 401, HF_TOKEN is not accepted/],
  ["/revision/", 403, /status 403, this token may not read it/],
  ["/revision/", 404, /owner\/name at "main": status 404, there is no such repository/],
  ["/revision/", 500, /status 500, the hub fails/],
  ["/revision/", "no json", /it is not JSON/],
  ["/tree/", "no json", /it is not JSON/],
  ["model.bin", 404, /Cannot fetch model.bin: status 404/],
  ["model.bin", "half, always", /only 350000 of 700000 bytes came/],
  ["model.bin", "wrong bytes", /model.bin from the hub: its content has another digest/],
  ["config.json", "wrong bytes", /config.json from the hub: its content has another digest/],
  ["/revision/", "endless json", /Cannot read the hub's answer on .*: an answer of more than 32 MiB/],
  ["/tree/", "endless json", /Cannot read the hub's answer on the files of owner\/name: an answer of more than 32 MiB/],
  ["/tree/", "half a json, then nothing more", /the files of owner\/name: it broke off/],
  ["/tree/", "next page ?recursive=true", /Cannot follow the hub's list of owner\/name: it leads in a circle/],
  ["/tree/", "next page ?n=*", /Cannot follow the hub's list of owner\/name: it has more than 2000 pages/],
  ["/tree/", "next page http://localhost:1/", /it leads to another host/],
  ["/tree/", "next page file:///etc/passwd", /it leads to another host/],
  ["/tree/", "next page http://[", /it leads to another host/],
  ["/revision/", "redirect to file:///etc/hostname", /the hub leads to file:, expected http or https/],
  ["/revision/", 'redirect to data:application/json,{"sha":"x"}', /the hub leads to data:, expected http or https/],
  [
    "config.json",
    "redirect to file:///etc/hostname",
    /fetch config\.json: the hub leads to file:, expected http or https/,
  ],
  ["model.bin", "redirect to data:,x", /fetch model\.bin: the hub leads to data:, expected http or https/],
  ["model.bin", "redirect to blob:x", /leads to blob:, expected http or https/],
  ["model.bin", "redirect to ftp://localhost/x", /leads to ftp:, expected http or https/],
  ["model.bin", "redirect to http://[", /leads to "http:\/\/\[", expected http or https/],
  ["model.bin", "redirect to ?", /more than 10 redirects/],
  ["model.bin", "too many bytes", /more than the stated 700000 bytes came/],
];

for (const [part, trick, message] of REFUSALS) {
  Deno.test(`a hub that replies to ${part} with ${trick} is one clear error and leaves nothing broken`, () =>
    withHub(async (hub, cache) => {
      hub.tricks.set(part, trick);
      await assert.rejects(hubSnapshot("owner/name", { cache }), (error: Error) => {
        assert.ok(error instanceof HubError);
        assert.match(error.message, message);
        assert.ok(!error.message.includes("hf_secret"));
        return true;
      });
      const left = filesIn(cache).filter((path) => part.includes(".") && path.endsWith(part) || path.endsWith(".part"));
      assert.deepEqual(left, []);
      hub.tricks.clear();
      const { folder } = await hubSnapshot("owner/name", { cache });
      assert.deepEqual(await Deno.readFile(join(folder, "model.bin")), LARGE);
    }));
}

Deno.test("a JSON reply that stalls is not awaited forever", () =>
  withHub(async (hub) => {
    hub.tricks.set("/tree/", "half a json, then silence");
    const client = new Hub({ answer: { bytes: 1000, timeout: 200 } });
    const start = performance.now();
    await assert.rejects(client.list("owner/name", "model", "0".repeat(40)), (error: Error) => {
      assert.ok(error instanceof HubError);
      assert.match(error.message, /Cannot read the hub's answer on .*: no whole answer within 200 ms/);
      return true;
    });
    assert.ok(performance.now() - start < 10_000);
  }));

Deno.test("a redirect from https to http is refused, and the token goes to no other host or scheme", async () => {
  const sent: [string, string | null][] = [];
  const answers: Record<string, Response> = {
    "https://hub.example/a": new Response(null, { status: 302, headers: { location: "http://hub.example/b" } }),
    "https://hub.example/c": new Response(null, { status: 302, headers: { location: "//other.example/d" } }),
    "https://other.example/d": new Response("content"),
  };
  const get = ((url: URL, { headers }: { headers: Record<string, string> }) => {
    sent.push([url.href, headers.authorization ?? null]);
    return Promise.resolve(answers[url.href]);
  }) as unknown as typeof fetch;
  const before = ["HF_ENDPOINT", "HF_TOKEN"].map((name) => [name, Deno.env.get(name)] as const);
  Deno.env.set("HF_ENDPOINT", "https://hub.example");
  Deno.env.set("HF_TOKEN", "hf_secret");
  try {
    const client = new Hub();
    const down = /Cannot fetch a: the hub leads from https to http \(hub\.example\)/;
    await assert.rejects(client.request("https://hub.example/a", "a", {}, get), down);
    assert.equal(await (await client.request("https://hub.example/c", "c", {}, get)).text(), "content");
    assert.deepEqual(sent, [
      ["https://hub.example/a", "Bearer hf_secret"],
      ["https://hub.example/c", "Bearer hf_secret"],
      ["https://other.example/d", null],
    ]);
    for (const endpoint of ["file:///srv", "hub.example", "data:,x", "ftp://hub.example"]) {
      Deno.env.set("HF_ENDPOINT", endpoint);
      assert.throws(() => new Hub(), /HF_ENDPOINT must be an http or https address, found "/);
    }
  } finally {
    for (const [name, value] of before) value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
  }
});

Deno.test("half a file is completed by range within one call", () =>
  withHub(async (hub, cache) => {
    hub.tricks.set("model.bin", "half, then the rest by range");
    const path = await hubFile("owner/name", "model.bin", { cache });
    assert.deepEqual(await Deno.readFile(path), LARGE);
    const ranges = hub.requests.filter(({ path }) => path.endsWith("model.bin")).map(({ range }) => range);
    assert.deepEqual(ranges, [null, "bytes=350000-"]);
  }));

Deno.test("a cancelled download is resumed", () =>
  withHub(async (hub, cache) => {
    hub.delay = 30;
    const controller = new AbortController();
    const progress = { update: (bytes: number) => bytes > 200_000 && controller.abort(), finish() {} };
    const options = { cache, signal: controller.signal, progress };
    await assert.rejects(hubFile("owner/name", "model.bin", options), { name: "CancelledError" });
    const [part] = filesIn(cache).filter((path) => path.endsWith(".part"));
    const { size } = await Deno.stat(join(cache, part));
    assert.ok(size > 200_000 && size < 700_000, String(size));
    hub.delay = 0;
    assert.deepEqual(await Deno.readFile(await hubFile("owner/name", "model.bin", { cache })), LARGE);
    assert.equal(hub.requests.at(-1)!.range, `bytes=${size}-`);
    assert.ok(!filesIn(cache).some((path) => path.endsWith(".part")));
  }));

Deno.test("a wrong partial file is discarded and downloaded again", () =>
  withHub(async (_, cache) => {
    const path = await hubFile("owner/name", "model.bin", { cache });
    await Deno.rename(path, `${path}.part`);
    await Deno.writeFile(`${path}.part`, new Uint8Array(5000).fill(7));
    assert.deepEqual(await Deno.readFile(await hubFile("owner/name", "model.bin", { cache })), LARGE);
  }));

Deno.test("verify finds a broken file in the cache and downloads it again", () =>
  withHub(async (_, cache) => {
    const path = await hubFile("owner/name", "model.bin", { cache });
    const rotten = LARGE.slice();
    rotten[9] ^= 8;
    await Deno.writeFile(path, rotten);
    await hubFile("owner/name", "model.bin", { cache });
    assert.deepEqual(await Deno.readFile(path), rotten);
    await hubFile("owner/name", "model.bin", { cache, verify: true });
    assert.deepEqual(await Deno.readFile(path), LARGE);
  }));

Deno.test("the token stays with the hub if a file is elsewhere", () =>
  withHub(async (hub, cache) => {
    hub.tricks.set("model.bin", "elsewhere");
    assert.deepEqual(await Deno.readFile(await hubFile("owner/name", "model.bin", { cache })), LARGE);
    assert.equal(hub.stored.length, 1);
    assert.equal(hub.stored[0].authorization, null);
  }));

Deno.test("two callers of the same file download it once", () =>
  withHub(async (hub, cache) => {
    hub.delay = 5;
    const paths = await Promise.all([1, 2].map(() => hubFile("owner/name", "model.bin", { cache })));
    assert.equal(paths[0], paths[1]);
    assert.deepEqual(await Deno.readFile(paths[0]), LARGE);
    assert.equal(hub.requests.filter(({ path }) => path.endsWith("model.bin")).length, 1);
  }));

Deno.test("a list whose paths leave the folder is refused", () =>
  withHub(async (_, cache) => {
    for (const path of ["../evil", "a/../../evil", "/etc/evil", "a\\..\\evil"]) {
      await using hub = new FakeHub({ "models/o/n": { [path]: "x" } });
      Deno.env.set("HF_ENDPOINT", hub.endpoint);
      await assert.rejects(hubSnapshot("o/n", { cache: join(cache, "x") }), /leaves its folder/);
    }
    await assert.rejects(hubSnapshot("../n", { cache }), /Cannot read "..\/n" as a repository/);
  }));

Deno.test("broken cache records are requested again", () =>
  withHub(async (hub, cache) => {
    const { revision } = await hubSnapshot("owner/name", { cache, patterns: ["config.json"] });
    const home = join(cache, "hub", "models", "owner", "name");
    assert.deepEqual(filesIn(home), [`${revision}.json`, join(revision, "config.json"), "commits.json"].sort());
    for (const broken of ["", "{", "7", "null", '{"main": 3}']) {
      await Deno.writeTextFile(join(home, "commits.json"), broken);
      await Deno.writeTextFile(join(home, `${revision}.json`), broken);
      const again = await hubSnapshot("owner/name", { cache, patterns: ["config.json"] });
      assert.equal(again.revision, hub.commit("models/owner/name"));
    }
  }));

Deno.test("a branch is resolved again only with refresh", () =>
  withHub(async (hub, cache) => {
    const old = "0".repeat(40);
    await hubSnapshot("owner/name", { cache, patterns: ["config.json"] });
    await Deno.writeTextFile(join(cache, "hub", "models", "owner", "name", "commits.json"), `{"main": "${old}"}`);
    await assert.doesNotReject(hubSnapshot("owner/name", { cache, patterns: ["config.json"], refresh: true }));
    assert.equal(hub.requests.filter(({ path }) => path.includes("/revision/")).length, 2);
  }));
