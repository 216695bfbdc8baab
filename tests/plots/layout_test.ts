import assert from "node:assert/strict";
import { type Chart, NEGATIVES, SOURCES, tableOf } from "../../mod.ts";
import * as plots from "../../lib/plots/mod.ts";
import { SCREEN } from "../../lib/plots/theme.ts";
import { EXAMPLES } from "./examples.ts";
import { outside, placedTexts } from "./layout.ts";

/** Draws a chart at all widths; its text must lie inside, and the picture keep its width. */
async function drawings(chart: Chart): Promise<string[]> {
  const wanted = { column: 3.3 * 96, page: 6.9 * 96, screen: SCREEN.width };
  const svgs = [await chart.svg({ width: "column" }), await chart.svg({ width: "page" }), await chart.svg()];
  Object.entries(wanted).forEach(([name, pixels], i) => {
    assert.deepEqual(outside(svgs[i]), [], name);
    const [, box] = /viewBox="0 0 ([\d.]+) /.exec(svgs[i])!;
    assert.ok(Math.abs(Number(box) / pixels - 1) < 0.06, `${name}: ${box} pixels, wanted some ${pixels}`);
  });
  return svgs;
}

for (const [name, make] of Object.entries(EXAMPLES)) {
  Deno.test(`${name}: no text sticks out`, async () => void await drawings(make()));
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
  for (const svg of await drawings(plots.waterfallChart(tableOf(NEGATIVES, rows)))) {
    const texts = placedTexts(svg).map(({ text }) => text);
    assert.ok(["21,000", "−7,000", "7,000", ...SOURCES].every((text) => texts.includes(text)), texts.join());
    const rules = texts.filter((text) => text.startsWith("relative"));
    assert.ok(new Set(rules).size === 2 && rules.every((text) => /…/.test(text)), rules.join());
  }
});
