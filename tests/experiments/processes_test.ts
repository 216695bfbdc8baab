import assert from "node:assert/strict";
import { join } from "node:path";
import { createRun, prepare, slurm, sweep } from "../../lib/experiments/mod.ts";
import { slurmScript } from "../../lib/experiments/slurm.ts";
import { ROOT, smallCollection, smallConfig, withFolder } from "./small.ts";

/** `deno task experiment …` without the task around it, so that its pid is the command's. */
function experiment(...args: string[]): Deno.ChildProcess {
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  return new Deno.Command(Deno.execPath(), {
    args: [...tasks.experiment.command.split(" ").slice(1), ...args],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
}

async function ended(child: Deno.ChildProcess): Promise<{ code: number; said: string; errors: string }> {
  const { code, stdout, stderr } = await child.output();
  const errors = new TextDecoder().decode(stderr);
  return { code, errors, said: new TextDecoder().decode(stdout) + errors };
}

/** Waits until `test` holds. */
async function until(test: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (test()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`waited 30 s for ${what}`);
}

const there = (path: string) => {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
};

/** What a program prints. */
function printed(program: string, ...args: string[]): string {
  return new TextDecoder().decode(new Deno.Command(program, { args, stderr: "null" }).outputSync().stdout);
}

/** Pids of processes that run cells of a run. */
function cellsOf(run: string): number[] {
  return printed("pgrep", "-f", ` cell ${run} --cell`).trim().split("\n").filter(Boolean).map(Number);
}

/** A configuration file: several cells, each of a second or two. */
async function configured(folder: string): Promise<{ file: string; out: string }> {
  const collection = join(folder, "collection");
  await smallCollection(collection);
  const file = join(folder, "config.json");
  await Deno.writeTextFile(file, JSON.stringify(smallConfig(collection, ["seeds=2", "train.epochs=60"])));
  return { file, out: join(folder, "run") };
}

Deno.test("a second resume names the first; after kill -9, the next one waits for running cells and finishes", {
  ignore: Deno.build.os !== "linux",
}, () =>
  withFolder(async (folder) => {
    const { file, out } = await configured(folder);
    const first = experiment(file, "--out", out, "--jobs", "1");
    await until(() => cellsOf(out).length > 0, "a cell");
    for (const args of [["resume", out], ["report", out], ["resume", out, "--slurm"]]) {
      const second = await ended(experiment(...args));
      assert.equal(second.code, 1, second.said);
      assert.match(
        second.errors,
        new RegExp(`^experiment: Cannot .*: process ${first.pid} on \\S+ \\(since .*run\\.lock`),
      );
      assert.equal(second.errors.trim().split("\n").length, 1, second.errors);
    }
    await until(() => cellsOf(out).length > 0, "a cell");
    const [orphan] = cellsOf(out);
    first.kill("SIGKILL");
    await ended(first);
    const index = Number(/--cell\0(\d+)\//.exec(printed("cat", `/proc/${orphan}/cmdline`))![1]);
    const twice = await ended(experiment("cell", out, "--cell", `${index}/3`));
    assert.equal(twice.code, 1, twice.said);
    assert.match(twice.errors, new RegExp(`^experiment: Cannot run cell .*: process ${orphan} on \\S+ .* does so`));
    const resumed = await ended(experiment("resume", out));
    assert.equal(resumed.code, 0, resumed.said);
    assert.match(resumed.said, /Report: /);
    assert.deepEqual([...Deno.readDirSync(join(out, "cells"))].map(({ name }) => name).sort(), [
      "bm25.1",
      "bm25.2",
      "no-fine-tuning.1",
    ]);
    assert.ok(!there(join(out, "run.lock")));
  }));

Deno.test("two processes start the same run: one creates it, the other gets an error", () =>
  withFolder(async (folder) => {
    const collection = join(folder, "collection");
    await smallCollection(collection);
    const out = join(folder, "run");
    const ends = await Promise.allSettled([1, 2, 3].map(() => createRun(smallConfig(collection), { out })));
    assert.equal(ends.filter(({ status }) => status === "fulfilled").length, 1);
    for (const end of ends) {
      if (end.status === "rejected") assert.match(String(end.reason), /^KitError: .*(exists)/);
    }
  }));

/** Secrets by names that no list could know, and by names close to those that are passed on. */
const SECRETS = [
  "OPENAI_API_KEY",
  "HF_TOKEN",
  "AWS_SECRET_ACCESS_KEY",
  "X9",
  "PATH2",
  "HOME_TOKEN",
  "LC_SECRET",
  "path",
  "DENO_AUTH_TOKENS",
  "NPM_TOKEN",
  "DENO_DIR_KEY",
  "SLURM_TOKEN_OF_MINE",
  "TMPDIR_",
  "é",
];
const SECRET = "sk-never-to-be-seen";

async function withSecrets(work: () => Promise<void>): Promise<void> {
  for (const name of SECRETS) Deno.env.set(name, SECRET);
  try {
    await work();
  } finally {
    for (const name of SECRETS) Deno.env.delete(name);
  }
}

/** A program of that name that writes its environment to a file, first in the path. */
async function withProgram(folder: string, name: string, script: string, work: () => Promise<void>): Promise<void> {
  const path = Deno.env.get("PATH")!;
  await Deno.mkdir(join(folder, "bin"), { recursive: true });
  await Deno.writeTextFile(join(folder, "bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  Deno.env.set("PATH", `${join(folder, "bin")}:${path}`);
  try {
    await work();
  } finally {
    Deno.env.set("PATH", path);
  }
}

Deno.test("a cell's process gets no variable with a secret, whatever its name", {
  ignore: Deno.build.os === "windows",
}, () =>
  withFolder(async (folder) => {
    const collection = join(folder, "collection");
    await smallCollection(collection);
    const run = await createRun(smallConfig(collection), { out: join(folder, "run") });
    const found = join(folder, "environment");
    await withSecrets(() =>
      withProgram(folder, "deno", `env >> ${found}; exit 3`, async () => {
        await assert.rejects(sweep(run, { quiet: true, jobs: 1 }), /cells failed: .*exit code 3/s);
      })
    );
    const environment = await Deno.readTextFile(found);
    assert.match(environment, /^PATH=/m);
    assert.match(environment, /^HOME=/m);
    assert.ok(!environment.includes(SECRET), environment);
    const allowed =
      /^(PATH|HOME|USER|LOGNAME|TMPDIR|TMP|TEMP|TZ|LANG|LANGUAGE|LC_ALL|LC_CTYPE|DENO_DIR|XDG_CACHE_HOME|NO_COLOR|LD_LIBRARY_PATH|PWD|OLDPWD|SHLVL|_)=/;
    for (const line of environment.trim().split("\n")) assert.match(line, allowed);
  }));

Deno.test("a real cell runs in that environment without any of the secrets", {
  ignore: Deno.build.os !== "linux",
}, () =>
  withFolder(async (folder) => {
    const { file, out } = await configured(folder);
    await withSecrets(async () => {
      const child = experiment(file, "--out", out, "--jobs", "1");
      await until(() => cellsOf(out).length > 0, "a cell");
      const environment = printed("cat", `/proc/${cellsOf(out)[0]}/environ`);
      assert.ok(environment.length > 0 && !environment.includes(SECRET), environment);
      const { code, said } = await ended(child);
      assert.equal(code, 0, said);
    });
  }));

Deno.test("a Slurm job gets the same variables by name, on the command line and in the script", {
  ignore: Deno.build.os === "windows",
}, () =>
  withFolder(async (folder) => {
    const collection = join(folder, "collection");
    await smallCollection(collection);
    const run = await createRun(smallConfig(collection), { out: join(folder, "run") });
    const found = join(folder, "arguments");
    await withSecrets(() =>
      withProgram(folder, "sbatch", `printf '%s\\n' "$@" > ${found}; exit 1`, async () => {
        await assert.rejects(slurm(run, { quiet: true, sbatch: ["--partition=cpu"] }), /Cannot run sbatch/);
        const script = await Deno.readTextFile(join(run.path, "slurm", "cells.sh"));
        const line = /^#SBATCH --export=(.*)$/m.exec(script)![1];
        for (const name of SECRETS) assert.ok(!line.split(",").includes(name), name);
        assert.ok(line.split(",").includes("PATH"));
        assert.ok(!/ALL|NIL/.test(line.replace("LC_ALL", "")));
        const args = (await Deno.readTextFile(found)).trim().split("\n");
        assert.ok(args.includes(`--export=${line}`), args.join(" "));
        // What its user says comes later, and so counts.
        assert.ok(args.indexOf("--partition=cpu") > args.indexOf(`--export=${line}`));
        assert.equal(slurmScript(run), script);
      })
    );
  }));

/** Mounts something for the length of `work`; says so and does nothing where that is not allowed. */
async function mounted(folder: string, options: string[], work: (mount: string) => Promise<void>): Promise<void> {
  const mount = join(folder, "mount");
  await Deno.mkdir(mount);
  const { code } = await new Deno.Command("mount", { args: [...options, "tmpfs", mount], stderr: "null" }).output()
    .catch(() => ({ code: 1 }));
  if (code !== 0) return console.log("skipped: this user may not mount");
  try {
    await work(mount);
  } finally {
    await new Deno.Command("umount", { args: ["-l", mount] }).output();
  }
}

const ONE_LINE = /^(KitError|ArgumentError): [^\n]+$/;

Deno.test("a run folder that cannot be created is one clear error and leaves nothing", () =>
  withFolder(async (folder) => {
    const collection = join(folder, "collection");
    await smallCollection(collection);
    const config = smallConfig(collection);
    const file = join(folder, "file");
    await Deno.writeTextFile(file, "mine");
    const CASES: [string, RegExp][] = [
      [file, /a file of this name exists/],
      [join(file, "run"), /Cannot make a run folder: (File exists|Not a directory).*\/file/],
      ["/proc/run", /Cannot (make a run folder|look for)/],
      ["/proc/1/run", /Cannot (make a run folder|look for)/],
      ["/dev/null/run", /Cannot (make a run folder|look for)/],
      [join(folder, "a\0b"), /NUL/],
      [join(folder, "x".repeat(5000)), /its path is too long \(\d+ letters/],
      [join(folder, "x".repeat(300)), /its path is too long/],
      [`${"y".repeat(200)}/`.repeat(25), /its path is too long/],
      ["", /path is empty|folder exists/],
      [" ", /path is empty|folder exists/],
    ];
    for (const [out, message] of CASES) {
      await assert.rejects(createRun(config, { out }), (error: Error) => {
        assert.match(String(error), ONE_LINE, JSON.stringify(out.slice(0, 40)));
        assert.match(error.message, message);
        assert.ok(error.message.length < 600, `${error.message.length} letters`);
        return true;
      });
    }
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["collection", "file"]);
    assert.equal(await Deno.readTextFile(file), "mine");
  }));

Deno.test("a read-only folder and a full disk are one clear error each in the command", {
  ignore: Deno.build.os !== "linux",
}, () =>
  withFolder(async (folder) => {
    const collection = join(folder, "collection");
    await smallCollection(collection);
    const file = join(folder, "config.json");
    await Deno.writeTextFile(file, JSON.stringify(smallConfig(collection)));
    const refused = async (out: string, message: RegExp) => {
      const { code, errors } = await ended(experiment(file, "--out", out));
      const last = errors.split("\n").filter((line) => line.startsWith("experiment: ")).join("\n");
      assert.equal(code, 1, errors);
      assert.match(last, message);
      assert.doesNotMatch(errors, /^ +at .*\.ts:\d+/m);
    };
    await mounted(folder, ["-t", "tmpfs", "-o", "ro"], async (mount) => {
      await refused(join(mount, "run"), /^experiment: Cannot make a run folder: Read-only file system/);
    });
    await Deno.remove(join(folder, "mount"));
    await mounted(folder, ["-t", "tmpfs", "-o", "size=4k,nr_inodes=3"], async (mount) => {
      await refused(join(mount, "run"), /^experiment: Cannot (make a run folder|write): .*No space left/);
      assert.deepEqual([...Deno.readDirSync(mount)], []);
    });
    await Deno.remove(join(folder, "mount"));
    await mounted(folder, ["-t", "tmpfs", "-o", "size=64k"], async (mount) => {
      // Room for the manifest, none for the candidates: what is there can be resumed elsewhere.
      await refused(join(mount, "run"), /No space left/);
      assert.ok(there(join(mount, "run", "manifest.json")));
    });
  }));

Deno.test("a source without candidates is refused with counts and leaves no run folder", () =>
  withFolder(async (folder) => {
    const collection = join(folder, "collection");
    await smallCollection(collection);
    const file = join(folder, "config.json");
    const out = join(folder, "run");
    const CASES: [string[], RegExp][] = [
      // There are 120 documents.
      [
        ["mining.depth=200", "mining.from=150"],
        /^experiment: Arm "bm25": Cannot train: bm25 negatives are asked for, and the table of \d+ rows has none that is kept/m,
      ],
      [
        ["mining.margin=1", "train.inBatch=false", 'arms.bm25.negatives.mix={"dense":2}'],
        /^experiment: Arm "bm25": Cannot train: (dense negatives are asked for|in-batch negatives are off)/m,
      ],
      [
        ["train.batchSize=1", "arms.bm25.negatives.mix.bm25=0"],
        /^experiment: Arm "bm25": Cannot train on batches of one query/m,
      ],
    ];
    for (const [settings, message] of CASES) {
      await Deno.writeTextFile(file, JSON.stringify(smallConfig(collection, settings)));
      for (const more of [[], ["--prepare"]]) {
        const { code, errors } = await ended(experiment(file, "--out", out, ...more));
        assert.equal(code, 1, errors);
        assert.match(errors, message);
        assert.ok(!there(out), "a run folder is left");
      }
    }
  }));

Deno.test("two processes prepare one run: one works, the other learns which", () =>
  withFolder(async (folder) => {
    const collection = join(folder, "collection");
    await smallCollection(collection);
    const run = await createRun(smallConfig(collection), { out: join(folder, "run") });
    const ends = await Promise.allSettled([prepare(run, { quiet: true }), prepare(run, { quiet: true })]);
    const failed = ends.filter((end) => end.status === "rejected");
    assert.equal(failed.length, 1);
    assert.match(String(failed[0].reason), /^KitError: Cannot prepare the run: this process \(since/);
  }));
