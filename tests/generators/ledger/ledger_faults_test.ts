import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { KitError } from "../../../lib/core/errors.ts";
import { generate } from "../../../lib/generators/generate.ts";
import { openLedger } from "../../../lib/generators/ledger/mod.ts";
import { importLedger } from "../../../lib/generators/ledger/ledger_jsonl.ts";
import { madeUp } from "../collection.ts";
import { runLedger } from "../run_command.ts";
import { good, script } from "../scripted.ts";
import { serialize } from "../tables.ts";

const QUICK = { model: "test", quiet: true, backoff: 1 } as const;

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A ledger with answers to 40 questions, closed. */
async function filled(path: string): Promise<void> {
  await using server = script((_, body) => good(body));
  await generate(madeUp(40), { ...QUICK, baseURL: server.baseURL, ledger: path });
}

Deno.test("if no ledger can be opened, the error names the file and the reason", () =>
  inFolder(async (folder) => {
    const path = (name: string) => join(folder, name);
    await Deno.mkdir(path("folder"));
    await Deno.writeTextFile(
      path("text"),
      "this is no database, but a text that is long enough to be read as one".repeat(9),
    );
    const other = new DatabaseSync(path("other.sqlite"));
    other.exec("CREATE TABLE moz_places (id INTEGER); PRAGMA user_version = 1");
    other.close();
    const namesake = new DatabaseSync(path("namesake.sqlite"));
    namesake.exec("CREATE TABLE replies (id INTEGER)");
    namesake.close();
    const newer = new DatabaseSync(path("newer.sqlite"));
    newer.exec("CREATE TABLE replies (x); PRAGMA user_version = 99");
    newer.close();
    const cases: [string, RegExp][] = [
      [path("folder"), /it must be a file, found a folder \(.*folder\)/],
      [path("text/below.sqlite"), /text is below a file, not a folder|is not a folder/],
      [path("text"), /it is not an SQLite database .*text\)/],
      [path("other.sqlite"), /belongs to another program \(tables moz_places\) \(.*other\.sqlite\)/],
      [path("namesake.sqlite"), /belongs to another program/],
      [path("newer.sqlite"), /its format must be at most 2, found 99; use a newer version of the kit/],
      ["", /its path is empty/],
      [path("a\0b"), /its path holds a NUL byte/],
      [path("x".repeat(5000)), /its path is too long \(\d+ letters; a name may have 255 bytes\)/],
    ];
    for (const [at, message] of cases) {
      assert.throws(() => openLedger(at), (error: unknown) => {
        assert.ok(error instanceof KitError, String(error));
        assert.match(error.message, /^Cannot open the ledger: /);
        assert.match(error.message, message);
        assert.ok(error.message.length < 600);
        return true;
      });
      for (const action of ["totals", "list"]) {
        const { code, out } = await runLedger(action, "--ledger", at);
        if (code !== 0) assert.match(out, /^ledger: /);
        assert.doesNotMatch(out, /\n\s+at /);
      }
    }
    // What is another's was left as it is.
    const left = new DatabaseSync(path("other.sqlite"));
    assert.equal(left.prepare("SELECT count(*) AS n FROM sqlite_master").get()!.n, 1);
    assert.equal(left.prepare("PRAGMA journal_mode").get()!.journal_mode, "delete");
    left.close();
  }));

Deno.test("a ledger of the first format is migrated, and every reply counts", () =>
  inFolder(async (folder) => {
    const path = join(folder, "new.sqlite");
    await filled(path);
    const old = new DatabaseSync(join(folder, "old.sqlite"));
    // As the first format made it.
    old.exec(`
      CREATE TABLE replies (
        key TEXT NOT NULL, attempt INTEGER NOT NULL, recipe TEXT NOT NULL, model TEXT NOT NULL, query_id TEXT NOT NULL,
        positive_id TEXT NOT NULL, attributes TEXT NOT NULL, count INTEGER NOT NULL, reply TEXT NOT NULL,
        finish_reason TEXT, prompt_tokens INTEGER, completion_tokens INTEGER, cost REAL, latency_ms REAL,
        answered_at TEXT, origin TEXT NOT NULL, PRIMARY KEY (key, attempt));
      CREATE TABLE failures (key TEXT NOT NULL, recipe TEXT NOT NULL, model TEXT NOT NULL, status INTEGER,
        message TEXT NOT NULL, failed_at TEXT NOT NULL);
      CREATE TABLE batches (label TEXT PRIMARY KEY, id TEXT, input_file TEXT, status TEXT NOT NULL, keys TEXT NOT NULL,
        created_at TEXT NOT NULL);
      PRAGMA user_version = 1;
    `);
    {
      using made = openLedger(path);
      for (const { asking: _, ...row } of made.rows()) {
        const names = Object.keys(row);
        const places = names.map((name) => `:${name}`);
        old.prepare(`INSERT INTO replies (${names.join()}) VALUES (${places.join()})`).run(row as never);
      }
    }
    old.close();
    const run = (ledger: string) => generate(madeUp(40), { ...QUICK, ledger, budget: { requests: 0 } });
    const [before, after] = [await run(path), await run(join(folder, "old.sqlite"))];
    assert.equal(after.length, 80);
    assert.deepEqual(await serialize(after), await serialize(before));
    // And once more: what is up to date is not touched.
    assert.equal((await run(join(folder, "old.sqlite"))).length, 80);
  }));

