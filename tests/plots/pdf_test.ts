import assert from "node:assert/strict";
import { join } from "node:path";
import * as plots from "../../lib/plots/mod.ts";
import { events, EXAMPLES } from "./examples.ts";
import { differing, inkBox, readPng, readPpm, smaller } from "./pixels.ts";

const tool = await new Deno.Command("pdftoppm", { args: ["-v"], stderr: "null" }).output().catch(() => undefined);
if (!tool?.success) console.log("PDFs are not compared with PNGs: there is no pdftoppm (poppler-utils)");

/** Dots an inch at which the two are compared; the PNG has 600, the PDF is drawn with 300: fine lines need them. */
const DOTS = 75;

/** Series of one color are told apart by dashes. */
const dashed = () =>
  plots.trainingCurves({ first: events(40), second: events(40, 2) }, { sources: { first: "dense", second: "dense" } });

for (const [name, make] of Object.entries({ ...EXAMPLES, dashed })) {
  for (const [width, inches] of [["column", 3.3], ["page", 6.9]] as const) {
    Deno.test({
      name: `${name}, ${width}: the PDF shows what the PNG shows, the whole of it, at the same size`,
      ignore: !tool?.success,
      async fn() {
        const folder = await Deno.makeTempDir();
        try {
          const chart = make();
          for (const ending of ["png", "pdf"]) await chart.save(join(folder, `figure.${ending}`), { width });
          const png = smaller(readPng(await Deno.readFile(join(folder, "figure.png"))), 600 / DOTS);
          const args = ["-r", "300", "-singlefile", join(folder, "figure.pdf"), join(folder, "page")];
          assert.ok((await new Deno.Command("pdftoppm", { args }).output()).success);
          const pdf = smaller(readPpm(await Deno.readFile(join(folder, "page.ppm"))), 300 / DOTS);
          assert.ok(Math.abs(pdf.width - inches * DOTS) <= 1, `${pdf.width} pixels wide`);
          assert.ok(Math.abs(pdf.height - png.height) <= 1, `${pdf.height} pixels high, the PNG ${png.height}`);
          const [found, wanted] = [inkBox(pdf), inkBox(png)];
          found.forEach((edge, i) => assert.ok(Math.abs(edge - wanted[i]) <= 2, `ink at ${found}, wanted ${wanted}`));
          // Two rasterisers smooth edges differently: hardly a pixel may differ by a quarter of the scale.
          const share = differing(pdf, png, 64);
          assert.ok(share < 0.001, `${(100 * share).toFixed(2)} % of the pixels differ`);
        } finally {
          await Deno.remove(folder, { recursive: true });
        }
      },
    });
  }
}
