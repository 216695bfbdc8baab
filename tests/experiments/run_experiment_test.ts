import assert from "node:assert/strict";
import { browseCommand } from "../../lib/cli/browse.ts";
import { join } from "node:path";
import { createRun, prepare, resumeExperiment, runExperiment } from "../../lib/experiments/mod.ts";
import { sha256File } from "../../lib/core/mod.ts";
import { FIXTURES } from "../encoders/fixtures.ts";
import { smallCollection, smallConfig, withFolder } from "./small.ts";
import { captureCommand } from "../support/capture_command.ts";

Deno.test("an experiment runs from configuration to report; a finished one resumes to the same numbers", () =>
  withFolder(async (folder) => {
    const [collection, out] = [join(folder, "collection"), join(folder, "run")];
    await smallCollection(collection);
    const { run, summary } = await runExperiment(smallConfig(collection), { out, jobs: 1, quiet: true });
    assert.equal(run.path, out);
    assert.deepEqual(summary.arms.map(({ arm }) => arm).sort(), ["bm25", "no-fine-tuning"]);
    const report = await Deno.readTextFile(join(out, "report.html"));
    assert.match(report, /30 queries of the test split/);
    // The report's command for reading works on its own run folder.
    const [, named] = /deno task browse (\S+)</.exec(report)!;
    const browsed = await captureCommand(browseCommand, named);
    assert.equal(browsed.code, 0, browsed.text);
    for (const page of ["negatives.html", "queries.html"]) assert.ok((await Deno.stat(join(out, page))).size > 1000);
    const resumed = await resumeExperiment(out, { jobs: 1, quiet: true });
    assert.deepEqual(resumed.summary, summary);
  }));

Deno.test("texts are truncated at the encoder's limit, and the report states the share; also for a smaller limit", () =>
  withFolder(async (folder) => {
    const collection = join(folder, "collection");
    await smallCollection(collection, { longer: 50 });
    const run = async (name: string, ...settings: string[]) => {
      const out = join(folder, name);
      const { summary } = await runExperiment(smallConfig(collection, settings), { out, jobs: 2, quiet: true });
      return { summary, report: await Deno.readTextFile(join(out, "report.html")), out };
    };
    const encoder = `encoder=${join(FIXTURES, "bert")}`;
    const rate = "train.learningRate=1e-4";
    const whole = await run("whole");
    assert.equal(whole.summary.cuts!.maxLength, null);
    assert.match(whole.report, /The encoder reads every text to its end\./);
    const own = await run("own", encoder, rate);
    assert.deepEqual(own.summary.cuts!.counts[0], { what: "passages", texts: 120, cut: 30 });
    assert.equal(own.summary.cuts!.maxLength, 40);
    assert.match(
      own.report,
      /reads only the first 40 tokens of a text: this cuts 25\.0 % of the passages and 25\.0 % of the/,
    );
    assert.match(own.report, /cut at 40 tokens/);
    const less = await run("less", encoder, rate, "train.maxLength=8");
    assert.deepEqual(less.summary.cuts!.counts[0], { what: "passages", texts: 120, cut: 120 });
    assert.deepEqual(less.summary.cuts!.counts[1], { what: "queries of train", texts: 60, cut: 60 });
    await assert.rejects(
      run("more", encoder, rate, "train.maxLength=4000"),
      /maxLength must be at most 40, the model's positions, found 4000/,
    );
  }));

Deno.test("one session and two give the same bytes", () =>
  withFolder(async (folder) => {
    const collection = join(folder, "collection");
    await smallCollection(collection);
    const config = smallConfig(collection, [
      `encoder=${join(FIXTURES, "bert")}`,
      "train.learningRate=1e-4",
      'arms.bm25.negatives.mix={"dense":1,"bm25":1}',
    ]);
    const prepared: Record<string, string>[] = [];
    for (const jobs of [1, 2, 3]) {
      const run = await createRun(config, { out: join(folder, `${jobs}`) });
      await prepare(run, { jobs, quiet: true });
      const digest = async (name: string) => [name, await sha256File(join(run.path, name))];
      prepared.push(Object.fromEntries(
        await Promise.all(["negatives.arrow", "similarities.arrow", "inputs.json", "basis.json"].map(digest)),
      ));
    }
    assert.deepEqual(prepared[1], prepared[0]);
    assert.deepEqual(prepared[2], prepared[0]);
  }));

Deno.test("the report lists which queries and passages count, and why", () =>
  withFolder(async (folder) => {
    const [collection, out] = [join(folder, "collection"), join(folder, "run")];
    await smallCollection(collection);
    const add = (name: string, text: string) => Deno.writeTextFile(join(collection, name), text, { append: true });
    // A test query without an answer, one that asks what a training query asks, a judgment that points nowhere.
    await add(
      "queries.jsonl",
      '{"_id":"q200","text":"unanswered"}\n{"_id":"q201","text":"What hit harbour0 in 1900?"}\n',
    );
    await add(join("qrels", "test.tsv"), "q200\td1\t0\nq201\td0\t1\n");
    await add(join("qrels", "train.tsv"), "q1\tnowhere\t1\n");
    await runExperiment(smallConfig(collection), { out, jobs: 1, quiet: true });
    const report = (await Deno.readTextFile(join(out, "report.html"))).replaceAll(/<[^>]+>/g, " ").replaceAll(
      /\s+/g,
      " ",
    );
    assert.match(report, /1 of 32 judged queries of test have no relevant passage in the corpus\. They count, with 0/);
    assert.match(report, /1 of 32 queries of test repeat a training query word for word/);
    assert.match(report, /In the collection: 1 qrels of an unknown document in train \(q1 nowhere\)/);
    assert.match(
      report,
      /120 passages; training split train with 60 queries and 60 judgments; dev split dev with 30 queries/,
    );
    assert.match(report, /Each fine-tuned arm is trained with 1 seed/);
    assert.match(report, /Every training query has one known positive/);
    assert.match(report, /With 1,000 rounds, no p-value is below 0\.001 before/);
    assert.doesNotMatch(report, /Synthetic negatives come from|Edits were made/);
    assert.match(report, /Vectors are compared by cosine/);
    assert.match(report, /source candidates kept queries of 60 share bm25 \d+ 60 100 %/);
  }));

Deno.test("without a trained arm, the report shows no negatives and explains BM25", () =>
  withFolder(async (folder) => {
    const [collection, out] = [join(folder, "collection"), join(folder, "run")];
    await smallCollection(collection);
    const config = smallConfig(collection);
    const arms = [config.arms[0], { name: "search", method: "bm25" as const }];
    await runExperiment({ ...config, arms }, { out, jobs: 2, quiet: true });
    const report = await Deno.readTextFile(join(out, "report.html"));
    assert.doesNotMatch(report, /<h2>Negatives|Each fine-tuned arm|Candidates that arms draw from/);
    assert.match(report, /BM25 ranks with k1 = 0\.9 and b = 0\.4/);
  }));
