import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { slurmCluster } from "./slurm_cluster.ts";

const ROOT = resolve(import.meta.dirname!, "..", "..");

/** Two arms, two seeds, a few steps: enough to go through every part. */
const SMALL = [
  "--seeds",
  "2",
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
    const { code, stdout, stderr } = await new Deno.Command("deno", {
      args: ["task", "experiment", "facets", "--slurm", "--out", out, ...SMALL],
      cwd: ROOT,
      env: { SLURM_CONF: cluster.conf },
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.equal(code, 0, said);
    assert.match(said, /Slurm job \d+/);
    const summary = JSON.parse(await Deno.readTextFile(join(out, "summary.json")));
    assert.equal(summary.arms.length, 6);
    const logs = [...Deno.readDirSync(join(out, "slurm"))].map(({ name }) => name).filter((name) =>
      /^\d+\.log$/.test(name)
    );
    assert.equal(logs.length, 11);
    assert.match(await Deno.readTextFile(join(out, "slurm", "2.log")), /random: nDCG@10 0\.\d+/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
