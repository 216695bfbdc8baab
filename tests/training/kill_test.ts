import assert from "node:assert/strict";
import { join } from "node:path";
import { killTrainings, start } from "./kill.ts";

Deno.test("a training killed at three random moments ends with the same bits and events", () => killTrainings(3));

Deno.test("a full disk leaves earlier checkpoints unchanged", async () => {
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
    const kept = before.filter(([name]) => !/\.(part|lock)$/.test(String(name)));
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
