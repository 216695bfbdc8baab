import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { captureCommand } from "../support/capture_command.ts";
import { evaluateSuiteCommand } from "../../lib/cli/evaluate_suite.ts";
import { CancelledError, compare, type Encoder, evaluateEncoder, holm, loadCollection, tableOf } from "../../mod.ts";
import { compareSuites, evaluateSuite, loadSuite, type SuiteResult, SUITES } from "../../lib/evaluation/mod.ts";
import { SCORES } from "../../lib/tables/mod.ts";

const LANGUAGES = fileURLToPath(new URL("../fixtures/languages", import.meta.url));
const entry = (name: string) => ({ name, collection: join(LANGUAGES, name), split: "test" });

/** Vectors of letter counts; counts the texts it encodes. */
function letters(seed = 0): Encoder & { encoded: number } {
  return {
    ...{ kind: "static", name: `letters${seed}`, dimension: 64, encoded: 0 } as const,
    encode(texts) {
      const all = [...texts];
      this.encoded += all.length;
      const data = new Float32Array(all.length * 64);
      all.forEach((text, i) =>
        [...text].forEach((letter) => data[i * 64 + (letter.codePointAt(0)! * (seed + 1)) % 64]++)
      );
      return Promise.resolve({ data, length: all.length, dimension: 64 });
    },
    fingerprint: (kind) => `letters ${seed} ${kind}`,
    dispose: () => Promise.resolve(),
  };
}

Deno.test("named suites have their published collections, each under its own name", async () => {
  assert.deepEqual(SUITES.names, ["nano-beir", "beir"]);
  for (const [name, count] of [["nano-beir", 13], ["beir", 14]] as const) {
    const { collections } = await loadSuite(name);
    assert.equal(new Set(collections.map((one) => one.name)).size, count);
  }
  const { collections } = await loadSuite("beir");
  assert.equal(collections.find(({ name }) => name === "msmarco")!.split, "dev");
  await assert.rejects(
    loadSuite("nanobeir"),
    /Unknown suite "nanobeir": did you mean "beir" or "nano-beir"\?, or a \.json file/,
  );
});

