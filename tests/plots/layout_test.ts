import assert from "node:assert/strict";
import { type Chart, EVENTS, NEGATIVES, tableOf } from "../../mod.ts";
import { SOURCES } from "../../lib/tables/mod.ts";
import * as plots from "../../lib/plots/mod.ts";
import { SCREEN } from "../../lib/plots/drawing/theme.ts";
import { events, EXAMPLES, scores } from "./examples.ts";
import { outside, overlaps, placedTexts } from "./layout.ts";

/** Draws a chart at all widths; its text must lie inside, and the picture keep its width. */
async function drawings(chart: Chart): Promise<string[]> {
  const wanted = { column: 3.3 * 96, page: 6.9 * 96, screen: SCREEN.width, phone: 358 };
  const svgs = [await chart.svg({ width: "column" }), await chart.svg({ width: "page" }), await chart.svg()];
  svgs.push(await chart.svg({ width: wanted.phone, fontSize: 11.5 }));
  Object.entries(wanted).forEach(([name, pixels], i) => {
    assert.deepEqual(outside(svgs[i]), [], name);
    const [, box] = /viewBox="0 0 ([\d.]+) /.exec(svgs[i])!;
    assert.ok(Math.abs(Number(box) / pixels - 1) < 0.06, `${name}: ${box} pixels, wanted some ${pixels}`);
  });
  return svgs;
}

for (const [name, make] of Object.entries(EXAMPLES)) {
  Deno.test(`${name}: no text is cut off or overlaps another`, async () => {
    for (const svg of await drawings(make())) assert.deepEqual(overlaps(placedTexts(svg)), []);
  });
}

Deno.test("a waterfall has room for large numbers, long rules and seven sources", async () => {
  const rule = (i: number) => i % 3 ? `relative margin to the lowest positive's score, ${i % 3}` : undefined;
  const rows = Array.from({ length: 21_000 }, (_, i) => ({
    query_id: "q1",
    doc_id: `d${i}`,
    source: SOURCES[i % SOURCES.length],
    verdict: rule(i) ? "dropped" as const : "kept" as const,
    reason: rule(i),
    rank: 1,
  }));
  for (const svg of await drawings(plots.waterfall(tableOf(NEGATIVES, rows)))) {
    const texts = placedTexts(svg).map(({ text }) => text);
    assert.ok(["21,000", "−7,000", "7,000", ...SOURCES].every((text) => texts.includes(text)), texts.join());
    const rules = texts.filter((text) => text.startsWith("relative"));
    assert.ok(new Set(rules).size === 2 && rules.every((text) => /…/.test(text)), rules.join());
  }
});

Deno.test("curves of many arms keep their width, and no two look the same", async () => {
  const arms = Array.from({ length: 13 }, (_, i) => `hybrid of dense and synthetic negatives, ratio ${i} to 1`);
  const chart = plots.trainingCurves(Object.fromEntries(arms.map((arm, i) => [arm, events(30, i)])), {
    names: ["loss", "nDCG@10"],
  });
  const [panel] = chart.spec.vconcat as { encoding: Record<string, { scale: { domain: string[]; range: [] } }> }[];
  const { color, strokeDash } = panel.encoding;
  const looks = color.scale.range.map((color, i) => JSON.stringify([color, strokeDash.scale.range[i]]));
  assert.equal(new Set(looks).size, arms.length);
  assert.equal(new Set(color.scale.domain).size, arms.length);
  for (const svg of await drawings(chart)) {
    assert.equal(placedTexts(svg).filter(({ text }) => text.startsWith("hybrid")).length, arms.length);
  }
});

Deno.test("curves of one value, of zeros, and of a long name have plain axes", async () => {
  const at = { epoch: 0, wall_ms: 0 };
  const rows = [
    { ...at, step: 0, name: "MRR@10", value: 0 },
    { ...at, step: 0, name: "a name of an event that is far too long for its panel", value: 0.5 },
  ];
  for (const svg of await drawings(plots.trainingCurves(tableOf(EVENTS, rows)))) {
    const ticks = placedTexts(svg).map(({ text }) => text).filter((text) => /^[\d.]+$/.test(text));
    assert.ok(ticks.length >= 6 && ticks.every((tick) => tick.length < 5), ticks.join());
    const height = Number(/viewBox="0 0 [\d.]+ ([\d.]+)"/.exec(svg)![1]);
    assert.ok(height < 330, `${height} pixels high`);
  }
});

