import assert from "node:assert/strict";
import { join } from "node:path";
import { loadCollection } from "../../lib/collections/mod.ts";
import { loadCrossEncoder, loadEncoder } from "../../lib/encoders/mod.ts";
import { compareArms, holm } from "../../lib/evaluation/mod.ts";
import { checkConfig, type ConfigInput, runExperiment, type RunSummary, verdict } from "../../lib/experiments/mod.ts";
import { readTable, writeTable } from "../../lib/files/mod.ts";
import {
  generate,
  importRecordings,
  openLedger,
  promptInputs,
  readRecordings,
  recipeOf,
} from "../../lib/generators/mod.ts";
import type { ModelRecipe } from "../../lib/generators/mod.ts";
import { exportNegatives, mine } from "../../lib/negatives/mod.ts";
import { NEGATIVES, SCORES } from "../../lib/tables/mod.ts";
import { crossEncoderFolder } from "../encoders/cross_encoder_fixture.ts";
import { ROOT, smallCollection, withFolder } from "./small.ts";

/** A tiny cross-encoder with seeded weights. */
const { folder: CROSS } = await crossEncoderFolder("bert");

/** One seed and epoch of a few arms on a small collection. */
async function run(out: string, input: ConfigInput) {
  const config = checkConfig({
    ...{ name: "reach", seeds: 1, mining: { depth: 5 }, statistics: { rounds: 1000 } },
    ...input,
    train: { epochs: 1, ...input.train },
  });
  return await runExperiment(config, { out, jobs: 2, quiet: true });
}

