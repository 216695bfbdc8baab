import assert from "node:assert/strict";
import * as kit from "../../mod.ts";

const shownAs = (page: unknown) =>
  (page as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]();

Deno.test("help on a function: signature, every option with type and default, errors, example", async () => {
  const { name, text } = await kit.help(kit.mine);
  assert.equal(name, "kit.mine");
  assert.match(text, /^kit\.mine\(collection: Collection, options: MineOptions\): Promise<Table<typeof NEGATIVES>>\n/);
  assert.match(text, /\n {2}source +MinerName: .*\n?.*\[required\]/);
  assert.match(text, /\n {2}depth +number: Candidates per query, positives among them\. \[default: 100\]/);
  assert.match(text, /\nThrows ArgumentError for an unknown option/);
  assert.match(text, /\nExample\n {2}import \{ loadCollection, mine, waterfall \} from "@syneg\/kit";/);
  for (const line of text.split("\nExample")[0].split("\n")) assert.ok(line.length <= 104, line);
});

Deno.test("help knows where a name is found, also inside a namespace, by value and by name", async () => {
  for (
    const [subject, name] of [
      [kit.filters.relativeMargin, "kit.filters.relativeMargin"],
      [kit.losses.infoNCE, "kit.losses.infoNCE"],
      ["plots.forest", "kit.plots.forest"],
      ["kit.train", "kit.train"],
      [kit.Table, "kit.Table"],
      [kit.filters, "kit.filters"],
    ] as const
  ) {
    assert.equal((await kit.help(subject)).name, name);
  }
});

Deno.test("help on a namespace lists its names, on a class its members", async () => {
  const filters = (await kit.help(kit.filters)).text;
  for (const name of Object.keys(kit.filters)) assert.ok(filters.includes(`\n  ${name} `), name);
  const table = (await kit.help("Table")).text;
  assert.match(table, /\nMembers\n/);
  assert.match(table, /\n {2}where +\(condition: Condition<S>\): Table<S>:/);
});

Deno.test("every function of the package's face has help with its own name", async () => {
  for (const [name, value] of Object.entries(kit)) {
    if (typeof value !== "function" || /^[A-Z]/.test(name)) continue;
    const { text } = await kit.help(value);
    assert.match(text, new RegExp(`^kit\\.${name}(<.*>)?\\(`), text.split("\n")[0]);
  }
});

Deno.test("help is markup in a notebook, escaped, and names the nearest for a wrong name", async () => {
  const page = shownAs(await kit.help(kit.losses.infoNCE));
  assert.ok(page["text/html"].includes("<table>"));
  assert.ok(!/<NEGATIVES/.test(shownAs(await kit.help(kit.mine))["text/html"]));
  await assert.rejects(kit.help("mien"), /No help on "mien": did you mean/);
  await assert.rejects(kit.help(() => 1), /not a public name/);
});
