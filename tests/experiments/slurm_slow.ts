import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { slurmCluster } from "./slurm_cluster.ts";

const ROOT = resolve(import.meta.dirname!, "..", "..");

/** Six arms, four seeds, a few steps: 21 cells. */
const SMALL = [
  "--seeds",
  "4",
  "--set",
  "train.epochs=1",
  "--set",
  "statistics.rounds=1000",
  "--set",
  "mining.depth=10",
];

Deno.test("--slurm submits the cells as a job array and gathers the results", async () => {
  const cluster = await slurmCluster();
  if (typeof cluster === "string") return console.log(`skipped: ${cluster}`);
  await using _ = cluster;
  const folder = await Deno.makeTempDir();
  try {
    const out = join(folder, "run");
    const experiment = async (...args: string[]) => {
      const { code, stdout, stderr } = await new Deno.Command("deno", {
        args: ["task", "experiment", ...args],
        cwd: ROOT,
        env: { SLURM_CONF: cluster.conf },
      }).output();
      const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      assert.equal(code, 0, said);
      return said;
    };
    assert.match(await experiment("facets", "--slurm", "--out", out, ...SMALL), /Slurm job \d+/);
    const summary = JSON.parse(await Deno.readTextFile(join(out, "summary.json")));
    assert.equal(summary.arms.length, 6);
    const logs = [...Deno.readDirSync(join(out, "slurm"))].map(({ name }) => name).filter((name) =>
      /^\d+\.log$/.test(name)
    );
    assert.equal(logs.length, 21);
    assert.match(await Deno.readTextFile(join(out, "slurm", "2.log")), /random: nDCG@10 0\.\d+/);
    // A cell that is missing goes through Slurm, too, and comes out as before.
    const cell = join(out, "cells", "random.1");
    const before = JSON.parse(await Deno.readTextFile(join(cell, "cell.json"))).digests;
    await Deno.remove(cell, { recursive: true });
    assert.match(await experiment("resume", out, "--slurm"), /Slurm job \d+: 1\/1 cells/);
    assert.deepEqual(JSON.parse(await Deno.readTextFile(join(cell, "cell.json"))).digests, before);
    // Each round of a search is a job array.
    const over = ["--over", "train.learningRate=0.01,0.03", "--arms", "dense", "--set", "train.epochs=1"];
    const search = await experiment(
      "sweep",
      "facets",
      ...over,
      "--budget",
      "3",
      "--slurm",
      "--out",
      join(folder, "search"),
    );
    assert.match(search, /Slurm job \d+: 2\/2 cells/);
    assert.match(search, /3 cells were run.*\nBEST --set train\.learningRate=0\.0[13]/s);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
