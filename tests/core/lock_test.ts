import assert from "node:assert/strict";
import { join } from "node:path";
import { lockFile } from "../../lib/core/lock.ts";

const CHILD = join(import.meta.dirname!, "lock_child.ts");

function child(...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", "--allow-read", "--allow-write", "--allow-sys", CHILD, ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** A process that holds the lock. */
async function holder(path: string): Promise<Deno.ChildProcess> {
  const process = child(path, "hold");
  const reader = process.stdout.getReader();
  assert.match(new TextDecoder().decode((await reader.read()).value), /held/);
  reader.releaseLock();
  return process;
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a lock names its process and machine, and is free once the process is killed", () =>
  withFolder(async (folder) => {
    const path = join(folder, "deep", "run.lock");
    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      const other = await holder(path);
      await assert.rejects(lockFile(path, { doing: "resume the run" }), (error: Error) => {
        assert.equal(error.name, "KitError");
        assert.match(
          error.message,
          /^Cannot resume the run: process \d+ on \S+ \(since 2\d{3}-.*Z\) does so\. Wait for it/,
        );
        assert.ok(error.message.includes(`process ${other.pid} on ${Deno.hostname()}`), error.message);
        return true;
      });
      other.kill(signal);
      await other.status;
      await other.stdout.cancel();
      assert.ok(Deno.statSync(path).isFile, "the file of a killed process stays");
      const lock = await lockFile(path, { doing: "resume the run" });
      await assert.rejects(lockFile(path, { doing: "x" }), /this process \(since/);
      await lock.release();
      await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    }
  }));

Deno.test("a waiting process learns the holder, gets the lock eventually, and can be stopped", () =>
  withFolder(async (folder) => {
    const path = join(folder, "run.lock");
    const other = await holder(path);
    const heard: string[] = [];
    const stop = AbortSignal.timeout(500);
    const wait = (who: string) => void heard.push(who);
    await assert.rejects(lockFile(path, { doing: "run", wait, signal: stop }), { name: "CancelledError" });
    assert.match(heard[0], new RegExp(`process ${other.pid} on `));
    const waiting = lockFile(path, { doing: "run", wait });
    other.kill("SIGKILL");
    await other.status;
    await other.stdout.cancel();
    await (await waiting).release();
  }));

Deno.test("four processes take turns, one at a time", () =>
  withFolder(async (folder) => {
    const [path, log] = [join(folder, "run.lock"), join(folder, "log")];
    const all = await Promise.all(Array.from({ length: 4 }, () => child(path, "turns", log).output()));
    assert.ok(all.every(({ code }) => code === 0));
    const lines = (await Deno.readTextFile(log)).trim().split("\n");
    assert.equal(lines.length, 160);
    for (let i = 0; i < lines.length; i += 2) assert.equal(lines[i].replace("begin", "end"), lines[i + 1]);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["log"]);
  }));

Deno.test("the content of a lock file does not matter, only whether a process holds it", () =>
  withFolder(async (folder) => {
    for (const text of ["", "{", "null", '{"pid":1,"host":"elsewhere","since":"x"}', "\0".repeat(1000)]) {
      const path = join(folder, "run.lock");
      await Deno.writeTextFile(path, text);
      await (await lockFile(path, { doing: "run" })).release();
    }
    await Deno.writeTextFile(join(folder, "file"), "");
    for (const path of [join(folder, "file", "x.lock"), "/proc/x/y.lock", folder, "a\0b", `/tmp/${"x".repeat(5000)}`]) {
      await assert.rejects(lockFile(path, { doing: "run" }), { name: "KitError", message: /^Cannot run: / });
    }
  }));