Deno.test("names too long for a chart stay distinct and cut nothing off", async () => {
  const names = ["1", "3"].map((end) => `hybrid of dense and synthetic negatives, ratio 1 to ${end}`);
  const measure = "nDCG@10 of a very long measure name that someone might well give to the axis of the chart";
  const arms = names.map((arm, i) => ({ arm, mean: 12345.678 + i, low: 12340 + i, high: 12350 + i }));
  const title = "unbroken_".repeat(20);
  for (const svg of await drawings(plots.arms(arms, { measure, title, baseline: names[0] }))) {
    const shown = placedTexts(svg).filter(({ text }) => /^hybrid.*…/.test(text)).map(({ text }) => text);
    assert.ok(shown.length === 2 && shown[0] !== shown[1], shown.join());
    const values = placedTexts(svg).filter(({ text }) => /^1234\d\.678$/.test(text));
    const [, from, plot] = /stroke-miterlimit="4" transform="translate\(([\d.]+),.*?d="M0,0h([\d.]+)v/.exec(svg)!.map(
      Number,
    );
    assert.ok(values.length === 2 && values.every(({ left }) => left > from + plot), "a value over the intervals");
  }
  const pair = names.map((name) => `${measure}, ${name}`) as [string, string];
  for (const svg of await drawings(plots.perQueryDifference(scores(50, 0), scores(50, 0.1), { names: pair }))) {
    const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!.map(Number);
    assert.ok(height < 240 && width > 300, `${width} x ${height}`);
  }
  await drawings(plots.sweep([{ value: 1, mean: 1 }, { value: 2, mean: 3 }], { parameter: measure, measure }));
});

Deno.test("small counts have whole ticks", async () => {
  const one = tableOf(NEGATIVES, [{ query_id: "q1", doc_id: "d1", source: "bm25", rank: 1, verdict: "kept" }]);
  for (const svg of await drawings(plots.waterfall(one))) assert.doesNotMatch(svg, />0\.\d<|>1\.0</);
  const few = plots.perQueryDifference(scores(2, 0), scores(2, 0.1));
  for (const svg of await drawings(few)) assert.match(svg, />0<.*>1<.*>2<\/text>/s);
});

Deno.test("a single value has an axis with short numbers", async () => {
  const arm = { arm: "bm25", mean: 0.5, low: 0.5, high: 0.5 };
  const zero = { value: 0, mean: 0 };
  for (
    const chart of [plots.arms([arm]), plots.sweep([{ value: 1, mean: 0.5 }]), plots.sweep([zero])]
  ) {
    for (const svg of await drawings(chart)) {
      assert.ok(placedTexts(svg).every(({ text }) => !/^\d\.\d{4}/.test(text)), svg);
    }
  }
});

Deno.test("a forest plot fits 1 to 12 arms, long names, wide numbers and a missing p", async () => {
  const long = (i: number) => `hybrid of dense and synthetic negatives, ratio ${i} to 1`;
  for (const count of [1, 2, 5, 12]) {
    for (const scale of [0, 1e-4, 0.01, 1, 1e4]) {
      const arms = Array.from({ length: count }, (_, i) => ({
        arm: scale === 1 ? `arm ${i}` : long(i),
        baseline: {
          difference: scale * (i - 2),
          interval: [scale * (i - 3.5), scale * (i - 1)] as const,
          adjusted: i === 1 ? undefined : 0.2 / (i + 1),
          ...(i === 2 ? {} : { wins: 100_000 * i, losses: 12 }),
          ...(scale === 0.01 ? { equivalence: { margin: 0.01 } } : {}),
        },
      }));
      const measure = scale === 1e4 ? "a measure with a name that is far too long for the axis of a chart" : "nDCG@10";
      for (const svg of await drawings(plots.forest(arms, { measure, baseline: long(99) }))) {
        const texts = placedTexts(svg);
        assert.ok(texts.some(({ text }) => text === "p (Holm)"));
        assert.equal(
          texts.filter(({ text }) => /^(hybrid.*|arm \d+)$/.test(text) && text !== "arm").length >= count,
          true,
        );
        assert.deepEqual(overlaps(texts), []);
        const ticks = texts.filter(({ text }) => /^(0|[+−][\d.,e−]+)$/.test(text));
        assert.ok(ticks.some(({ text }) => text === "0"), ticks.map(({ text }) => text).join());
      }
    }
  }
});
