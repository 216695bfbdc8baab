import assert from "node:assert/strict";
import { join } from "node:path";
import { checkConfig, openRun, searchSettings, startRun, trialConfig } from "../../lib/experiments/mod.ts";
import type { CellReport } from "../../lib/experiments/mod.ts";
import { smallCollection, smallConfig, withFolder } from "./small.ts";

Deno.test("trials are every combination of the values, for every fine-tuned arm, on dev alone", () => {
  const config = checkConfig({
    arms: { none: null, a: { dense: 2 }, b: { bm25: 2, train: { epochs: 9 } } },
    keep: "all",
  });
  const over = ["train.learningRate=0.1,0.2", "train.loss=infoNCE,triplet", "arms.a.sampler=top"];
  const search = trialConfig(config, { over, budget: 8 });
  assert.deepEqual(search.trials!.trials.map(({ settings }) => settings.join(" ")), [
    "train.learningRate=0.1 train.loss=infoNCE arms.a.sampler=top",
    "train.learningRate=0.1 train.loss=triplet arms.a.sampler=top",
    "train.learningRate=0.2 train.loss=infoNCE arms.a.sampler=top",
    "train.learningRate=0.2 train.loss=triplet arms.a.sampler=top",
  ]);
  assert.deepEqual(search.arms.map(({ name }) => name).slice(0, 4), ["a.t1", "b.t1", "a.t2", "b.t2"]);
  const [, , a2, b2] = search.arms;
  assert.deepEqual([a2.train!.learningRate, a2.train!.loss, a2.negatives!.sampler], [0.1, "triplet", "top"]);
  assert.deepEqual([b2.train!.epochs, b2.train!.loss, b2.negatives!.sampler], [9, "triplet", undefined]);
  assert.deepEqual([search.splits.test, search.keep, search.seeds], ["dev", "none", 3]);
  assert.deepEqual(checkConfig(search), search);
  const refused = (over: string[], budget: number, message: RegExp) =>
    assert.throws(() => trialConfig(config, { over, budget }), message);
  refused(["mining.depth=10,20"], 40, /must be path=values with a path of train or arms/);
  refused(["train.maxLength=64,128"], 40, /other settings are the same for all arms/);
  refused(["train.epochs"], 40, /must be path=values/);
  refused(["train.epochs="], 40, /it has no value/);
  refused([], 40, /none is named; use --over/);
  refused(["train.epochs=1,2,3"], 5, /budget must be an integer >= 6, a cell for each of 3 trials and 2 arms; found 5/);
  refused(["train.epochs=0,1"], 40, /train\.epochs must be an integer >= 1, found 0/);
});

Deno.test("lists and objects are one value", () => {
  const config = checkConfig({ arms: { none: null, a: { dense: 2 } } });
  const over = ['arms.a.filters=["near-duplicate"],[]', 'train.loss={"name":"infoNCE","temperature":0.1},triplet'];
  assert.equal(trialConfig(config, { over, budget: 4 }).trials!.trials.length, 4);
});

Deno.test("a search halves its trials by dev, keeps to the budget, and resumes without running a cell again", () =>
  withFolder(async (folder) => {
    const collection = join(folder, "collection");
    await smallCollection(collection);
    // Rates so different that the order on dev is certain.
    const over = ["train.learningRate=0.000001,0.01,0.02,0.000002"];
    const config = trialConfig(smallConfig(collection), { over, budget: 7 });
    const run = await startRun(config, { out: join(folder, "run"), jobs: 2, quiet: true });
    const found = await searchSettings(run, { jobs: 2, quiet: true });
    assert.deepEqual([found.cells, found.measure], [7, "nDCG@10"]);
    assert.deepEqual(found.trials.map(({ seeds }) => seeds), [3, 2, 1, 1]);
    assert.deepEqual(found.trials.map(({ dropped }) => dropped), [undefined, 2, 1, 1]);
    // The result is what a plain sort of the cells gives, round by round.
    const value = async (trial: number, seed: number) => {
      const file = join(run.path, "cells", `bm25.t${trial + 1}.${seed + 1}`, "cell.json");
      const report: CellReport = JSON.parse(await Deno.readTextFile(file));
      return report.values["nDCG@10"];
    };
    const first = await Promise.all([0, 1, 2, 3].map((trial) => value(trial, 0)));
    const best = [0, 1, 2, 3].sort((a, b) => first[b] - first[a]).slice(0, 2);
    const settings = config.trials!.trials.map(({ settings }) => settings);
    assert.deepEqual(
      new Set(found.trials.slice(0, 2).map((t) => t.settings.join())),
      new Set(best.map((t) => settings[t].join())),
    );
    const times = await stamps(run.path);
    const again = await searchSettings(await openRun(run.path), { jobs: 2, quiet: true });
    assert.deepEqual(again.trials, found.trials);
    assert.deepEqual(await stamps(run.path), times, "no cell ran again");
  }));

async function stamps(run: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for await (const { name } of Deno.readDir(join(run, "cells"))) {
    if (name.endsWith(".lock")) continue;
    found[name] = (await Deno.stat(join(run, "cells", name, "cell.json"))).mtime!.getTime();
  }
  return found;
}

Deno.test("a run that is no search is refused", () =>
  withFolder(async (folder) => {
    const collection = join(folder, "collection");
    await smallCollection(collection);
    const run = await startRun(smallConfig(collection), { out: join(folder, "run"), jobs: 2, quiet: true });
    await assert.rejects(searchSettings(run), /the run is no search/);
  }));
