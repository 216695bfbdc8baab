import assert from "node:assert/strict";
import { join } from "node:path";
import { ArgumentError, compareArms, random, tableOf } from "../../mod.ts";
import { QRELS, SCORES, SIMILARITIES } from "../../lib/tables/mod.ts";
import * as plots from "../../lib/plots/mod.ts";
import { renderSvg } from "../../lib/plots/rendering/render.ts";
import { SCREEN } from "../../lib/plots/drawing/theme.ts";
import { curves } from "../../lib/plots/drawing/curves.ts";
import { events, EXAMPLES, negatives, scores, similarities } from "./examples.ts";

const GOLDEN = join(import.meta.dirname!, "golden");
/** Writes the golden pictures instead of comparing: run with `SYNEG_GOLDEN=write`, then look at them. */
const WRITE = Deno.env.get("SYNEG_GOLDEN") === "write";

/** A tag per line, numbers of attributes with two decimals: differences can be read, and no processor makes one. */
function golden(svg: string): string {
  // Inside a text, a line break would be a space.
  return svg.replaceAll(/><(?!\/?tspan|\/text)/g, ">\n<").replaceAll(
    /<[^>]*>/g,
    (tag) => tag.replaceAll(/-?\d*\.\d+(e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(2)) || 0)),
  ) + "\n";
}

Deno.test("every chart of the registry has an example, and every example its chart", () => {
  assert.deepEqual(Object.keys(EXAMPLES).sort(), [...plots.CHARTS.names].sort());
});

Deno.test("every golden picture belongs to a chart", () => {
  const files = [...Deno.readDirSync(GOLDEN)].map(({ name }) => name);
  assert.deepEqual(files.sort(), plots.CHARTS.names.map((name) => `${name}.svg`).sort());
});

Deno.test("every chart has a description and checks its options", () => {
  const data = [[{ arm: "a", mean: 1, low: 0, high: 2 }]];
  for (const { name, about } of plots.CHARTS.parts) {
    assert.match(about, /^\S.*[^.]$/, name);
    assert.throws(() => plots.CHARTS.make(name, { titel: "x" }), new RegExp(`${name} has no option "titel": did you`));
  }
  assert.equal(plots.CHARTS.make("arms", { baseline: "a" }, ...data).text, plots.arms(data[0], { baseline: "a" }).text);
});

