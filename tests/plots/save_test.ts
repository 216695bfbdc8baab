import assert from "node:assert/strict";
import { join } from "node:path";
import * as fontkit from "fontkit";
import { fontSubset } from "../../lib/plots/rendering/font_subset.ts";
import { loadFonts, measureText, wrapText } from "../../lib/plots/rendering/fonts.ts";
import { EXAMPLES } from "./examples.ts";

async function folder(run: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await run(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("a chart saves SVG, PNG, PDF and JSON, twice the same bytes", () =>
  folder(async (path) => {
    const chart = EXAMPLES.waterfall();
    // A PNG begins with byte 0x89, which this decoder (windows-1252) reads as a per mille sign.
    const starts = { svg: "<svg", png: "\u2030PNG", pdf: "%PDF", json: "{" };
    for (const [ending, start] of Object.entries(starts)) {
      const [first, second] = ["a", "b"].map((name) => join(path, `${name}.${ending}`));
      await chart.save(first);
      await chart.save(second, { width: "column" });
      const bytes = await Deno.readFile(first);
      assert.equal(new TextDecoder("latin1").decode(bytes.subarray(0, start.length)), start);
      assert.deepEqual(bytes, await Deno.readFile(second));
    }
    const png = new DataView((await Deno.readFile(join(path, "a.png"))).buffer);
    assert.equal(png.getUint32(16), 1980, "3.3 inch at 600 dots an inch");
  }));

Deno.test("a PDF embeds every font that it names", async (t) => {
  const tool = await new Deno.Command("pdffonts", { args: ["-v"], stderr: "null" }).output().catch(() => undefined);
  for (const [name, make] of Object.entries(EXAMPLES)) {
    await t.step(name, () =>
      folder(async (path) => {
        const file = join(path, "figure.pdf");
        await make().save(file);
        const text = new TextDecoder("latin1").decode(await Deno.readFile(file));
        const fonts = text.match(/\/BaseFont \/[A-Z]{6}\+DejaVuSans(-Bold)?/g) ?? [];
        assert.ok(fonts.length > 0 && !/Helvetica|\/Type1\b/.test(text), "a font that is not embedded");
        assert.equal(text.match(/\/FontFile2 /g)?.length, fonts.length / 2, "a file for each font and its descendant");
        if (!tool?.success) return;
        const { stdout } = await new Deno.Command("pdffonts", { args: [file] }).output();
        const rows = new TextDecoder().decode(stdout).trim().split("\n").slice(2);
        assert.ok(rows.length > 0 && rows.every((row) => /\+DejaVuSans\S* .* yes yes yes /.test(row)), rows.join("\n"));
      }));
  }
});

Deno.test("bad options are errors and lose nothing", () =>
  folder(async (path) => {
    const chart = EXAMPLES.sweep();
    const file = join(path, "figure.svg");
    await chart.save(file);
    const before = await Deno.readTextFile(file);
    await assert.rejects(chart.save(file), /the file exists/);
    assert.equal(await Deno.readTextFile(file), before);
    await chart.save(file, { overwrite: true, width: "page" });
    await assert.rejects(chart.save(join(path, "figure.jpg")), /Cannot save a chart as .*figure\.jpg/);
    await assert.rejects(chart.save(join(path, "x.svg"), { width: "wide" as never }), /Unknown width "wide"/);
    assert.deepEqual([...Deno.readDirSync(path)].map((entry) => entry.name), ["figure.svg"]);
  }));

Deno.test("a saved SVG contains the glyphs that it uses", () =>
  folder(async (path) => {
    const file = join(path, "figure.svg");
    await EXAMPLES.similarities().save(file);
    const svg = await Deno.readTextFile(file);
    const fonts = [...svg.matchAll(/font-weight:(\w+);src:url\(data:font\/ttf;base64,([^)]*)\)/g)];
    assert.deepEqual(fonts.map(([, weight]) => weight), ["normal", "bold"]);
    const regular = fontkit.create(Uint8Array.fromBase64(fonts[0][2]));
    for (const character of "cosine similarity to the query012345689%−") {
      assert.ok(regular.hasGlyphForCodePoint(character.codePointAt(0)), character);
    }
  }));

Deno.test("a subset of a font has the outlines and widths of the whole", () => {
  const { regular } = loadFonts();
  const text = "nDCG@10 − αβ fi ÄÖ%";
  const bytes = fontSubset(regular, text);
  assert.ok(bytes.length < 20_000);
  const subset = fontkit.create(bytes);
  for (const character of text) {
    const [a, b] = [subset, regular.font].map((font) => font.glyphForCodePoint(character.codePointAt(0)));
    assert.equal(a.advanceWidth, b.advanceWidth, character);
    assert.equal(a.path.toSVG(), b.path.toSVG(), character);
  }
  assert.ok(!subset.hasGlyphForCodePoint("z".codePointAt(0)));
});

Deno.test("text is measured with the real font and wraps at the limit", () => {
  const { regular, bold } = loadFonts();
  assert.equal(measureText(regular, "", 10), 0);
  // Advance widths of DejaVu Sans in its file: "i" 569 and "m" 1995 of 2048 units.
  assert.ok(Math.abs(measureText(regular, "iii", 10) - 3 * 10 * 569 / 2048) < 1e-9);
  assert.ok(Math.abs(measureText(regular, "mmm", 10) - 3 * 10 * 1995 / 2048) < 1e-9);
  assert.ok(measureText(bold, "mmm", 10) > measureText(regular, "mmm", 10));
  const lines = wrapText(regular, "one two three four five six", 10, 60);
  assert.equal(lines.join(" "), "one two three four five six");
  assert.ok(lines.length > 2 && lines.every((line) => measureText(regular, line, 10) <= 60));
});
