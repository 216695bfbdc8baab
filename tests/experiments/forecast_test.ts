import assert from "node:assert/strict";
import { join } from "node:path";
import { loadCollection } from "../../lib/collections/mod.ts";
import { loadEncoder } from "../../lib/encoders/mod.ts";
import { rankCorrelation } from "../../lib/evaluation/mod.ts";
import { type CellReport, checkConfig, runExperiment, type SourceForecast } from "../../lib/experiments/mod.ts";
import { summarizeForecast } from "../../lib/experiments/report/forecast_summary.ts";
import { collapseSigns } from "../../lib/experiments/geometry.ts";
import { findTwins, scoreTwins } from "../../lib/experiments/twins.ts";
import { generate } from "../../lib/generators/mod.ts";
import { withFolder } from "./small.ts";

Deno.test("rank correlation by hand: ties share their ranks, constants have none", () => {
  assert.equal(rankCorrelation([1, 2, 3], [2, 4, 9]), 1);
  assert.equal(rankCorrelation([1, 2, 3], [9, 4, 2]), -1);
  // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: covariance 4.5, variances 4.5 and 5.
  assert.ok(Math.abs(rankCorrelation([1, 2, 2, 3], [1, 2, 3, 4]) - 4.5 / Math.sqrt(4.5 * 5)) < 1e-12);
  assert.ok(Number.isNaN(rankCorrelation([1, 1], [1, 2])));
  assert.throws(() => rankCorrelation([1], [1, 2]), /as many values, found 1 and 2/);
  assert.throws(() => rankCorrelation([1, NaN], [1, 2]), /must be a finite number, found NaN/);
});

Deno.test("a forecast of a mix is its sources' by their shares, and is compared with the gains", () => {
  const config = checkConfig({
    statistics: { rounds: 1000 },
    train: { inBatch: true },
    arms: { none: null, random: { random: 2 }, dense: { dense: 2 }, mix: { random: 1, dense: 3 }, batch: {} },
  });
  const source = (source: string, information: number) => ({ source, information }) as SourceForecast;
  const values = new Map([
    ["none", [Float64Array.of(0.1, 0.2, 0.3, 0.4)]],
    ["random", [Float64Array.of(0.2, 0.2, 0.3, 0.4), Float64Array.of(0.2, 0.2, 0.3, 0.4)]],
    ["dense", [Float64Array.of(0.4, 0.5, 0.6, 0.7)]],
    ["mix", [Float64Array.of(0.3, 0.4, 0.5, 0.6)]],
    ["batch", [Float64Array.of(1, 1, 1, 1)]],
  ]);
  const queries = ["a", "b", "c", "d"];
  const found = summarizeForecast(config, [source("random", 2), source("dense", 6)], { values, queries })!;
  assert.deepEqual(found.arms.map(({ arm, predicted, gain }) => [arm, predicted, Number(gain.toFixed(6))]), [
    ["random", 2, 0.025],
    ["dense", 6, 0.3],
    ["mix", 5, 0.2],
  ]);
  assert.deepEqual([found.over, found.correlation, found.interval], ["none", 1, [1, 1]]);
  const two = summarizeForecast(config, [source("random", 2)], { values, queries })!;
  assert.deepEqual([two.arms.length, two.correlation], [1, null]);
  assert.equal(summarizeForecast(config, undefined, { values, queries }), undefined);
});

