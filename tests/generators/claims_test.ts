import assert from "node:assert/strict";
import { join } from "node:path";
import { Claims } from "../../lib/generators/ledger/claims.ts";
import { generate } from "../../lib/generators/generate.ts";
import { openLedger } from "../../lib/generators/ledger/mod.ts";
import { runBatches } from "../../lib/generators/batches/mod.ts";
import { negativeRequests } from "../../lib/generators/generate.ts";
import { modelRecipe } from "../../lib/generators/recipes/registry.ts";
import { madeUp } from "./collection.ts";
import { good, script, type Sent } from "./scripted.ts";
import { serve } from "./server.ts";
import { serialize } from "./tables.ts";

const QUICK = { model: "test", quiet: true, backoff: 1 } as const;

function start(baseURL: string, ledger: string, output: string, size: number): Deno.ChildProcess {
  const folder = import.meta.dirname!;
  const permissions = [
    "--no-prompt",
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-sys",
    "--allow-net=127.0.0.1",
  ];
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...permissions, join(folder, "run_to_kill.ts"), baseURL, ledger, output, String(size), "8"],
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const question = ({ messages }: Sent) => /When was item (\d+) made/.exec(JSON.stringify(messages))![1];

Deno.test("two processes on one ledger pay once, whatever the replies, and write the same bytes", () =>
  inFolder(async (folder) => {
    const given = new Map<string, number>();
    // Every answer is another one, so that only the ledger can make the tables equal.
    await using server = script(async (number, body) => {
      given.set(question(body), (given.get(question(body)) ?? 0) + 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return good({ messages: [...body.messages, { content: `answer ${number}` }] });
    });
    const ledger = join(folder, "ledger.sqlite");
    const outputs = ["a.arrow", "b.arrow"].map((name) => join(folder, name));
    const ended = await Promise.all(outputs.map((output) => start(server.baseURL, ledger, output, 300).status));
    assert.deepEqual(ended.map(({ success }) => success), [true, true]);
    assert.equal(server.bodies.length, 300);
    assert.equal(given.size, 300);
    const [a, b] = await Promise.all(outputs.map((output) => Deno.readFile(output)));
    assert.deepEqual(a, b);
    using kept = openLedger(ledger);
    assert.equal(kept.database.prepare("SELECT count(*) AS n FROM claims").get()!.n, 0);
  }));

Deno.test("a killed process does not block others for long: another one sends its requests", () =>
  inFolder(async (folder) => {
    const first: { process?: Deno.ChildProcess } = {};
    let killed = false;
    await using server = script(async (number, body) => {
      if (number === 40) {
        first.process!.kill("SIGKILL");
        killed = true;
      }
      if (!killed) await new Promise((resolve) => setTimeout(resolve, 20));
      return good(body);
    });
    const ledger = join(folder, "ledger.sqlite");
    first.process = start(server.baseURL, ledger, join(folder, "a.arrow"), 120);
    const second = start(server.baseURL, ledger, join(folder, "b.arrow"), 120);
    assert.equal((await first.process.status).signal, "SIGKILL");
    assert.ok((await second.status).success);
    // Only what was under way with the killed process, at most its eight places, came twice.
    assert.ok(server.bodies.length <= 120 + 8, `${server.bodies.length}`);
    using kept = openLedger(ledger);
    assert.equal(new Set([...kept.rows()].map(({ key }) => key)).size, 120);
    const alone = await generate(madeUp(120), { ...QUICK, ledger: kept, budget: { requests: 0 } });
    assert.deepEqual(await Deno.readFile(join(folder, "b.arrow")), await serialize(alone));
  }));

Deno.test("two runs of one process on one ledger send each request once", async () => {
  await using server = script((_, body) => good(body));
  using ledger = openLedger(":memory:");
  const run = () => generate(madeUp(80), { ...QUICK, baseURL: server.baseURL, ledger });
  const tables = await Promise.all([run(), run(), run()]);
  assert.equal(server.bodies.length, 80);
  const [a, b, c] = await Promise.all(tables.map((table) => serialize(table)));
  assert.deepEqual([b, c], [a, a]);
});

Deno.test("a claim holds while it is renewed, expires otherwise, and is free once released", async () => {
  using ledger = openLedger(":memory:");
  const expires = (key: string) =>
    ledger.database.prepare("SELECT expires FROM claims WHERE key = ?").get(key)?.expires;
  const set = (when: number) => ledger.database.prepare("UPDATE claims SET expires = ?").run(when);
  using one = new Claims(ledger);
  using two = new Claims(ledger);
  assert.deepEqual([...await one.take(["a", "b"])], ["a", "b"]);
  assert.deepEqual([...await two.take(["a", "b", "c"])], ["c"]);
  assert.deepEqual([...await one.take(["a"])], ["a"]);
  const before = Number(expires("a"));
  await new Promise((resolve) => setTimeout(resolve, 5300));
  ledger.flush();
  assert.ok(Number(expires("a")) >= before + 4000, "renewed within five seconds");
  one.release("a");
  ledger.flush();
  assert.deepEqual([...await two.take(["a", "b"])], ["a"]);
  // What was not renewed in time, or is of a clock that went wrong, is anybody's.
  for (const when of [Date.now() - 1, Date.now() + 864e5]) {
    set(when);
    assert.deepEqual([...await two.take(["b"])], ["b"]);
    set(when);
    assert.deepEqual([...await one.take(["b"])], ["b"]);
  }
});

Deno.test("two batch runs on one ledger create one batch", () =>
  inFolder(async (folder) => {
    await using server = serve();
    const recipe = modelRecipe("syneg");
    const requests = negativeRequests(madeUp(20), recipe, { model: "test" });
    const path = join(folder, "ledger.sqlite");
    const run = async () => {
      using ledger = openLedger(path);
      return await runBatches(requests, recipe, ledger, { baseURL: server.baseURL, poll: 20, quiet: true });
    };
    await Promise.all([run(), run()]);
    using ledger = openLedger(path);
    const sent = ledger.database.prepare("SELECT keys FROM batches").all().flatMap(({ keys }) =>
      JSON.parse(String(keys))
    );
    // Every seventh of a batch fails on this server; the run that came second asks for those once more.
    assert.ok(sent.length <= 22, `${sent.length} sent`);
    assert.equal(new Set(sent).size, 20);
    assert.ok([...ledger.rows()].length >= 18);
  }));
