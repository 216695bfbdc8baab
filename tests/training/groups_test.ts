import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { captureCommand } from "../support/capture_command.ts";
import { trainCommand } from "../../lib/cli/train.ts";
import {
  type Collection,
  evaluateEncoder,
  joinCollections,
  joinNegatives,
  loadCollection,
  loadEncoder,
  means,
  mine,
  tableOf,
  train,
} from "../../mod.ts";
import { evaluateCollections } from "../../lib/evaluation/mod.ts";
import { NEGATIVES } from "../../lib/tables/mod.ts";
import { TrainingPlan } from "../../lib/training/batches/training_plan.ts";
import { apportioned } from "../../lib/training/batches/grouped_batches.ts";
import { settingsOf } from "../../lib/training/train_settings.ts";

const language = async (name: string): Promise<Collection> => {
  const loaded = await loadCollection(fileURLToPath(new URL(`../fixtures/languages/${name}`, import.meta.url)));
  return { ...loaded, qrels: { train: loaded.qrels.test, test: loaded.qrels.test } };
};
const facets = await loadCollection("facets");
const [de, zh] = [await language("de"), await language("zh")];
const encoder = await loadEncoder("built-in");

Deno.test("joined collections hold every row under a name of its own", () => {
  const both = joinCollections({ de, zh });
  assert.deepEqual([both.corpus.length, both.queries.length, both.qrels.train.length], [120, 120, 120]);
  assert.deepEqual(both.corpus.row(60), { ...zh.corpus.row(0), id: "zh/zh01", metadata: '{"collection":"zh"}' });
  assert.deepEqual(both.qrels.test.row(61), { query_id: "zh/q02", doc_id: "zh/zh02", grade: 1 });
  assert.equal(
    JSON.parse(joinCollections({ facets }).queries.row(0).metadata!).facet,
    JSON.parse(facets.queries.row(0).metadata!).facet,
  );
  const negatives = tableOf(NEGATIVES, [
    { query_id: "q01", doc_id: "de02", source: "bm25", verdict: "kept" },
    { query_id: "q01", text: "Ein Text.", source: "synthetic", verdict: "kept" },
  ]);
  const rows = [...joinNegatives({ de: negatives }).rows()];
  assert.deepEqual(rows.map(({ query_id, doc_id, text }) => [query_id, doc_id, text]), [
    ["de/q01", "de/de02", null],
    ["de/q01", null, "Ein Text."],
  ]);
  assert.throws(() => joinCollections({}), /no collection is given/);
  assert.throws(() => joinCollections({ "a/b": de }), /named "a\/b": wanted a name without a slash/);
});

Deno.test("batches are shared out by a^(1 / temperature), whole, and as many as without", () => {
  assert.deepEqual(apportioned([50, 4, 1], 1), [50, 4, 1]);
  // 64 and 4 batches: roots 8 and 2, so 4/5 and 1/5 of 68.
  assert.deepEqual(apportioned([64, 4], 2), [54, 14]);
  assert.deepEqual(apportioned([30, 3, 3], 1e9), [12, 12, 12]);
  assert.deepEqual(apportioned([100, 1, 1], 1), [100, 1, 1]);
  for (let most = 1; most < 40; most++) {
    for (const temperature of [1, 1.5, 3, 20]) {
      const found = apportioned([most, 2, 7], temperature);
      assert.equal(found.reduce((a, b) => a + b), most + 9);
      assert.ok(found.every((count) => count >= 1));
    }
  }
});

/** Batches of some epochs with the collection of each. */
function planned(temperature: number | undefined, epochs: number) {
  const collection = joinCollections({ facets, de, zh });
  const settings = settingsOf({ collection, groups: { field: "collection", temperature }, batchSize: 16, epochs });
  const plan = new TrainingPlan(encoder, settings);
  const found = Array.from({ length: epochs }, (_, epoch) => plan.batches(epoch));
  assert.equal(plan.steps, found.flat().length);
  return found.map((batches) =>
    batches.map((ids) => {
      const groups = new Set(ids.map((id) => id.split("/")[0]));
      assert.equal(groups.size, 1, "a batch is of one collection");
      return { group: [...groups][0], ids };
    })
  );
}

Deno.test("a batch is of one collection; temperature 1 gives every query one place", () => {
  const [first, second] = planned(undefined, 2);
  for (const epoch of [first, second]) {
    const ids = epoch.flatMap((batch) => batch.ids);
    assert.equal(ids.length, 816 + 60 + 60);
    assert.equal(new Set(ids).size, ids.length);
  }
  assert.notDeepEqual(first, second);
  const order = first.map(({ group }) => group);
  assert.ok(order.lastIndexOf("facets") > order.indexOf("de"), "collections alternate");
});

