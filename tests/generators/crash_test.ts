import assert from "node:assert/strict";
import { join } from "node:path";
import { openLedger } from "../../lib/generators/ledger/mod.ts";
import { serve } from "./server.ts";

const SIZE = 500;
const CONCURRENCY = 16;

function start(baseURL: string, ledger: string, output: string): Deno.ChildProcess {
  const folder = import.meta.dirname!;
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      "--allow-sys",
      "--allow-net=127.0.0.1",
      join(folder, "run_to_kill.ts"),
      baseURL,
      ledger,
      output,
      String(SIZE),
      String(CONCURRENCY),
    ],
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
}

Deno.test("kill -9 three times in the middle: nothing answered is sent again, and the table has the same bytes", async () => {
  const folder = await Deno.makeTempDir();
  await using server = serve({ latency: 5 });
  try {
    const ledgerPath = join(folder, "ledger.sqlite");
    const output = join(folder, "table.arrow");
    const recorded = () => {
      using ledger = openLedger(ledgerPath);
      return [...ledger.rows()].map((row) => row.query_id);
    };
    // Whatever is sent from now on must not be on record already.
    const sentAgain = (from: number, known: readonly string[]) => {
      const asked = server.bodies.slice(from).map((body) => /When was item (\d+) made/.exec(JSON.stringify(body))![1]);
      return asked.filter((item) => known.includes(`q${item}`));
    };
    for (const at of [60, 200, 330]) {
      const [from, known] = [server.came, recorded()];
      const child = start(server.baseURL, ledgerPath, output);
      await new Promise<void>((resolve) => {
        server.onRequest = (count) => {
          if (count === at) {
            child.kill("SIGKILL");
            resolve();
          }
        };
      });
      assert.equal((await child.status).signal, "SIGKILL");
      assert.deepEqual(sentAgain(from, known), []);
    }
    server.onRequest = undefined;
    const kept = recorded();
    assert.ok(kept.length > 200 && kept.length < 400, `${kept.length} replies on record`);
    await assert.rejects(Deno.stat(output));
    const came = server.came;
    assert.ok((await start(server.baseURL, ledgerPath, output).status).success);
    // The rest was sent once each; what the ledger had was not sent.
    assert.equal(server.came - came, SIZE - kept.length);
    assert.equal(recorded().length, SIZE);
    // What came more than once was under way, unanswered, when its process was killed.
    const twice = [...server.seen.values()].filter((one) => one.came > 1).length;
    assert.ok(twice <= 3 * CONCURRENCY, `${twice} requests came more than once`);
    assert.deepEqual(sentAgain(came, kept), []);

    const undisturbed = join(folder, "undisturbed.arrow");
    assert.ok((await start(server.baseURL, join(folder, "other.sqlite"), undisturbed).status).success);
    assert.deepEqual(await Deno.readFile(output), await Deno.readFile(undisturbed));
    assert.equal(server.seen.size, SIZE);

    // A third run asks for nothing.
    const all = server.came;
    const third = join(folder, "third.arrow");
    assert.ok((await start(server.baseURL, ledgerPath, third).status).success);
    assert.equal(server.came, all);
    assert.deepEqual(await Deno.readFile(third), await Deno.readFile(output));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
