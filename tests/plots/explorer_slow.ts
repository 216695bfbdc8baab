import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { loadCollection } from "../../lib/collections/mod.ts";
import { filterNegatives, filters, mine, readReviews } from "../../lib/negatives/mod.ts";
import { browse } from "../../lib/plots/mod.ts";
import { concatenate } from "../../lib/tables/mod.ts";
import { chromiumPath, openChromium } from "../support/chromium.ts";

const SHOTS = resolve(import.meta.dirname!, "..", ".output", "screenshots");
const there = existsSync(chromiumPath());
if (!there) console.log(`skipped: there is no Chromium at ${chromiumPath()}`);

const facets = await loadCollection("facets");
const mined = await mine(facets, { source: "bm25", depth: 20 });

/** A page in a folder of its own. */
async function write(html: string): Promise<string> {
  const path = join(await Deno.makeTempDir(), "negatives.html");
  await Deno.writeTextFile(path, html);
  return path;
}

async function open(browser: Browser, path: string, settings: object = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, acceptDownloads: true, ...settings });
  page.setDefaultTimeout(10_000);
  page.on("pageerror", (error) => assert.fail(`the page failed: ${error}`));
  await page.goto(pathToFileURL(path).href);
  await page.waitForSelector("#rows .row");
  return page;
}

const text = (page: Page, selector: string) => page.locator(selector).first().innerText();

Deno.test({
  name: "the explorer in Chromium: sort, filter, keys, review, save, take up again",
  ignore: !there,
  async fn() {
    await using browser = await openChromium();
    const path = await write(browse(facets, mined, { review: true }).html);
    const page = await open(browser, path);
    const first = () => text(page, "#rows .row");
    const found = () => text(page, "#found");

    assert.match(await found(), /^\d+ rows of 16,253 rows$/);
    const query = await text(page, "#query-text");
    await page.keyboard.press("ArrowRight");
    assert.notEqual(await text(page, "#query-text"), query);
    await page.keyboard.press("ArrowLeft");
    assert.equal(await text(page, "#query-text"), query);

    await page.click("#head .score");
    const best = Number((await page.locator("#rows .row .score").allInnerTexts())[0]);
    await page.click("#head .score");
    const least = Number((await page.locator("#rows .row .score").allInnerTexts())[0]);
    assert.ok(best > least, `${best} > ${least}`);
    await page.click("#head .score");

    await page.keyboard.press("a");
    await page.fill("#search", "the ");
    assert.match(await found(), /^[\d,]+ rows of 16,253 rows$/);
    const some = await found();
    await page.selectOption("#verdict", "kept");
    await page.fill("#low", "5");
    assert.notEqual(await found(), some);
    await page.fill("#low", "");
    await page.fill("#search", "");
    await page.selectOption("#verdict", "");
    await page.keyboard.press("Escape");
    await page.keyboard.press("a");

    const rows = await page.locator("#rows .row .text").allInnerTexts();
    await page.keyboard.press("Home");
    for (const key of ["k", "d", "r", "d", "u"]) await page.keyboard.press(key);
    assert.equal(await text(page, "#reviewed"), "3 reviewed");
    assert.deepEqual((await page.locator("#rows .row .verdict.mine").allInnerTexts()).slice(0, 3), [
      "kept",
      "dropped",
      "relabeled",
    ]);
    await page.selectOption("#review", "dropped");
    assert.match(await found(), /^1 row of/);
    assert.ok((await first()).includes(rows[1].slice(0, 20)));
    await page.selectOption("#review", "");

    await page.fill("#reviewer", "Ada");
    await page.keyboard.press("Escape");
    const download = page.waitForEvent("download");
    await page.keyboard.press("s");
    const saved = join(await Deno.makeTempDir(), "verdicts.jsonl");
    await (await download).saveAs(saved);
    const reviews = await readReviews(saved);
    assert.deepEqual([...reviews.column("verdict")], ["kept", "dropped", "relabeled"]);
    assert.deepEqual([...reviews.column("reviewer")], ["Ada", "Ada", "Ada"]);
    const filtered = await filterNegatives(mined, facets, [filters.verdicts(saved)]);
    assert.deepEqual([...filtered.column("verdict")].slice(0, 3), ["kept", "dropped", "relabeled"]);

    await page.reload();
    await page.waitForSelector("#rows .row");
    assert.equal(await text(page, "#reviewed"), "3 reviewed");
    await page.close();
  },
});

Deno.test({
  name: "at the end of a query's rows a verdict goes on to the next query",
  ignore: !there,
  async fn() {
    await using browser = await openChromium();
    const page = await open(browser, await write(browse(facets, mined, { review: true }).html));
    const query = await text(page, "#query-text");
    await page.keyboard.press("End");
    await page.keyboard.press("d");
    assert.notEqual(await text(page, "#query-text"), query);
    assert.equal(await text(page, "#reviewed"), "1 reviewed");
  },
});

Deno.test({
  name: "50,000 rows: first paint within 3 s, a filter within 250 ms, no more rows in the page than fit",
  ignore: !there,
  async fn() {
    const many = concatenate([mined, mined, mined, mined]).slice(0, 50_000);
    await using browser = await openChromium();
    const path = await write(browse(facets, many).html);
    const begin = performance.now();
    const page = await open(browser, path);
    const paint = performance.now() - begin;
    await page.click("#all");
    const filter = await page.evaluate(`(async () => {
      const begin = performance.now();
      document.getElementById("search").value = "the ";
      document.getElementById("search").dispatchEvent(new Event("input"));
      const spent = performance.now() - begin;
      return spent;
    })()`) as number;
    assert.ok(await page.locator("#rows .row").count() < 60);
    const { size } = await Deno.stat(path);
    console.log(
      `50,000 rows: ${(size / 1e6).toFixed(2)} MB, first paint ${Math.round(paint)} ms, filter ${
        Math.round(filter)
      } ms`,
    );
    assert.ok(paint < 3000, `first paint ${paint} ms`);
    assert.ok(filter < 250, `filter ${filter} ms`);
  },
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const [width, height] of [[1280, 800], [390, 844]]) {
    Deno.test({
      name: `the explorer at ${width} px, ${colorScheme}: nothing wider than the page, all in sight`,
      ignore: !there,
      async fn() {
        await Deno.mkdir(SHOTS, { recursive: true });
        await using browser = await openChromium();
        const path = await write(browse(facets, mined, { review: true }).html);
        const page = await open(browser, path, { viewport: { width, height }, colorScheme });
        await page.keyboard.press("d");
        await page.screenshot({ path: join(SHOTS, `explorer-${width}-${colorScheme}.png`) });
        assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
        await page.click('.give button:text-is("relabel")');
        assert.equal(await text(page, "#reviewed"), "2 reviewed");
        for (const part of ["#rows .row", "#detail .card", "#queries .row", "#save"]) {
          assert.ok(await page.locator(part).first().isVisible(), part);
        }
      },
    });
  }
}
