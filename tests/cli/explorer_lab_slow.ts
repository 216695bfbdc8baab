import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { readReviews } from "../../lib/negatives/mod.ts";
import { missing, openLab } from "./jupyter_lab.ts";

const SHOTS = resolve(import.meta.dirname!, "..", ".output", "screenshots");
const reason = missing();
if (reason) console.log(`JupyterLab is not tested: ${reason}`);

for (const theme of ["light", "dark"] as const) {
  Deno.test({
    name: `JupyterLab, ${theme}: the page of 06_your_data sorts, filters, reviews by key and saves, inside its cell`,
    ignore: reason !== undefined,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await Deno.mkdir(SHOTS, { recursive: true });
      await using lab = await openLab(theme);
      await lab.open("06_your_data");
      await lab.runAll();
      await lab.settled(180);
      assert.equal(await lab.page.locator(".jp-OutputArea-output[data-mime-type*='error']").count(), 0);
      const frame = lab.page.frameLocator("iframe[title=negatives]");
      await frame.locator("#rows .row").first().waitFor();
      await lab.page.locator("iframe[title=negatives]").scrollIntoViewIfNeeded();
      const rows = await frame.locator("#rows .row").count();
      assert.match(await frame.locator("#found").innerText(), new RegExp(`^${rows} rows of 93 rows$`));
      await frame.locator("#sources .chip").first().click();
      assert.ok(await frame.locator("#rows .row").count() < rows);
      await frame.locator("#sources .chip").first().click();
      await frame.locator("#head .score").click();
      await frame.locator("#rows .row").first().click();
      // Keys stay in the page: "d" would otherwise be JupyterLab's.
      const cells = await lab.page.locator(".jp-Cell").count();
      for (const key of ["d", "d", "k"]) await lab.page.keyboard.press(key);
      assert.equal(await frame.locator("#reviewed").innerText(), "3 reviewed");
      assert.equal(await lab.page.locator(".jp-Cell").count(), cells);
      await lab.page.screenshot({ path: join(SHOTS, `explorer-lab-${theme}.png`) });
      const download = lab.page.waitForEvent("download");
      await frame.locator("#save").click();
      const file = join(await Deno.makeTempDir(), "verdicts.jsonl");
      await (await download).saveAs(file);
      assert.deepEqual([...(await readReviews(file)).column("verdict")].sort(), ["dropped", "dropped", "kept"]);
    },
  });
}