const names = async (folder: string) => (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();

Deno.test("arms reach imported candidates, guides, teachers, refreshes, weights and filters of their own", () =>
  withFolder(async (folder) => {
    const collection = join(folder, "collection");
    await smallCollection(collection);
    const loaded = await loadCollection(collection);
    const mined = await mine(loaded, { source: "bm25", depth: 4 });
    await writeTable(join(folder, "mined.arrow"), mined);
    const model = await loadCrossEncoder(CROSS);
    const queries = new Map([...loaded.queries.rows()].map(({ id, text }) => [id, text]));
    const passages = new Map([...loaded.corpus.rows()].map(({ id, text }) => [id, text]));
    const pairs = [...mined.rows()].map((row) => ({
      query: queries.get(row.query_id)!,
      document: passages.get(row.doc_id!)!,
    }));
    const threshold = [...await model.score(pairs)].sort((a, b) => a - b)[Math.floor(pairs.length / 2)];
    await model.dispose();
    const triplets = join(folder, "mined.jsonl");
    await exportNegatives(triplets, mined, { collection: loaded, format: "tevatron" });
    const { run: { path }, summary } = await run(join(folder, "run"), {
      collection,
      negatives: [join(folder, "mined.arrow"), { file: triplets, format: "tevatron" }],
      keep: "all",
      crossEncoder: CROSS,
      arms: {
        none: null,
        imported: { imported: 2 },
        gist: { bm25: 2, train: { loss: "gist" } },
        teacher: { bm25: 2, train: { loss: "marginMSE", teacher: "built-in", inBatch: false } },
        conan: { dense: 2, sampler: "top", refresh: { name: "conan", every: 1 } },
        soft: { dense: 2, filters: ["soft-margin"] },
        far: { dense: 2, filters: [{ name: "rank-window", from: 4, to: 5 }] },
        causal: { bm25: 2, train: { loss: "causalNeg", positives: 2, accumulate: 2, chunk: 16 } },
        crossed: { bm25: 2, filters: [{ name: "cross-encoder", threshold }] },
        distilled: { bm25: 2, train: { loss: "marginMSE", teacher: CROSS, inBatch: false } },
        adore: { model: 2, refresh: { name: "adore", every: 1 }, train: { documents: "frozen" } },
        prompted: { bm25: 2, prompts: { query: "question: ", document: "" } },
      },
    });
    const means = Object.fromEntries(summary.arms.map(({ arm, mean }) => [arm, mean]));
    assert.equal(Object.keys(means).length, 12);
    const { drawn } = summary.arms.find(({ arm }) => arm === "imported")!;
    assert.ok(Object.keys(drawn).join() === "imported" && Math.abs(drawn.imported - 2) < 1e-9);
    const all = await readTable(join(path, "negatives.arrow"), NEGATIVES);
    const kept = [...mined.column("verdict")].filter((verdict) => verdict === "kept").length;
    const imported = [...all.column("source")].filter((source) => source === "imported").length;
    assert.equal(imported, mined.length + kept, "the table has all rows, the exported file those that are kept");
    const far = await readTable(join(path, "filtered", "far.arrow"), NEGATIVES);
    assert.ok([...far.rows()].filter((r) => r.verdict === "kept").every(({ rank }) => rank! >= 4));
    assert.ok([...far.rows()].some(({ reason }) => reason?.startsWith("rank-window")));
    const crossed = [...(await readTable(join(path, "filtered", "crossed.arrow"), NEGATIVES)).rows()];
    assert.ok(crossed.some(({ verdict }) => verdict === "kept"));
    assert.ok(crossed.some(({ reason }) => reason?.startsWith("cross-encoder: ")));
    const soft = await readTable(join(path, "filtered", "soft.arrow"), NEGATIVES);
    assert.ok([...soft.column("weight")].some((weight) => weight !== null && weight < 0.9));
    assert.deepEqual(await names(join(path, "filtered")), ["crossed.arrow", "far.arrow", "soft.arrow"]);
    const encoders = await names(join(path, "encoders"));
    assert.deepEqual(
      encoders,
      ["causal", "conan", "crossed", "distilled", "far", "gist", "imported", "prompted", "soft", "teacher"].map((a) =>
        `${a}-1`
      ),
    );
    const report = await Deno.readTextFile(join(path, "report.html"));
    assert.match(report, /loadEncoder\(&quot;.*encoders\/gist-1&quot;\)|loadEncoder\(".*encoders\/gist-1"\)/);
    const card = await Deno.readTextFile(join(path, "encoders", "gist-1", "README.md"));
    assert.match(
      card,
      /This encoder on the test split \(30 queries\): nDCG@10 [\d.]+.*\n\nIts arm "gist" over 1 seed: .*over "none", p = /,
    );
    await assert.rejects(loadEncoder(path), /the experiment kept several; name one of causal-1, conan-1/);
    // Arms that differ in one setting from each other end elsewhere.
    const digest = async (name: string) =>
      (await Deno.readFile(join(path, "encoders", name, "model.safetensors"))).join();
    const weights = await Promise.all(encoders.map(digest));
    assert.equal(new Set(weights).size, weights.length);
  }));

Deno.test("the best encoder by dev is kept, and a run's folder loads as an encoder; none keeps none", () =>
  withFolder(async (folder) => {
    const collection = join(folder, "collection");
    await smallCollection(collection);
    const arms = { none: null, random: { random: 2 }, bm25: { bm25: 2 } };
    const { run: { path, cells } } = await run(join(folder, "best"), { collection, arms, seeds: 2 });
    const reports = await Promise.all(
      cells.map(async (cell) => JSON.parse(await Deno.readTextFile(join(path, cell.folder, "cell.json")))),
    );
    const trained = reports.filter(({ dev }) => dev !== undefined);
    assert.equal(trained.length, 4);
    const best = Math.max(...trained.map(({ dev }) => dev));
    const [name, ...more] = await names(join(path, "encoders"));
    assert.deepEqual(more, []);
    const [arm, seed] = name.split("-");
    assert.equal(trained.find((each) => each.arm === arm && each.repetition === Number(seed) - 1).dev, best);
    const encoder = await loadEncoder(path);
    await encoder.dispose();
    const { run: none } = await run(join(folder, "none"), { collection, arms, keep: "none" });
    assert.ok(!(await names(none.path)).includes("encoders"));
    await assert.rejects(loadEncoder(none.path), { name: "KitError" });
  }));

Deno.test("every arm is scored on other collections; Holm holds over all of them", () =>
  withFolder(async (folder) => {
    const [collection, other] = [join(folder, "collection"), join(folder, "other")];
    await smallCollection(collection);
    await smallCollection(other, { longer: 3 });
    const arms: ConfigInput["arms"] = { none: null, search: "bm25", random: { random: 2 } };
    const transfer = [other, { collection: other, split: "dev" }];
    const { run: { path, cells }, summary } = await run(join(folder, "run"), { collection, arms, transfer });
    assert.deepEqual(summary.transfers!.map(({ split, queries }) => [split, queries]), [["test", 30], ["dev", 30]]);
    const samples: Record<string, Float64Array> = {};
    for (const cell of cells) {
      const table = await readTable(join(path, cell.folder, "transfer-2.arrow"), SCORES);
      const rows = [...table.rows()].filter(({ measure }) => measure === "nDCG@10").sort((a, b) =>
        a.query_id < b.query_id ? -1 : 1
      );
      samples[cell.arm] = Float64Array.from(rows, ({ value }) => value);
    }
    const wanted = compareArms(samples, { seed: 1, rounds: 1000, margin: 0.01, baseline: "none" });
    const dev = summary.transfers![1].arms;
    assert.deepEqual(dev.map(({ mean }) => mean), wanted.map(({ mean }) => mean));
    const tests = summary.transfers!.flatMap(({ arms }) => arms.flatMap(({ baseline }) => baseline ?? []));
    assert.deepEqual(tests.map(({ adjusted }) => adjusted), holm(tests.map(({ p }) => p)));
    const report = await Deno.readTextFile(join(path, "report.html"));
    assert.match(report, /<h2>Transfer<\/h2>/);
    assert.ok((await names(join(path, "figures"))).includes("transfer.pdf"));
    const refused = (transfer: ConfigInput["transfer"], message: RegExp) =>
      assert.rejects(run(join(folder, "no"), { collection, arms, transfer }), message);
    await refused(
      [{ collection: other, split: "tset" }],
      /Unknown split "tset" of collection ".*": did you mean "test"/,
    );
    await refused([other, other], /Cannot transfer to ".*", split "test", twice/);
    assert.ok(!(await names(folder)).includes("no"));
  }));

Deno.test("written negatives come from recordings, a ledger, or generate's table, and are the same", () =>
  withFolder(async (folder) => {
    const facets = await loadCollection("facets");
    const file = join(ROOT, "data", "facets", "replies.jsonl");
    const ledger = join(folder, "ledger.sqlite");
    {
      using open = openLedger(ledger);
      const recipe = (name: string) => recipeOf(name) as ModelRecipe;
      assert.ok(importRecordings(open, promptInputs(facets, {}), await readRecordings(file), recipe).stored > 800);
    }
    const table = join(folder, "written.arrow");
    await writeTable(table, await generate(facets, { replay: true, seed: 1, quiet: true }));
    const { written } = await import("../../lib/experiments/written.ts");
    const texts = async (replies: string) => {
      const found = await written(checkConfig({ replies }), facets, "syneg");
      return [...found.rows()].map(({ query_id, title, text, verdict }) => ({ query_id, title, text, verdict }));
    };
    const wanted = await texts("recorded");
    assert.ok(wanted.length > 1600);
    assert.deepEqual(await texts(file), wanted);
    assert.deepEqual(await texts(ledger), wanted);
    assert.deepEqual(await texts(table), wanted);
    await assert.rejects(texts(join(folder, "none.sqlite")), /it does not exist/);
    await assert.rejects(texts(join(folder, "none.arrow")), { name: "KitError" });
    await writeTable(join(folder, "mined.arrow"), await mine(facets, { source: "random", depth: 1 }));
    await assert.rejects(texts(join(folder, "mined.arrow")), /contain no negatives of it/);
  }));

Deno.test("imported files that cannot serve are refused before a folder is made", () =>
  withFolder(async (folder) => {
    const collection = join(folder, "collection");
    await smallCollection(collection);
    const arms = { none: null, imported: { imported: 2 } };
    const refused = (negatives: ConfigInput["negatives"], message: RegExp) =>
      assert.rejects(run(join(folder, "run"), { collection, arms, negatives }), message);
    await Deno.writeTextFile(join(folder, "a.jsonl"), "{}\n");
    await refused([join(folder, "a.jsonl")], /must name its format, one of .*tevatron/);
    await refused([join(folder, "none.arrow")], /none\.arrow/);
    const facets = await mine(await loadCollection("facets"), { source: "random", depth: 1 });
    await writeTable(join(folder, "other.arrow"), facets);
    await refused([join(folder, "other.arrow")], /none of the \d+ rows is for a query of "train"/);
    await assert.rejects(
      run(join(folder, "run"), {
        collection,
        arms: { none: null, a: { bm25: 2, filters: [{ name: "verdicts", file: "no.jsonl" }] } },
      }),
      /Cannot use filter verdicts: there is no such file/,
    );
    await assert.rejects(
      run(join(folder, "run"), {
        collection,
        arms: { none: null, a: { dense: 2, filters: [{ name: "score-window", min: 2 }] } },
      }),
      /Arm "a": .*none.*kept/s,
    );
    assert.deepEqual((await names(folder)).filter((name) => name === "run"), []);
  }));

Deno.test("the verdict follows difference, p and equivalence", () => {
  const arm = (name: string, mean: number, test?: object) => ({ arm: name, mean, baseline: test });
  const test = (difference: number, adjusted: number, equivalent = false) => ({
    ...{ difference, adjusted, interval: [difference - 0.01, difference + 0.01] },
    equivalence: { equivalent, p: 0.02, margin: 0.01 },
  });
  const of = (...arms: object[]) =>
    verdict({ arms, baseline: "none", measure: "nDCG@10" } as unknown as RunSummary, { alpha: 0.05 });
  const none = arm("none", 0.5);
  assert.equal(of(none), undefined);
  const better = of(none, arm("a", 0.6, test(0.1, 0.01)), arm("b", 0.55, test(0.05, 0.2)));
  assert.equal(better!.line, 'VERDICT better: "a" over "none", +0.100 [+0.090, +0.110] nDCG@10, p = 0.010 after Holm');
  assert.equal(of(none, arm("a", 0.4, test(-0.1, 0.01)))!.word, "worse");
  assert.equal(of(none, arm("a", 0.5, test(0.001, 0.9, true)))!.word, "equal");
  assert.match(of(none, arm("a", 0.5, test(0.001, 0.9, true)))!.line, /within ±0\.01 \(TOST p 0\.020\)$/);
  assert.equal(of(none, arm("a", 0.5, test(0.02, 0.3)))!.word, "undecided");
});
