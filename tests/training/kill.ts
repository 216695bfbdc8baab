import assert from "node:assert/strict";
import { join } from "node:path";
import { random } from "../../lib/core/random.ts";

/** Starts a training in a child process; resolves once it has said something. */
export async function start(folder: string, result: string) {
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

/** Kills trainings at `count` random moments, and compares where they end with one that nobody disturbed. */
export async function killTrainings(count: number): Promise<void> {
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
    for (let run = 0; kills < count; run++) {
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
    assert.ok(resumed >= count / 2, `${resumed} of ${kills} killed runs went on from a checkpoint`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
