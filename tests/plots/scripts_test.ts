import assert from "node:assert/strict";
import { join } from "node:path";
import { plots } from "../../mod.ts";
import { loadFonts, measureText } from "../../lib/plots/rendering/fonts.ts";
import { outlined } from "../../lib/plots/rendering/outlines.ts";
import { differing, readPng, readPpm, smaller } from "./pixels.ts";
import { outside, placedTexts } from "./layout.ts";

/** Names in scripts that DejaVu lacks, or whose letters join. */
const NAMES: Record<string, string> = {
  Chinese: "随机负例",
  Japanese: "ランダム負例 bm25",
  Korean: "무작위 부정 예",
  Thai: "ตัวอย่างเชิงลบ",
  Hindi: "कठिन नकारात्मक क्षेत्र",
  Bengali: "কঠিন নেতিবাচক",
  Tamil: "கடினமான எதிர்",
  Telugu: "కఠినమైన ప్రతికూల",
  emoji: "emoji 🎯🔥 👍🏽 ❤️ 👨‍👩‍👧",
  Arabic: "bm25 سلبية صعبة",
};

const baseline = { difference: 0.01, interval: [0, 0.02], adjusted: 0.04 } as const;
const chartOf = (...names: string[]) => plots.forest(names.map((arm) => ({ arm, baseline })), { title: names[0] });

/** Runs with a folder, and returns what was warned. */
async function warnings(run: (folder: string) => Promise<void>): Promise<string[]> {
  const said: string[] = [];
  const { warn } = console;
  console.warn = (...words: unknown[]) => void said.push(words.join(" "));
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    console.warn = warn;
    await Deno.remove(folder, { recursive: true });
  }
  return said;
}

for (const [script, name] of Object.entries(NAMES)) {
  Deno.test(`${script}: drawn in a file without boxes or warnings, with the same bytes each time`, async () => {
    const said = await warnings(async (folder) => {
      for (const file of ["a.svg", "b.svg"]) await chartOf(name).save(join(folder, file));
      const svg = await Deno.readTextFile(join(folder, "a.svg"));
      assert.equal(svg, await Deno.readTextFile(join(folder, "b.svg")));
      assert.ok(svg.includes(`aria-label="${name}"`), "read aloud as what it says");
      assert.ok(!placedTexts(svg).some(({ text }) => text.includes(name)), "no text that needs a font of the viewer's");
      const [, path] = new RegExp(`aria-label="${name}" d="([^"]*)"`).exec(svg)!;
      assert.ok(!path.includes("NaN") && path.length > 200);
      const { regular } = loadFonts();
      // The box that DejaVu draws for what it lacks, at this size: not among the outlines.
      const box = regular.font.getGlyph(0).path.scale(9 / regular.font.unitsPerEm, -9 / regular.font.unitsPerEm);
      assert.ok(!path.includes(box.toSVG().slice(0, 12)), "a box");
    });
    assert.deepEqual(said, []);
  });
}

Deno.test("names in all scripts are measured as drawn: none exceeds the chart", async () => {
  const { regular } = loadFonts();
  assert.equal(measureText(regular, "随机负例", 10), 40, "a Chinese sign is an em wide");
  assert.ok(measureText(regular, "e\u0301x", 10) < 14);
  for (const width of ["column", "page"] as const) {
    assert.deepEqual(outside(await chartOf(...Object.values(NAMES)).svg({ width })), []);
  }
});

Deno.test("characters without a font are named in a warning, for every kind of file", async () => {
  const said = await warnings(async (folder) => {
    for (const ending of ["svg", "png", "pdf"]) await chartOf("ꦏ and 中").save(join(folder, `figure.${ending}`));
  });
  assert.equal(said.length, 3);
  for (const words of said) assert.match(words, /figure\.\w+: no font for ꦏ \(U\+A98F\); drawn as boxes$/);
});

Deno.test("texts in DejaVu's own scripts stay texts", async () => {
  const svg = await chartOf("Größe αβγ тест").svg({ width: "column" });
  assert.deepEqual(await outlined(svg), { svg, missing: [] });
});

const tool = await new Deno.Command("pdftoppm", { args: ["-v"], stderr: "null" }).output().catch(() => undefined);
Deno.test({
  name: "a PDF shows the scripts that the PNG shows",
  ignore: !tool?.success,
  async fn() {
    await warnings(async (folder) => {
      const chart = chartOf(...Object.values(NAMES));
      for (const ending of ["png", "pdf"]) await chart.save(join(folder, `figure.${ending}`));
      const png = smaller(readPng(await Deno.readFile(join(folder, "figure.png"))), 8);
      const args = ["-r", "300", "-singlefile", join(folder, "figure.pdf"), join(folder, "page")];
      assert.ok((await new Deno.Command("pdftoppm", { args }).output()).success);
      const pdf = smaller(readPpm(await Deno.readFile(join(folder, "page.ppm"))), 4);
      assert.ok(differing(pdf, png, 64) < 0.001);
    });
  },
});