Deno.test("twins are equally near before training, of one query none twice, and never relevant", async () => {
  const collection = await loadCollection("facets");
  const encoder = await loadEncoder("built-in");
  try {
    const negatives = await generate(collection, { replay: true, quiet: true });
    const twins = await findTwins(checkConfig({}), { collection, encoder, negatives });
    assert.equal(twins.length, 1500);
    const keys = new Set(twins.map(({ query_id, doc_id }) => `${query_id} ${doc_id}`));
    assert.equal(keys.size, twins.length);
    const relevant = new Set(
      [...collection.qrels.complete.rows()].filter(({ grade }) => grade > 0)
        .map(({ query_id, doc_id }) => `${query_id} ${doc_id}`),
    );
    assert.ok([...keys].every((key) => !relevant.has(key)));
    const scores = await scoreTwins(twins, { collection, encoder, negatives });
    const shares = [...scores.column("value")];
    const mean = shares.reduce((a, b) => a + b) / shares.length;
    assert.ok(Math.abs(mean - 0.5) < 0.04, `${mean} of the written ones rank below before training`);
    // An encoder that turns every text with a word of written ones away ranks them below.
    const away = {
      ...encoder,
      similarity: "cosine" as const,
      async encode(texts: Iterable<string>, options: { kind: "query" | "document" }) {
        const list = [...texts];
        const found = await encoder.encode(list, options);
        const written = new Set(twins.map(({ row }) => {
          const { title, text } = negatives.row(row);
          return title ? `${title} ${text}` : text;
        }));
        const data = found.data.slice();
        list.forEach((text, i) => {
          if (written.has(text)) { for (let j = 0; j < found.dimension; j++) data[i * found.dimension + j] *= -1; }
        });
        return { ...found, data };
      },
    } as unknown as typeof encoder;
    const turned = [...(await scoreTwins(twins, { collection, encoder: away, negatives })).column("value")];
    assert.ok(turned.reduce((a, b) => a + b) / turned.length > 0.95);
  } finally {
    await encoder.dispose();
  }
});

Deno.test("a collapse has three signs, each on its own", () => {
  const before = { alignment: 1, uniformity: -3, effectiveRank: 100, shortcut: 0.6 };
  assert.deepEqual(collapseSigns(before, before), []);
  assert.match(
    collapseSigns(before, { ...before, shortcut: 0.7 }).join(),
    /told apart by their vectors \(AUC 0\.60 to 0\.70\)/,
  );
  assert.match(
    collapseSigns(before, { ...before, uniformity: -2 }).join(),
    /draw together \(uniformity -3\.00 to -2\.00\)/,
  );
  assert.match(collapseSigns(before, { ...before, effectiveRank: 60 }).join(), /fewer directions/);
  assert.deepEqual(collapseSigns({ ...before, shortcut: null }, { ...before, shortcut: null }), []);
});

Deno.test("a run says before and after training which negatives help, and whether written text lost", () =>
  withFolder(async (folder) => {
    const config = checkConfig({
      ...{ name: "forecast", seeds: 1, mining: { depth: 5 }, statistics: { rounds: 1000 }, keep: "none" },
      train: { epochs: 3 },
      arms: { none: null, random: { random: 2 }, dense: { dense: 2 }, synthetic: { synthetic: 2 } },
    });
    const { run, summary } = await runExperiment(config, { out: join(folder, "run"), jobs: 2, quiet: true });
    const forecast: SourceForecast[] = JSON.parse(await Deno.readTextFile(join(run.path, "forecast.json")));
    assert.deepEqual(forecast.map(({ source }) => source), ["dense", "random", "synthetic"]);
    const written = forecast.find(({ source }) => source === "synthetic")!;
    // 16 of 1,632 contain a part of the answer: data/facets/README.md.
    assert.ok(Math.abs(written.falseNegativeRate! - 16 / 1632) < 1e-9);
    assert.ok(written.shortcut! > 0.6 && forecast[0].shortcut === null);
    assert.deepEqual(summary.forecast!.arms.map(({ arm }) => arm), ["random", "dense", "synthetic"]);
    assert.deepEqual(summary.bias!.map(({ arm }) => arm), ["none", "random", "dense", "synthetic"]);
    const report = await Deno.readTextFile(join(run.path, "report.html"));
    const cell = (name: string): CellReport =>
      JSON.parse(Deno.readTextFileSync(join(run.path, "cells", `${name}.1`, "cell.json")));
    assert.equal(cell("none").geometry, undefined);
    const moved = (name: string) => cell(name).geometry!.after.shortcut! - cell(name).geometry!.before.shortcut!;
    assert.ok(moved("synthetic") > moved("dense") + 0.03, "written text is told apart where it is all there is");
    assert.match(report, /Warning:<\/b> (&quot;|")synthetic(&quot;|"): written passages are told apart/);
    for (const title of ["Forecast", "Source bias", "Geometry"]) assert.match(report, new RegExp(`<h2>${title}</h2>`));
  }));
