import assert from "node:assert/strict";
import { join } from "node:path";
import { random } from "../../lib/core/random.ts";

const KILLS = 20;

/** Starts the child; resolves once it has said something. */
async function start(folder: string, result: string) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-check", "--allow-read", "--allow-write", "--allow-env", "--allow-sys"],
      ...["--allow-ffi=./node_modules", join(import.meta.dirname!, "kill_child.ts"), folder, result],
    ],
    cwd: join(import.meta.dirname!, "..", ".."),
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const drained = (async () => {
    while (!(await reader.read()).done);
  })();
  return { child, first: new TextDecoder().decode(value), drained };
}

Deno.test("a training killed at twenty random moments ends with the same bits and events", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const reference = join(folder, "reference.json");
    const whole = await start(join(folder, "whole"), reference);
    const began = performance.now();
    await whole.drained;
    assert.ok((await whole.child.status).success);
    const length = performance.now() - began;
    const wanted = await Deno.readTextFile(reference);
    const stream = random("kill");
    let kills = 0;
    let resumed = 0;
    for (let run = 0; kills < KILLS; run++) {
      const result = join(folder, `${run}.json`);
      while (true) {
        const { child, first, drained } = await start(join(folder, `run-${run}`), result);
        if (first.startsWith("resume")) resumed++;
        const timer = setTimeout(() => {
          try {
            child.kill("SIGKILL");
          } catch {
            // It ended in this very moment.
          }
        }, stream.next() * length * 0.9);
        const { success, signal } = await child.status;
        clearTimeout(timer);
        await drained;
        if (success) break;
        assert.equal(signal, "SIGKILL");
        kills++;
      }
      assert.equal(await Deno.readTextFile(result), wanted);
    }
    assert.ok(resumed >= KILLS / 2, `${resumed} of ${kills} killed runs went on from a checkpoint`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a full disk leaves the checkpoints before it as they were", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const run = (limit: string) =>
      new Deno.Command("bash", {
        // Past the limit the system refuses to write, as a full disk would.
        args: [
          "-c",
          `trap "" XFSZ; ulimit -f ${limit}; exec "$@"`,
          "bash",
          Deno.execPath(),
          ...["run", "--no-prompt", "--no-check", "--allow-read", "--allow-write", "--allow-env", "--allow-sys"],
          ...["--allow-ffi=./node_modules", join(import.meta.dirname!, "kill_child.ts")],
          ...[join(folder, "run"), join(folder, "result.json")],
        ],
        cwd: join(import.meta.dirname!, "..", ".."),
        stdout: "piped",
        stderr: "piped",
      }).output();
    const { checkpoints, files } = {
      checkpoints: join(folder, "run"),
      files: async () => {
        const found = [];
        for await (const { name } of Deno.readDir(checkpoints)) {
          found.push([name, (await Deno.readFile(join(checkpoints, name))).length]);
        }
        return found.sort();
      },
    };
    const { child, drained } = await start(checkpoints, join(folder, "unused.json"));
    await new Promise((resolve) => setTimeout(resolve, 150));
    child.kill("SIGKILL");
    await child.status;
    await drained;
    const before = await files();
    const full = await run("8");
    assert.equal(full.success, false);
    assert.match(new TextDecoder().decode(full.stderr), /File too large|os error 27/);
    const kept = before.filter(([name]) => !String(name).endsWith(".part"));
    const after = await files();
    for (const entry of kept) assert.ok(after.some((other) => String(other) === String(entry)), String(entry));
    assert.ok((await run("unlimited")).success);
    const result = JSON.parse(await Deno.readTextFile(join(folder, "result.json")));
    const whole = await start(join(folder, "whole"), join(folder, "whole.json"));
    await whole.drained;
    await whole.child.status;
    assert.deepEqual(result, JSON.parse(await Deno.readTextFile(join(folder, "whole.json"))));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