Deno.test("a damaged ledger is named as damaged, wherever it is read", () =>
  inFolder(async (folder) => {
    const path = join(folder, "l.sqlite");
    await filled(path);
    const whole = await Deno.readFile(path);
    let seen = 0;
    for (let turn = 0; turn < 12; turn++) {
      const bytes = whole.slice();
      // The head stays, so that it is a database; pages behind it are noise, or missing.
      const from = turn === 0 ? 4096 : 4096 * (1 + turn % 4);
      if (turn % 3 === 2) await Deno.writeFile(path, bytes.subarray(0, from + 100));
      else {
        crypto.getRandomValues(bytes.subarray(from, from + 4096));
        await Deno.writeFile(path, bytes);
      }
      for (const file of ["-wal", "-shm"]) await Deno.remove(path + file).catch(() => {});
      for (const action of ["totals", "list", "export"]) {
        const file = action === "export" ? ["--out", join(folder, `out-${turn}.jsonl`)] : [];
        const { code, out } = await runLedger(action, ...file, "--ledger", path);
        if (code === 0) continue;
        seen++;
        assert.match(out, /^ledger: Cannot (read|open|write) the ledger: .*l\.sqlite\)$/s);
        assert.doesNotMatch(out, /\n\s+at /);
      }
      await assert.rejects(
        generate(madeUp(60), { ...QUICK, baseURL: "http://127.0.0.1:9/v1", maxRetries: 0, ledger: path }),
        { name: "KitError" },
      );
    }
    assert.ok(seen > 5, `${seen}`);
  }));

Deno.test("a full disk ends the run with a clear error, keeps written replies, and loses no paid one", () =>
  inFolder(async (folder) => {
    const path = join(folder, "l.sqlite");
    const size = 200;
    await using server = script((_, body) => good(body));
    const options = { ...QUICK, baseURL: server.baseURL, concurrency: 8 };
    {
      using ledger = openLedger(path);
      // SQLite answers as on a full disk once the file may not grow.
      ledger.database.exec("PRAGMA max_page_count = 40");
      await assert.rejects(generate(madeUp(size), { ...options, ledger }), (error: unknown) => {
        assert.ok(error instanceof KitError);
        assert.match(error.message, /^Cannot write the ledger: the disk is full \(SQLite: .*l\.sqlite\)/);
        return true;
      });
    }
    const sent: number = server.bodies.length;
    assert.ok(sent < size, `${sent} of ${size} were sent`);
    using ledger = openLedger(path);
    const kept = [...ledger.rows()].length;
    assert.ok(kept > 0 && kept <= sent);
    const rescued = `${path}.rescued.jsonl`;
    if (kept < sent) {
      const counts = await importLedger(ledger, rescued);
      assert.equal(counts.stored, sent - kept);
    }
    assert.equal([...ledger.rows()].length, sent);
    await generate(madeUp(size), { ...options, ledger });
    assert.equal(server.bodies.length, size, "nothing was asked twice");
  }));

Deno.test("a reply that cannot be stored is saved in a file beside the ledger, and the error names it", () =>
  inFolder(async (folder) => {
    const path = join(folder, "l.sqlite");
    await using server = script((_, body) => good(body));
    using ledger = openLedger(path);
    // The claim fits, the reply does not.
    server.bodies.length = 0;
    const pages = () => Number(ledger.database.prepare("PRAGMA page_count").get()!.page_count);
    ledger.database.exec("INSERT INTO claims VALUES ('x', 'y', 0)");
    ledger.database.exec(`PRAGMA max_page_count = ${pages()}`);
    const long = "x".repeat(9000);
    const row = { recipe: "r@1", model: "m", query_id: "q", positive_id: "d", attributes: "{}", count: 1 };
    const rest = { finish_reason: "stop", prompt_tokens: 1, completion_tokens: 1, cost: null, latency_ms: 1 };
    const reply = {
      key: "ab".repeat(32),
      ...row,
      reply: `${long}\ud800`,
      ...rest,
      answered_at: null,
      origin: "request",
    } as const;
    await assert.rejects(
      ledger.append({ ...reply, asking: 1 }),
      /the disk is full .*; 1 reply saved to .*l\.sqlite\.rescued\.jsonl; .* import them with "ledger import"/,
    );
    ledger.database.exec("PRAGMA max_page_count = 100000");
    assert.deepEqual(await importLedger(ledger, `${path}.rescued.jsonl`), { stored: 1, known: 0, differs: 0 });
    assert.equal(ledger.replies(reply.key)[0].reply, `${long}\ufffd`);
    ledger.fail(row as never, null, "goes on");
  }));

Deno.test("a locked ledger is waited for, then named", () =>
  inFolder(async (folder) => {
    const path = join(folder, "l.sqlite");
    await filled(path);
    const holder = new DatabaseSync(path);
    try {
      using ledger = openLedger(path);
      ledger.database.exec("PRAGMA busy_timeout = 50");
      holder.exec("BEGIN IMMEDIATE");
      // Reading is not blocked.
      assert.equal([...ledger.rows()].length, 40);
      assert.throws(() => ledger.transaction(() => {}), /Cannot write the ledger: another process has locked it/);
      // A reply waits for its turn.
      const [first] = ledger.rows();
      const due = ledger.append(first);
      setTimeout(() => holder.exec("COMMIT"), 300);
      assert.equal((await due).attempt, 2);
    } finally {
      holder.close();
    }
  }));

Deno.test("texts with a NUL in any column come back whole", () => {
  using ledger = openLedger(":memory:");
  const key = "cd".repeat(32);
  const row = {
    key,
    attempt: 1,
    recipe: "r\0@1",
    model: "m\0n",
    query_id: "q\0",
    positive_id: "\0d",
    attributes: "{}",
  };
  const rest = { count: 1, reply: "a\0b", finish_reason: "st\0op", prompt_tokens: 1, completion_tokens: 1, cost: 1 };
  const whole = { ...row, ...rest, latency_ms: 1, answered_at: null, origin: "request", asking: 1 } as const;
  ledger.store(whole);
  assert.deepEqual(ledger.replies(key), [whole]);
});
