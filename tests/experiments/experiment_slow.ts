import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { smallCollection } from "./small.ts";
import { PRESETS } from "../../lib/experiments/mod.ts";

const ROOT = resolve(import.meta.dirname!, "..", "..");

/** `deno task experiment …` as its user runs it. */
function experiment(...args: string[]): Deno.ChildProcess {
  const command = new Deno.Command("deno", {
    args: ["task", "experiment", ...args],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  return command.spawn();
}

async function ended(child: Deno.ChildProcess): Promise<{ code: number; said: string }> {
  const { code, stdout, stderr } = await child.output();
  return { code, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

/** Two tuned arms, two seeds, one epoch. */
async function smallConfig(folder: string): Promise<string> {
  const { config } = PRESETS.facets;
  const path = join(folder, "small.json");
  await Deno.writeTextFile(
    path,
    JSON.stringify({
      ...config,
      name: "small",
      seeds: 2,
      arms: config.arms.filter(({ name }) => ["no-fine-tuning", "bm25", "hybrid"].includes(name)),
      train: { ...config.train, epochs: 1 },
      statistics: { ...config.statistics, rounds: 1000 },
    }),
  );
  return path;
}

/** Names of the cells that are finished. */
function done(run: string): string[] {
  try {
    return [...Deno.readDirSync(join(run, "cells"))].map(({ name }) => name).filter((name) =>
      !/\.(part|lock)$/.test(name)
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

Deno.test("a killed sweep continues with the missing cells and ends like an undisturbed one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const config = await smallConfig(folder);
    const [whole, killed] = [join(folder, "whole"), join(folder, "killed")];
    const first = await ended(experiment(config, "--out", whole));
    assert.equal(first.code, 0, first.said);
    assert.match(first.said, /no-fine-tuning +0\.\d{4}/);
    assert.match(first.said, /Report: .*whole\/report\.html/);

    const child = experiment(config, "--out", killed, "--jobs", "1");
    while (done(killed).length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    await new Deno.Command("pkill", { args: ["-KILL", "-f", killed] }).output();
    await ended(child);
    const before = done(killed);
    assert.ok(before.length >= 2 && before.length < 5, `${before}`);
    const early = await ended(experiment("report", killed));
    assert.equal(early.code, 1);
    assert.match(early.said, /cells are missing .*Continue it with `experiment resume`/);

    const stamps = before.map((name) => Deno.statSync(join(killed, "cells", name, "cell.json")).mtime!.getTime());
    const resumed = await ended(experiment("resume", killed));
    assert.equal(resumed.code, 0, resumed.said);
    before.forEach((name, i) =>
      assert.equal(
        Deno.statSync(join(killed, "cells", name, "cell.json")).mtime!.getTime(),
        stamps[i],
        `${name} ran again`,
      )
    );
    const compared = await ended(experiment("compare", whole, killed));
    assert.equal(compared.code, 0, compared.said);
    assert.match(compared.said, /Equal: inputs, rankings, scores, training events/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("edits train their arm; a test split that is also dev is measured once, at the end", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const out = join(folder, "run");
    const changed = ["seeds=1", "splits.test=dev", 'arms.bm25.negatives.mix={"edit":2}'].flatMap((
      set,
    ) => ["--set", set]);
    const { code, said } = await ended(experiment(await smallConfig(folder), "--out", out, ...changed));
    assert.equal(code, 0, said);
    const { drawn } = JSON.parse(await Deno.readTextFile(join(out, "cells", "bm25.1", "cell.json")));
    assert.ok(drawn.edit > 1.9, JSON.stringify(drawn));
    assert.match(await Deno.readTextFile(join(out, "report.html")), /The loss is smoothed over steps\./);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("an arm may have only in-batch negatives; a cell refuses a changed collection", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [collection, out] = [join(folder, "collection"), join(folder, "run")];
    const { config } = PRESETS.facets;
    const arms = [config.arms[0], { name: "in-batch", method: "fine-tuned" }];
    await Deno.writeTextFile(
      join(folder, "small.json"),
      JSON.stringify({
        ...{ ...config, collection, seeds: 1, arms, measures: ["Recall@1000"] },
        train: { ...config.train, inBatch: true },
      }),
    );
    await smallCollection(collection);
    const run = ["--out", out, "--set", "train.epochs=1", "--set", "train.inBatch=true"];
    const prepared = await ended(experiment(join(folder, "small.json"), ...run, "--prepare"));
    assert.equal(prepared.code, 0, prepared.said);
    const first = await ended(experiment("cell", out, "--cell", "1/2"));
    assert.match(first.said, /Recall@1000 1\.0000/);
    const qrels = join(collection, "qrels", "test.tsv");
    const text = await Deno.readTextFile(qrels);
    await Deno.writeTextFile(qrels, text.replace(/\t1\n$/, "\t2\n"));
    const refused = await ended(experiment("resume", out));
    assert.equal(refused.code, 1);
    assert.match(refused.said, /Cannot continue the run: its collection has changed since it began/);
    await Deno.writeTextFile(qrels, text);
    const resumed = await ended(experiment("resume", out));
    assert.equal(resumed.code, 0, resumed.said);
    assert.match(resumed.said, /in-batch .*trained with one seed/s);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("bad runs are refused in one line and leave or overwrite nothing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const out = join(folder, "run");
    const WRONG: [string[], number, RegExp][] = [
      [["papr"], 1, /Unknown preset "papr": did you mean "paper"\?/],
      [["--set", "train.epoch=2"], 1, /Unknown key "train\.epoch": did you mean "epochs"\?/],
      [["--sed", "2"], 2, /Unknown option --sed: did you mean .*"seeds"/],
      [["--jobs", "0"], 1, /--jobs must be an integer >= 1/],
      [["resume", join(folder, "none")], 1, /Cannot open a run/],
      [["--set", "collection=facet", "--out", out], 1, /facet/],
      [["--set", "learningRate=1"], 1, /Unknown key "learningRate"/],
    ];
    for (const [args, code, message] of WRONG) {
      const result = await ended(experiment(...args));
      assert.equal(result.code, code, `${args}: ${result.said}`);
      assert.match(result.said, message);
      assert.doesNotMatch(result.said, /at .*\.ts:\d+/, `${args}: a stack is shown`);
    }
    await Deno.mkdir(out, { recursive: true });
    await Deno.writeTextFile(join(out, "mine.txt"), "mine");
    const there = await ended(experiment("--out", out));
    assert.equal(there.code, 1);
    assert.match(there.said, /the folder exists/);
    assert.deepEqual([...Deno.readDirSync(out)].map(({ name }) => name), ["mine.txt"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
