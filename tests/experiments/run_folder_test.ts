import assert from "node:assert/strict";
import { join } from "node:path";
import { createRun, differences, matters, missingCells, openRun, PRESETS, slurm } from "../../lib/experiments/mod.ts";
import { slurmScript } from "../../lib/experiments/slurm.ts";
import { readResults } from "../../lib/experiments/report/results.ts";
import { cellCommand } from "../../lib/experiments/sweep.ts";

const config = PRESETS.facets.config;

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function finishCell(run: string, folder: string, digests: Record<string, string>): Promise<void> {
  await Deno.mkdir(join(run, folder), { recursive: true });
  await Deno.writeTextFile(join(run, folder, "cell.json"), JSON.stringify({ digests }));
}

Deno.test("a run folder is created once and never overwritten", () =>
  withFolder(async (folder) => {
    const out = join(folder, "run");
    const run = await createRun(config, { out });
    const before = await Deno.readTextFile(join(out, "manifest.json"));
    await assert.rejects(createRun(config, { out }), /the folder exists. Continue it with `experiment resume`/);
    assert.equal(await Deno.readTextFile(join(out, "manifest.json")), before);
    assert.deepEqual((await openRun(out)).manifest, JSON.parse(before));
    assert.match(run.manifest.environment.deno, /^\d+\.\d+/);
    assert.equal(run.manifest.environment.packages["onnxruntime-node"], "1.30.0");
  }));

Deno.test("a run of another version, a broken manifest and an empty folder are refused", () =>
  withFolder(async (folder) => {
    await assert.rejects(openRun(folder), /Cannot open a run: .*manifest\.json/s);
    const out = join(folder, "run");
    await createRun(config, { out });
    const manifest = JSON.parse(await Deno.readTextFile(join(out, "manifest.json")));
    await Deno.writeTextFile(join(out, "manifest.json"), JSON.stringify({ ...manifest, version: 99 }));
    await assert.rejects(openRun(out), /Cannot open a run of version 99: this kit reads version 1/);
    await Deno.writeTextFile(join(out, "manifest.json"), "null");
    await assert.rejects(openRun(out), { name: "KitError" });
    await Deno.writeTextFile(join(out, "manifest.json"), "{");
    await assert.rejects(openRun(out), { name: "KitError" });
  }));

Deno.test("a run from before 0.2.0 opens with a note and equals the same run today", () =>
  withFolder(async (folder) => {
    const [old, today] = [join(folder, "old"), await createRun(config, { out: join(folder, "today") })];
    const { path } = await createRun(config, { out: old });
    const manifest = JSON.parse(await Deno.readTextFile(join(path, "manifest.json")));
    const { batchSize, learningRate, weightDecay, loss, inBatch, maxLength, ...rest } = config.train;
    const train = {
      ...rest,
      batch: batchSize,
      learning_rate: learningRate,
      weight_decay: weightDecay,
      temperature: (loss as { temperature?: number }).temperature,
      in_batch: inBatch,
      max_length: maxLength,
    };
    const former = { ...manifest, config: { ...manifest.config, train } };
    await Deno.writeTextFile(join(path, "manifest.json"), JSON.stringify(former));
    const notes: string[] = [];
    const { warn } = console;
    console.warn = (text: string) => void notes.push(text);
    try {
      const run = await openRun(path);
      assert.deepEqual(run.manifest.config, config);
      assert.deepEqual((await differences(run, today)).filter(matters), []);
    } finally {
      console.warn = warn;
    }
    assert.equal(notes.length, 1);
    assert.match(notes[0], /train\.batch is now train\.batchSize.*train\.temperature is now train\.loss\.temperature/);
  }));

Deno.test("missing cells are found, named, and refused by the summary", () =>
  withFolder(async (folder) => {
    const run = await createRun(config, { out: join(folder, "run") });
    assert.equal((await missingCells(run)).length, run.cells.length);
    await finishCell(run.path, run.cells[2].folder, {});
    const missing = await missingCells(run);
    assert.equal(missing.length, run.cells.length - 1);
    assert.ok(!missing.includes(run.cells[2]));
    await assert.rejects(readResults(run), /20 of 21 cells are missing \(no-fine-tuning\/1, random\/1, random\/3/);
  }));

Deno.test("the comparison of two runs lists all differences; only those in results and inputs matter", () =>
  withFolder(async (folder) => {
    const a = await createRun(config, { out: join(folder, "a") });
    const b = await createRun(config, { out: join(folder, "b") });
    await finishCell(a.path, a.cells[0].folder, { scores: "1".repeat(64) });
    await finishCell(b.path, b.cells[0].folder, { scores: "1".repeat(64) });
    assert.deepEqual(await differences(a, b), []);
    const other = { ...b, manifest: { ...b.manifest, environment: { ...b.manifest.environment, deno: "9.9" } } };
    const versions = await differences(a, other);
    assert.deepEqual(versions.map(({ what }) => what), ["environment deno"]);
    assert.ok(!versions.some(matters));
    await finishCell(b.path, b.cells[1].folder, { scores: "2".repeat(64) });
    const found = (await differences(a, b)).filter(matters);
    assert.deepEqual(found, [{ what: "result random/1 scores", first: "absent", second: "2".repeat(16) }]);
  }));

Deno.test("a cell's command names the cell and grants neither network nor subprocesses", () =>
  withFolder(async (folder) => {
    const run = await createRun(config, { out: join(folder, "run") });
    const command = cellCommand(run, run.cells[4]);
    assert.ok(command.includes("5/21"));
    assert.ok(!command.some((part) => /^(-A|--allow-all|--allow-net|--allow-run)/.test(part)), command.join(" "));
    const script = slurmScript(run);
    assert.match(script, /cell .*run --cell "\$\{SLURM_ARRAY_TASK_ID\}\/21"$/m);
    assert.match(script, /#SBATCH --cpus-per-task=1/);
  }));

Deno.test("without Slurm on the machine, --slurm says so", () =>
  withFolder(async (folder) => {
    const path = Deno.env.get("PATH");
    const run = await createRun(config, { out: join(folder, "run") });
    try {
      Deno.env.set("PATH", folder);
      await assert.rejects(slurm(run, { quiet: true }), /Cannot find "sbatch": --slurm needs Slurm's commands/);
    } finally {
      Deno.env.set("PATH", path!);
    }
  }));