for (const name of plots.CHARTS.names) {
  const make = EXAMPLES[name];
  Deno.test(`${name}: the picture equals the golden one`, async () => {
    const path = join(GOLDEN, `${name}.svg`);
    const found = golden(await make().svg());
    if (WRITE) await Deno.writeTextFile(path, found);
    assert.equal(found, await Deno.readTextFile(path));
    assert.deepEqual(make().spec, make().spec);
  });

  Deno.test(`${name}: draws within its width and describes itself`, async () => {
    const chart = make();
    for (const [width, inches] of [["column", 3.3], ["page", 6.9]] as const) {
      const svg = await chart.svg({ width });
      assert.match(svg, new RegExp(`width="${inches}in"`));
      const [, box] = /viewBox="0 0 ([\d.]+) /.exec(svg)!;
      assert.ok(Math.abs(Number(box) / (inches * 96) - 1) < 0.06, `${box} pixels, wanted some ${inches * 96}`);
      assert.ok(!svg.includes("NaN") && !svg.includes("undefined"), "a mark without a place");
    }
    const box = Number(/viewBox="0 0 ([\d.]+) /.exec(await chart.svg())![1]);
    assert.ok(Math.abs(box / SCREEN.width - 1) < 0.06, `${box} pixels on a screen`);
    assert.ok(chart.text.split("\n").length > 1);
  });
}

Deno.test("50,000 rows are binned before Vega: a small specification that says so", async () => {
  const large = {
    similarities: plots.similarities(similarities(50_000)),
    hardness: plots.hardness(similarities(50_000)),
    trainingCurves: plots.trainingCurves(events(20_000)),
    waterfall: plots.waterfall(negatives(3125)),
    perQueryDifference: plots.perQueryDifference(scores(50_000, 0), scores(50_000, 0.05)),
    sourceOverlap: plots.sourceOverlap(negatives(3125)),
  };
  const said = [/50,000 negatives in bins of 0\.0\d/, /50,000 negatives: median/, /mean of up to 67 values/];
  said.push(/50,000 candidates/, /mean of 125 neighbors/, /percent of the row/);
  for (const [i, [name, chart]] of Object.entries(large).entries()) {
    const bytes = JSON.stringify(chart.spec).length;
    assert.ok(bytes < 200_000, `${name}: ${bytes} bytes`);
    const title = (chart.spec.title as { text: string[] }).text.join(" ");
    assert.match(title, said[i]);
    assert.match(await chart.svg(), /<svg/);
  }
});

Deno.test("the bins have every negative, with false ones separate", () => {
  const table = similarities(5000);
  const { values } = plots.similarities(table).spec.data as {
    values: { source: string; from: number; to: number; negatives: number; false: number; positives: number }[];
  };
  const rows = [...table.rows()];
  for (const source of new Set(values.map((value) => value.source))) {
    const bins = values.filter((value) => value.source === source);
    const own = rows.filter((row) => row.source === source);
    const sum = (pick: (bin: typeof bins[0]) => number) => bins.reduce((total, bin) => total + pick(bin), 0);
    assert.ok(Math.abs(sum((bin) => bin.negatives) - 1) < 1e-4);
    assert.ok(Math.abs(sum((bin) => bin.positives) - 1) < 1e-4);
    assert.ok(Math.abs(sum((bin) => bin.false) - own.filter((row) => row.false_negative).length / own.length) < 1e-4);
    for (const bin of bins.slice(0, -1)) {
      const inside = own.filter((row) => row.similarity >= bin.from && row.similarity < bin.to).length / own.length;
      assert.ok(Math.abs(bin.negatives - inside) < 2e-3, `${source} ${bin.from}: ${bin.negatives}, counted ${inside}`);
    }
  }
});

Deno.test("removed and kept rows add up", () => {
  const table = negatives(100);
  const kept = [...table.column("verdict")].filter((verdict) => verdict === "kept").length;
  const lines = plots.waterfall(table).text.split("\n").slice(1).map((line) => line.split(": "));
  const numbers = lines.map(([, text]) => Number(text.replaceAll(",", "")));
  assert.equal(lines.at(-1)![0], "kept");
  assert.equal(numbers.at(-1), kept);
  assert.equal(numbers[0] - numbers.slice(1, -1).reduce((a, b) => a + b, 0), kept);
});

Deno.test("several tables of events give a line each", () => {
  const chart = plots.trainingCurves({ bm25: events(30, 1), hybrid: events(30, 2) }, { names: ["nDCG@10"] });
  const [panel] = chart.spec.vconcat as { encoding: { color: { scale: { domain: string[]; range: string[] } } } }[];
  assert.deepEqual(panel.encoding.color.scale.domain, ["bm25", "hybrid"]);
  assert.equal(panel.encoding.color.scale.range[0], plots.colors.bm25);
});

Deno.test("the axes of a training that has just started have round values and whole steps", async () => {
  const all = [{ panel: "nDCG@10", label: "", points: [{ step: 0, value: 0.71361 }, { step: 2, value: 0.71361 }] }];
  const ticks = [...(await curves(all).svg()).matchAll(/<text [^>]*>([\d.]+)<\/text>/g)].map((match) => match[1]);
  assert.deepEqual(ticks, ["0", "1", "2", "0.65", "0.7", "0.75"]);
});

Deno.test("a wrong table, a wrong column, an empty table and a NaN are clear errors", () => {
  const row = { query_id: "q1", source: "bm25", similarity: 0.4, positive_similarity: 0.7 } as const;
  const qrels = tableOf(QRELS, [{ query_id: "q1", doc_id: "d1", grade: 1 }]);
  const some = scores(3, 0);
  const arm = { arm: "a", mean: 1, low: 0, high: 2 };
  const test = { difference: 0.1, interval: [0, 0.2], against: "base" } as const;
  const forest = { arm: "a", baseline: test };
  const other = { arm: "b", baseline: { ...test, against: "another" } };
  const cases: [() => unknown, RegExp][] = [
    [() => plots.similarities(qrels as never), /needs a table SIMILARITIES, found QRELS without column "source"/],
    [() => plots.similarities([] as never), /needs a table SIMILARITIES, found a list/],
    [() => plots.similarities(undefined as never), /needs a table SIMILARITIES, found undefined/],
    [() => plots.hardness(tableOf(SIMILARITIES, [])), /SIMILARITIES has no rows/],
    [() => plots.hardness(tableOf(SIMILARITIES, [{ ...row, positive_similarity: 0 }])), /is 0 or less in all 1 rows/],
    [
      () => plots.similarities(tableOf(SIMILARITIES, [{ ...row, similarity: NaN }])),
      /row 0, column "similarity" must be a finite number, found NaN/,
    ],
    [() => plots.similarities(similarities(5), { bins: 0 }), /bins must be a number >= 1, found 0/],
    [() => plots.similarities(similarities(5), { bins: -1 }), /bins must be a number >= 1, found -1/],
    [() => plots.trainingCurves(events(5), { names: ["los"] }), /no event "los", did you mean "loss"/],
    [() => plots.trainingCurves({}), /no rows/],
    [() => plots.waterfall(some as never), /SCORES without column "source"/],
    [() => plots.perQueryDifference(some, some, { measure: "nDCG@1" }), /no measure "nDCG@1", did you mean "nDCG@10"/],
    [() => plots.perQueryDifference(some, scores(4, 0)), /only one of the tables has 1 query such as "q3"/],
    [() => plots.arms([]), /no rows/],
    [() => plots.arms([{ ...arm, low: 1.5 }]), /misses its mean/],
    [() => plots.arms([arm, arm]), /two arms are named "a"/],
    [() => plots.arms([arm], { baseline: "b" }), /no arm "b"/],
    [() => plots.arms([{ ...arm, mean: Infinity }]), /row 0, field "mean" must be a finite number, found Infinity/],
    [() => plots.arms([{ ...arm, arm: "" }]), /row 0, field "arm" must be a name, found ""/],
    [() => plots.forest([]), /no rows/],
    [() => plots.forest([{ arm: "a" }]), /found no arm with a comparison/],
    [() => plots.forest([forest, forest]), /two arms are named "a"/],
    [() => plots.forest([{ ...forest, source: "bm52" as never }]), /source of arm "a" must be one of .* found "bm52"/],
    [
      () => plots.forest([{ arm: "a", baseline: { difference: 0.1, interval: [0.2, 0.3] } }]),
      /of "a", 0.2 to 0.3, misses its mean 0.1/,
    ],
    [
      () => plots.forest([{ arm: "a", baseline: { difference: NaN, interval: [0, 1] } }]),
      /arm "a", field "difference" must be a finite number, found NaN/,
    ],
    [
      () => plots.forest([{ arm: "a", baseline: { difference: 0.1 } as never }]),
      /the lower end of the interval of "a" must be a finite number/,
    ],
    [() => plots.forest([forest, other]), /different baselines: base, another/],
    [() => plots.forest([forest], { baselin: "b" } as never), /no option "baselin": did you mean "baseline"/],
    [
      () => plots.sweep([{ value: 1, mean: 0.5, low: 0.4 }]),
      /row 0, field "high" must be a finite number, found undefined/,
    ],
    [() => plots.sweep([{ value: 1, mean: 0.5, low: 0.6, high: 0.7 }]), /at 1, 0.6 to 0.7, misses its mean 0.5/],
    [() => plots.sourceOverlap(negatives(1).slice(12, 16)), /none of 4 rows has a doc_id/],
  ];
  for (const [draw, message] of cases) {
    assert.throws(draw, (error) => error instanceof ArgumentError && message.test(error.message), String(message));
  }
});

Deno.test("the same measure of the same queries shows no difference", () => {
  const table = tableOf(SCORES, [{ query_id: "q1", measure: "nDCG@10", value: 0.5 }]);
  assert.match(plots.perQueryDifference(table, table).text, /0 better, 0 worse, 1 equal; mean \+0\.000/);
});

Deno.test("no bin is beyond the axis, and equal similarities are in the middle of their bin", async () => {
  const row = { query_id: "q1", source: "bm25", similarity: 1, positive_similarity: 1 } as const;
  const wide = ["q1", "q2"].map((query_id, i) => ({ ...row, query_id, similarity: 0.2 * i }));
  for (const [rows, from, to] of [[[row], 0.9, 1.1], [wide, 0, 1]] as const) {
    const chart = plots.similarities(tableOf(SIMILARITIES, rows), { bins: 4 });
    const { values } = chart.spec.data as { values: { from: number; to: number }[] };
    assert.deepEqual([values[0].from, Math.max(...values.map((bin) => bin.to))], [from, to]);
    assert.match(await chart.svg(), /<svg/);
  }
});

Deno.test("a median without a box around it has the color of its source", async () => {
  const row = { query_id: "q1", source: "bm25", similarity: 0.4, positive_similarity: 0.8 } as const;
  const dense = [0.3, 0.5, 0.7].map((similarity) => ({ ...row, source: "dense", similarity } as const));
  const svg = await plots.hardness(tableOf(SIMILARITIES, [row, row, ...dense])).svg();
  const ticks = /mark-rect[^"]* layer_3_marks".*?<\/g>/s.exec(svg)![0];
  assert.deepEqual([...ticks.matchAll(/fill="([^"]*)"/g)].map(([, fill]) => fill), [
    plots.colors.bm25,
    "#ffffff",
  ]);
});

Deno.test("a sweep draws no band over a setting without an interval", () => {
  const point = (value: number) => ({ value, mean: 0.5, low: 0.4, high: 0.6 });
  const { layer, title } = plots.sweep([0, 1, 4].map(point).concat({ value: 2, mean: 0.5 } as never)).spec as {
    layer: { mark: { type: string }; data?: { values: { value: number }[] } }[];
    title: { text: string[] };
  };
  const drawn = (type: string) => layer.filter(({ mark }) => mark.type === type).map(({ data }) => data!.values);
  assert.deepEqual(drawn("area"), [[point(0), point(1)]]);
  assert.deepEqual(drawn("rule"), [[point(4)]]);
  assert.match(title.text.join(" "), /band, bar: 95 % interval/);
});

Deno.test("a forest plot shows the results of compareArms and omits what is missing", async () => {
  const stream = random(5);
  const base = Float64Array.from({ length: 60 }, () => stream.next());
  const arm = (shift: number) => base.map((value) => value + shift + 0.02 * stream.normal());
  const found = compareArms({ base, bm25: arm(0.05), mixed: arm(0) }, { margin: 0.01, rounds: 1000 });
  const chart = plots.forest(found, { measure: "MRR@10" });
  const [head, ...lines] = chart.text.split("\n");
  assert.equal(head, "Paired difference of MRR@10 to base by arm, with 95 % interval");
  assert.equal(lines.length, 2);
  found.slice(1).forEach(({ arm, baseline }, i) => {
    const { difference, wins, losses, adjusted } = baseline!;
    assert.ok(
      lines[i].startsWith(`${arm}: ${difference < 0 ? "−" : "+"}${Math.abs(difference).toFixed(3)} (`),
      lines[i],
    );
    assert.ok(lines[i].includes(`${wins} better, 0 equal, ${losses} worse`), lines[i]);
    assert.ok(adjusted < 0.001 ? lines[i].includes("p < 0.001") : lines[i].includes(`p = ${adjusted.toFixed(3)}`));
  });
  const svg = await chart.svg({ width: 800 });
  assert.match(svg, />p \(Holm\)<.*>better\/worse</s);
  assert.match(svg, new RegExp(plots.colors.bm25));
  const bare = found.map(({ arm, baseline }) => ({
    arm,
    baseline: baseline && { difference: baseline.difference, interval: baseline.interval },
  }));
  const plain = await plots.forest(bare).svg();
  assert.doesNotMatch(plain, />p \(|>p<|worse|shaded/);
  const half = found.map((one, i) => ({ ...one, baseline: i === 1 ? bare[1].baseline : one.baseline }));
  assert.match(await plots.forest(half).svg(), />–</);
});

Deno.test("a baseline among the arms and rounding at the end of an interval are valid", () => {
  const row = { arm: "a", baseline: { difference: 0.1 + 0.2, interval: [0.3, 0.3] } } as const;
  assert.match(plots.forest([{ arm: "base" }, row], { baseline: "base" }).text, /to base by arm/);
});

Deno.test("charts follow the background: light in files, the page's variables in a page, the viewer's theme on a screen", async () => {
  for (const [name, make] of Object.entries(EXAMPLES)) {
    const chart = make();
    const light = await chart.svg({ width: 800 });
    const page = await chart.svg({ width: 800, theme: "page" });
    assert.ok(!light.includes("var("), name);
    assert.match(page, /var\(--chart-text, #222222\)/, name);
    const fallback = page.replaceAll(/var\(--chart-[\w-]+, (#\w{6})\)/g, "$1");
    assert.equal(fallback, light, `${name}: without the variables a page's chart is the light one`);
    // What JupyterLab does in its dark theme: a dark ground below the chart's own configuration.
    const config = { ...chart.spec.config as Record<string, unknown> };
    assert.ok(!("background" in config), name);
    const dark = await renderSvg({ ...chart.spec, config: { ...config, background: "#333333" } });
    assert.ok(/#e6edf3|230, ?237, ?243/.test(dark) && !/#222222|#000000/.test(dark), name);
    assert.equal(
      await renderSvg({ ...chart.spec, config: { ...config, background: "#ffffff" } }),
      await chart.svg(),
      name,
    );
  }
  assert.deepEqual(
    ["light", "dark"].map((theme) => /--chart-text: (#\w+);/.exec(plots.cssVariables(theme as "light"))![1]),
    ["#222222", "#e6edf3"],
  );
});

Deno.test("the size of a drawing for a page is checked, and fontSize is the size of its labels", async () => {
  const chart = EXAMPLES.hardness();
  assert.match(await chart.svg({ width: 700, fontSize: 14 }), /width="700" .*font-size="14px"/s);
  const cases: [unknown, RegExp][] = [
    [{ width: 100 }, /width must be at least 24 times the fontSize, found 100 with a fontSize of 12/],
    [{ width: NaN }, /found NaN/],
    [{ fontSize: 0 }, /a fontSize of 0/],
    [{ width: "colum" }, /Unknown width "colum": did you mean "column"/],
    [{ theme: "dark" }, /Unknown theme "dark"/],
    [{ widht: 100 }, /no option "widht": did you mean "width"/],
  ];
  for (const [options, message] of cases) await assert.rejects(chart.svg(options as never), message);
});

Deno.test("a legend appears once, even if two panels have the same series", async () => {
  const chart = plots.trainingCurves({ bm25: events(30, 1), mixed: events(30, 2) }, { names: ["loss", "nDCG@10"] });
  assert.equal((await chart.svg()).match(/>mixed</g)?.length, 1);
});

Deno.test("a label whose negatives come from one source has its color, in curves and in the forest plot", async () => {
  const sources = { "only written": "synthetic" } as const;
  const curvesOf = plots.trainingCurves({ "only written": events(9), other: events(9) }, { sources });
  assert.match(await curvesOf.svg(), new RegExp(`stroke="${plots.colors.synthetic}"`));
  const baseline = { difference: 0.1, interval: [0, 0.2] } as const;
  const forest = plots.forest([{ arm: "only written", source: "synthetic", baseline }, { arm: "other", baseline }]);
  assert.match(await forest.svg(), new RegExp(`stroke="${plots.colors.synthetic}"`));
});

Deno.test("the enlargement of false negatives is in the caption, not in the drawing", async () => {
  const chart = EXAMPLES.similarities();
  assert.match(chart.caption, /^False negatives are drawn \d+ times as high as the other bars\.$/);
  assert.doesNotMatch(await chart.svg(), /×/);
});
