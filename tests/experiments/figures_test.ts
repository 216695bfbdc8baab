import assert from "node:assert/strict";
import { join } from "node:path";
import { type ArmSummary, PRESETS, type RunSummary } from "../../lib/experiments/mod.ts";
import { NEGATIVES, type NewRow, SIMILARITIES, tableOf } from "../../lib/tables/mod.ts";
import { writeTable } from "../../lib/files/mod.ts";
import { figuresOf } from "../../lib/experiments/report/figures.ts";
import type { ArmComparison } from "../../lib/evaluation/mod.ts";

const arm = (name: string, mean: number): ArmSummary => ({
  arm: name,
  method: "untrained",
  seeds: 1,
  mean,
  interval: [mean - 0.02, mean + 0.02],
  error: 0.01,
  queries: 100,
  means: [mean],
  measures: {},
  steps: 0,
  seconds: 1,
  drawn: {},
  short: {},
});

/** Figures of a run that has these negatives and no cells. */
async function figures(negatives: NewRow<typeof NEGATIVES>[], confidence = 0.95) {
  const path = await Deno.makeTempDir();
  try {
    await writeTable(join(path, "negatives.arrow"), tableOf(NEGATIVES, negatives));
    await writeTable(join(path, "similarities.arrow"), tableOf(SIMILARITIES, []));
    const { config } = PRESETS.ratio;
    const manifest = { config: { ...config, statistics: { ...config.statistics, confidence } } };
    const [first, second] = Object.keys(config.sweep!.values);
    const baseline = { difference: 0.1, interval: [0.05, 0.15] as const, adjusted: 0.01, against: first };
    const arms = [arm(first, 0.5), { ...arm(second, 0.6), baseline: baseline as ArmComparison }];
    const summary: RunSummary = { measure: "nDCG@10", queries: 100, arms, baseline: first, best: second, groups: [] };
    return await figuresOf({ path, manifest, cells: [] } as never, summary);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

const row = { query_id: "q1", rank: 1, verdict: "kept" } as const;

Deno.test("the overlap of sources is drawn if two sources have documents", async () => {
  const written = { ...row, source: "synthetic", text: "a" } as const;
  const mined = { ...row, source: "dense", doc_id: "d1" } as const;
  const overlap = async (rows: NewRow<typeof NEGATIVES>[]) =>
    (await figures(rows)).some(({ name }) => name === "source-overlap");
  assert.ok(!await overlap([written, { ...written, source: "edit" }]));
  assert.ok(!await overlap([written, mined]));
  assert.ok(await overlap([mined, { ...mined, source: "bm25" }]));
});

Deno.test("figures state the confidence of the configuration", async () => {
  const drawn = await figures([], 0.995);
  assert.deepEqual(drawn.map(({ name }) => name), ["differences", "arms", "sweep"]);
  for (const figure of drawn) {
    assert.match(JSON.stringify(figure.chart.spec.title), /99\.5 % interval/, figure.name);
    assert.doesNotMatch(figure.caption + figure.chart.text, /95 %|100 %/);
  }
});
