import assert from "node:assert/strict";
import { join } from "node:path";
import { resumeExperiment, runExperiment } from "../../lib/experiments/mod.ts";
import { smallCollection, smallConfig, withFolder } from "./small.ts";

Deno.test("an experiment runs from configuration to report, and one that is done resumes to the same numbers", () =>
  withFolder(async (folder) => {
    const [collection, out] = [join(folder, "collection"), join(folder, "run")];
    await smallCollection(collection);
    const { run, summary } = await runExperiment(smallConfig(collection), { out, jobs: 1, quiet: true });
    assert.equal(run.path, out);
    assert.deepEqual(summary.arms.map(({ arm }) => arm).sort(), ["bm25", "no-fine-tuning"]);
    assert.match(await Deno.readTextFile(join(out, "report.html")), /30 queries of the test split/);
    const resumed = await resumeExperiment(out, { jobs: 1, quiet: true });
    assert.deepEqual(resumed.summary, summary);
  }));
