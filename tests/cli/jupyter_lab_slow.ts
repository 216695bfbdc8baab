import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { plots } from "../../mod.ts";
import { type JupyterLab, missing, openLab } from "./jupyter_lab.ts";

/** Folder of the screenshots, for review. */
const SHOTS = resolve(import.meta.dirname!, "..", ".output", "screenshots");

const reason = missing();
if (reason) console.log(`JupyterLab is not tested: ${reason}`);

/** A chart as Vega drew it in the page. */
const CHART = ".jp-RenderedVegaCommon5 canvas, .jp-RenderedVegaCommon5 svg.marks";

/** Pixels of the page's charts in the color of each source. Bars have an opacity of three quarters. */
async function pixels(page: Page, colours: Record<string, string>): Promise<Record<string, number>> {
  return await page.evaluate(`(() => {
    const colours = ${JSON.stringify(colours)};
    const counts = Object.fromEntries(Object.keys(colours).map((name) => [name, 0]));
    for (const canvas of document.querySelectorAll(".jp-RenderedVegaCommon5 canvas")) {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      for (const [name, colour] of Object.entries(colours)) {
        const rgb = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
        const colors = [rgb, rgb.map((value) => Math.round(255 - 0.75 * (255 - value)))];
        for (let i = 0; i < data.length; i += 4) {
          if (colors.some((one) => one.every((value, c) => Math.abs(value - data[i + c]) <= 2))) counts[name]++;
        }
      }
    }
    return counts;
  })()`);
}

/** The first chart of the page as text. */
const FRAME = `(() => {
  const chart = document.querySelector(${JSON.stringify(CHART)});
  return chart?.toDataURL ? chart.toDataURL() : chart?.outerHTML;
})()`;

/** A screenshot around a chart. It does not wait for a stable page: the chart may be replaced meanwhile. */
async function shot(lab: JupyterLab, name: string, chart: number): Promise<void> {
  await Deno.mkdir(SHOTS, { recursive: true });
  await lab.page.evaluate(
    `document.querySelectorAll(${JSON.stringify(CHART)})[${chart}]?.scrollIntoView({ block: "center" })`,
  );
  await lab.page.waitForTimeout(300);
  await Deno.writeFile(join(SHOTS, `${name}.png`), await lab.page.screenshot());
}

for (const theme of ["light", "dark"] as const) {
  Deno.test({
    name: `JupyterLab, ${theme}: the paired differences of 05_compare fit their cell and follow the theme`,
    ignore: reason !== undefined,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await using lab = await openLab(theme);
      await lab.open("05_compare");
      await lab.runAll();
      await lab.settled(240);
      const { bm25, random } = plots.colors;
      const found = await pixels(lab.page, { bm25, random, light: "#ffffff", dark: "#333333", ink: "#e6edf3" });
      assert.ok(found.bm25 > 100 && found.random > 100, JSON.stringify(found));
      assert.ok(theme === "dark" ? found.dark > 1e5 && found.ink > 200 : found.light > 1e5, JSON.stringify(found));
      const beyond = await lab.page.evaluate<number>(
        `Math.max(...[...document.querySelectorAll(${JSON.stringify(CHART)})].map((chart) =>
          chart.getBoundingClientRect().right - chart.closest(".jp-OutputArea-output").getBoundingClientRect().right))`,
      );
      assert.ok(beyond <= 1, `a chart is ${beyond} pixels wider than its cell`);
      await shot(lab, `05_compare-${theme}`, 2);
    },
  });

  Deno.test({
    name: `JupyterLab, ${theme}: 03_negatives runs, and its distributions are drawn as a chart`,
    ignore: reason !== undefined,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await using lab = await openLab(theme);
      await lab.open("03_negatives");
      await lab.runAll();
      await lab.settled(180);
      assert.equal(await lab.page.locator(".jp-OutputArea-output[data-mime-type*='error']").count(), 0);
      const { random, bm25, synthetic } = plots.colors;
      const found = await pixels(lab.page, { random, bm25, synthetic });
      for (const [source, count] of Object.entries(found)) assert.ok(count > 500, `${source}: ${count} pixels`);
      await shot(lab, `03_negatives-${theme}`, 1);
    },
  });
}

Deno.test({
  name: "JupyterLab: the curve of 04_train grows while it trains",
  ignore: reason !== undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using lab = await openLab("light");
    await lab.open("04_train");
    await lab.runAll();
    const frames = new Set<string>();
    const deadline = performance.now() + 180_000;
    let settled = false;
    void lab.settled(180).then(() => settled = true, () => {});
    while (!settled && performance.now() < deadline) {
      const frame = await lab.page.evaluate<string | undefined>(FRAME).catch(() => undefined);
      if (frame) {
        const seen = frames.size;
        frames.add(frame);
        if (seen === 3 && frames.size === 4) await shot(lab, "04_train-running", 0);
      }
      await lab.page.waitForTimeout(150);
    }
    assert.ok(settled, "the notebook did not end");
    assert.ok(frames.size >= 4, `${frames.size} frames were seen`);
    await shot(lab, "04_train-settled", 0);
  },
});

/** A notebook that trains far too long, and a cell that would evaluate the result. */
const STOPPED = [
  `import * as kit from "@syneg/kit";
const facets = await kit.loadCollection("facets");
const encoder = await kit.loadEncoder("built-in");`,
  `const training = { collection: facets, loss: kit.losses.infoNCE({ temperature: 0.1 }), steps: 50_000, epochs: 5_000 };
await kit.plots.liveCurves().follow(kit.train(encoder, training));`,
  `console.log("measured", (await kit.evaluateEncoder(encoder, facets)).scores.length);`,
  `console.log("alive", facets.corpus.length);`,
];

Deno.test({
  name: "JupyterLab: stopping a training during Run All ends its cell and runs nothing on what it leaves",
  ignore: reason !== undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using lab = await openLab("light");
    const cell = (source: string) => ({ cell_type: "code", execution_count: null, metadata: {}, outputs: [], source });
    const kernelspec = { display_name: "Deno", language: "typescript", name: "deno" };
    const notebook = { cells: STOPPED.slice(0, 3).map(cell), metadata: { kernelspec }, nbformat: 4, nbformat_minor: 4 };
    notebook.cells.push(cell(STOPPED[3]));
    await Deno.writeTextFile(join(lab.folder, "stopped.ipynb"), JSON.stringify(notebook));
    await lab.open("stopped");
    await lab.runAll();
    await lab.page.waitForSelector(CHART, { timeout: 90_000 });
    await lab.page.click('.lm-MenuBar-itemLabel:text-is("Kernel")');
    await lab.page.click('.lm-Menu-itemLabel:text-is("Interrupt Kernel")');
    const outputs = lab.page.locator(".jp-CodeCell .jp-OutputArea");
    await lab.page.locator(".jp-CodeCell").nth(1).getByText("CancelledError: Stopped training at step").waitFor();
    await lab.page.waitForTimeout(2000);
    await shot(lab, "stopped", 0);
    assert.doesNotMatch(await outputs.allInnerTexts().then((texts) => texts.join("\n")), /measured/);
    await lab.page.locator(".jp-CodeCell").nth(3).locator(".cm-content").click();
    await lab.page.keyboard.press("Shift+Enter");
    await lab.page.locator(".jp-CodeCell").nth(3).getByText(/alive \d+/).waitFor({ timeout: 20_000 });
  },
});
