import assert from "node:assert/strict";
import { join } from "node:path";
import { createRun } from "../../lib/experiments/mod.ts";
import { ROOT, smallCollection, smallConfig, withFolder } from "../experiments/small.ts";

async function experiment(path: string, ...args: string[]): Promise<{ code: number; said: string; errors: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", "experiment", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", PATH: path },
  }).output();
  const errors = new TextDecoder().decode(stderr);
  return { code, errors, said: new TextDecoder().decode(stdout) + errors };
}

Deno.test("an experiment without --slurm says nothing of Slurm's programs, with it it may run them", {
  ignore: Deno.build.os === "windows",
}, () =>
  withFolder(async (folder) => {
    // A PATH with this Deno, and with none of Slurm's programs until one is added.
    const bin = join(folder, "bin");
    await Deno.mkdir(bin);
    await Deno.writeTextFile(join(bin, "deno"), `#!/bin/sh\nexec "${Deno.execPath()}" "$@"\n`, { mode: 0o755 });
    const path = `${bin}:/usr/local/sbin-of-nobody`;
    const plain = await experiment(`${path}:/bin`, "list");
    assert.deepEqual([plain.code, plain.errors], [0, ""]);
    const collection = join(folder, "collection");
    await smallCollection(collection);
    const run = await createRun(smallConfig(collection), { out: join(folder, "run") });
    for (const name of ["sbatch", "squeue", "scancel"]) {
      await Deno.writeTextFile(join(bin, name), "#!/bin/sh\necho no cluster here >&2\nexit 1\n", { mode: 0o755 });
    }
    const sent = await experiment(`${path}:/bin`, "resume", run.path, "--slurm");
    assert.equal(sent.code, 1, sent.said);
    assert.match(sent.said, /experiment: Cannot run sbatch .*: no cluster here/);
  }));