Deno.test("a higher temperature draws small collections more often, and only their queries repeatedly", () => {
  // 51, 4 and 4 batches at temperature 2.
  const roots = [51, 4, 4].map(Math.sqrt);
  const total = roots.reduce((a, b) => a + b);
  for (const epoch of planned(2, 2)) {
    assert.equal(epoch.length, 59);
    for (const [i, group] of ["facets", "de", "zh"].entries()) {
      const own = epoch.filter((batch) => batch.group === group);
      assert.ok(Math.abs(own.length - 59 * roots[i] / total) <= 1, `${own.length} of ${group}`);
      const ids = own.flatMap((batch) => batch.ids);
      if (group === "facets") assert.equal(new Set(ids).size, ids.length);
      else assert.ok(new Set(ids).size === 60 && ids.length > 60);
    }
  }
});

Deno.test("training on two collections: options that make no sense are refused, a resumed run must have the same groups", async () => {
  const collection = joinCollections({ de, zh });
  const folder = await Deno.makeTempDir();
  const run = async (groups: object | undefined, resume = false) => {
    const own = await loadEncoder("built-in");
    for await (
      const _ of train(own, { collection, groups: groups as never, batchSize: 20, folder, resume, learningRate: 1e-3 })
    ) { /* all */ }
    const weights = own.fingerprint("query");
    await own.dispose();
    return weights;
  };
  try {
    const grouped = await run({ field: "collection" });
    await assert.rejects(run({ field: "collection", temperature: 2 }, true), /groups/);
    await Deno.remove(folder, { recursive: true });
    assert.notEqual(await run(undefined), grouped, "groups change the batches");
    await assert.rejects(run({ field: "colection" }), /Cannot group queries by "colection": none of their metadata/);
    await assert.rejects(
      run({ field: "collection", temperature: 0.5 }),
      /temperature must be a number >= 1, found 0.5/,
    );
    await assert.rejects(run({ name: "collection" }), /groups has no option "name"/);
    await assert.rejects(run({}), /groups needs a field/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the measure is given for each collection, searched by itself, and as their mean", async () => {
  const found = await evaluateCollections(encoder, { de, zh }, { split: "test", measure: "MRR@10" });
  const own = async (collection: Collection) =>
    means((await evaluateEncoder(encoder, collection, { measures: ["MRR@10"] })).scores).get("MRR@10")!;
  const [x, y] = [await own(de), await own(zh)];
  assert.deepEqual(found, { "MRR@10": (x + y) / 2, "MRR@10:de": x, "MRR@10:zh": y });
});

Deno.test("train takes several collections, each with its negatives, and reports the measure of each", async () => {
  const folder = await Deno.makeTempDir();
  const run = (...args: string[]) => captureCommand(trainCommand, ...args);
  try {
    const german = join(folder, "de");
    await Deno.mkdir(join(german, "qrels"), { recursive: true });
    const source = fileURLToPath(new URL("../fixtures/languages/de", import.meta.url));
    for (const name of ["corpus.jsonl", "queries.jsonl"]) await Deno.copyFile(join(source, name), join(german, name));
    for (const split of ["train", "dev"]) {
      await Deno.copyFile(join(source, "qrels/test.tsv"), join(german, `qrels/${split}.tsv`));
    }
    const files = [join(folder, "f.arrow"), join(folder, "g.arrow")];
    const { writeTable } = await import("../../lib/files/mod.ts");
    await writeTable(files[0], await mine(facets, { source: "random", depth: 3 }));
    await writeTable(files[1], await mine(await loadCollection(german), { source: "bm25", depth: 3 }));
    const common = ["facets", german, "--in-batch", "--steps", "4", "--evaluate", "dev", "--evaluate-every", "4"];
    const done = await run(...common, "--negatives", files[0], "--negatives", files[1], "--out", join(folder, "run"));
    assert.equal(done.code, 0, done.text);
    assert.match(done.out, /^step 4: nDCG@10 0\.\d+, nDCG@10:facets 0\.\d+, nDCG@10:de 0\.\d+/m);
    const one = await run(...common, "--negatives", files[0], "--out", join(folder, "other"));
    assert.match(one.errors, /--negatives must be given once per collection \(2\), found 1/);
    const same = await run("facets", "facets", "--out", join(folder, "other"));
    assert.match(same.errors, /two collections named "facets"/);
    const single = await run("facets", "--collection-temperature", "2", "--out", join(folder, "other"));
    assert.match(single.errors, /--collection-temperature needs several collections/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