Deno.test("a suite in a file: relative paths, splits, and errors with the file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "mine.json");
    const write = (value: unknown) =>
      Deno.writeTextFile(file, typeof value === "string" ? value : JSON.stringify(value));
    await Deno.mkdir(join(folder, "own"));
    await write({ collections: ["own", "beir/scifact", { name: "two", collection: "own#b", split: "dev" }] });
    assert.deepEqual(await loadSuite(file), {
      name: "mine",
      collections: [
        { name: "own", collection: join(folder, "own"), split: "test" },
        { name: "scifact", collection: "beir/scifact", split: "test" },
        { name: "two", collection: join(folder, "own#b"), split: "dev" },
      ],
    });
    await write({ collections: ["own", "own"] });
    await assert.rejects(loadSuite(file), /two collections are named "own".*mine\.json/);
    await write({ collections: [{ colection: "own" }] });
    await assert.rejects(loadSuite(file), /Cannot read a suite: .*mine\.json/);
    await write("{");
    await assert.rejects(loadSuite(file), /Cannot read a suite: .*mine\.json/);
    await assert.rejects(loadSuite(join(folder, "none.json")), /read a suite.*none\.json/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("scores equal evaluateEncoder; a second call reads them, a changed collection is measured again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const copy = join(folder, "de");
    await Deno.mkdir(join(copy, "qrels"), { recursive: true });
    for (const name of ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"]) {
      await Deno.copyFile(join(LANGUAGES, "de", name), join(copy, name));
    }
    const suite = { name: "s", collections: [{ ...entry("de"), collection: copy }, entry("zh")] };
    const encoder = letters();
    const options = { folder: join(folder, "scores"), measures: ["nDCG@10", "MRR@10"] };
    const run = (other = encoder) => Array.fromAsync(evaluateSuite(other, suite, options));
    const first = await run();
    assert.deepEqual(first.map(({ name, resumed }) => [name, resumed]), [["de", false], ["zh", false]]);
    const alone = await evaluateEncoder(letters(), await loadCollection(join(LANGUAGES, "zh")), {
      measures: ["nDCG@10", "MRR@10"],
    });
    assert.deepEqual([...first[1].scores!.rows()], [...alone.scores.rows()]);
    assert.deepEqual([first[1].collection!.documents, first[1].collection!.queries], [60, 60]);
    assert.equal(first[1].collection!.digest, (await loadCollection(join(LANGUAGES, "zh"))).digest);

    const before = encoder.encoded;
    const second = await run();
    assert.equal(encoder.encoded, before, "nothing is encoded again");
    assert.ok(second.every(({ resumed }) => resumed));
    assert.deepEqual([...second[0].scores!.rows()], [...first[0].scores!.rows()]);
    assert.deepEqual(second[0].collection, first[0].collection);

    assert.ok((await run(letters(1))).every(({ resumed }) => !resumed), "another encoder has scores of its own");
    await Deno.writeTextFile(join(copy, "corpus.jsonl"), '{"_id": "more", "title": "", "text": "mehr"}\n', {
      append: true,
    });
    const third = await run();
    assert.deepEqual(third.map(({ resumed }) => resumed), [false, true]);
    assert.equal(third[0].collection!.documents, 61);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a missing collection and a missing split are named, and the rest is measured", async () => {
  const suite = { name: "s", collections: [entry("no"), { ...entry("de"), split: "dev" }, entry("zh")] };
  const [missing, split, fine] = await Array.fromAsync(evaluateSuite("bm25", suite));
  assert.match(missing.error!.message, /"[^"]*languages\/no"/);
  assert.match(split.error!.message, /Unknown split "dev"/);
  assert.equal(fine.error, undefined);
  assert.equal(fine.collection!.queries, 60);
  await assert.rejects(
    Array.fromAsync(evaluateSuite("bm25", suite, { signal: AbortSignal.abort() })),
    CancelledError,
  );
  await assert.rejects(Array.fromAsync(evaluateSuite("bm25", suite, { measures: ["nDGC@10"] })), /nDGC/);
});

const result = (name: string, values: readonly number[]): SuiteResult => ({
  name,
  resumed: false,
  scores: tableOf(SCORES, values.map((value, i) => ({ query_id: `q${i}`, measure: "nDCG@10", value }))),
});

Deno.test("two encoders: compare by collection, Holm over them, and the mean over collections", () => {
  const a = [result("x", [0.9, 0.7, 0.8, 1, 0.6, 0.9]), result("y", [0.2, 0.9, 0.4]), result("lost", [1, 1])];
  const b = [result("x", [0.5, 0.6, 0.8, 0.7, 0.5, 0.4]), result("y", [0.3, 0.1, 0.2])];
  const { collections, overall, left } = compareSuites(a, b, { seed: 4 });
  assert.deepEqual(left, ["lost"]);
  const single = ["x", "y"].map((_, i) => compare(a[i].scores!, b[i].scores!, { seed: 4 }));
  const adjusted = holm(single.map(({ p }) => p));
  collections.forEach(({ name, adjusted: own, ...found }, i) => {
    assert.equal(name, ["x", "y"][i]);
    assert.equal(own, adjusted[i]);
    assert.deepEqual(found, single[i]);
  });
  // The mean over collections under all 2^9 signs, written out.
  const differences = [[0.4, 0.1, 0, 0.3, 0.1, 0.5], [-0.1, 0.8, 0.2]];
  const mean = (sign: (i: number) => number) => {
    let i = 0;
    return differences.map((one) => one.reduce((sum, value) => sum + sign(i++) * value, 0) / one.length)
      .reduce((sum, value) => sum + value / 2, 0);
  };
  const own = mean(() => 1);
  let extreme = 0;
  for (let signs = 0; signs < 512; signs++) if (Math.abs(mean((i) => signs >> i & 1 ? 1 : -1)) >= own - 1e-9) extreme++;
  assert.ok(Math.abs(overall.difference - own) < 1e-9);
  assert.ok(Math.abs(overall.p - extreme / 512) < 1e-9, `${overall.p} against ${extreme / 512}`);
  assert.equal(overall.queries, 9);
  assert.ok(overall.interval[0] < own && own < overall.interval[1]);
  assert.throws(() => compareSuites(a.slice(2), b), /no collection has scores of both encoders/);
});

Deno.test("evaluate-suite prints a row per collection, continues after a missing one, and exits with 1", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "two.json");
    const collections = ["de", "th"].map((name) => join(LANGUAGES, name));
    await Deno.writeTextFile(file, JSON.stringify({ collections }));
    const run = (...args: string[]) =>
      captureCommand(evaluateSuiteCommand, ...args, "--suite", file, "--out", join(folder, "scores"));
    const first = await run("bm25", "--against", "built-in");
    assert.equal(first.code, 0);
    assert.match(first.out, /^de +60 +60 +0\.99\d\d \[0\.9\d+, 1\.0000\]$/m);
    assert.match(first.out, /^mean of 2 +120 +0\.99\d\d$/m);
    assert.match(first.out, /^th +\+0\.9\d+ .*0\.000/m);
    assert.match(first.out, /^all +\+0\.[45]/m);
    const second = await run("bm25", "--against", "built-in");
    assert.equal(second.out, first.out);
    assert.match(second.errors, /2 of 2 collections were measured before/);
    await Deno.writeTextFile(file, JSON.stringify({ collections: [...collections, "gone"] }));
    const third = await run("bm25");
    assert.equal(third.code, 1);
    assert.match(third.errors, /^gone: Unknown collection/m);
    assert.match(third.out, /^gone +not measured$/m);
    assert.match(third.out, /^mean of 2 /m);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
