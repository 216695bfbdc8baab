import assert from "node:assert/strict";
import { join } from "node:path";
import { bm25, loadCollection, mine, tableOf } from "../../mod.ts";
import { analyzerOf } from "../../lib/retrieval/analyzers/mod.ts";
import { openBm25 } from "../../lib/retrieval/mod.ts";
import { CORPUS } from "../../lib/tables/mod.ts";

const facets = await loadCollection("facets");
const folder = join(await Deno.makeTempDir(), "index");
const built = await bm25(facets.corpus, { analyzer: "english" });
await built.save(folder);

Deno.test("an opened index finds the same as the built one, whatever stays in memory", async () => {
  for (const cache of [undefined, 0, 2000]) {
    using opened = await openBm25(folder, { cache });
    assert.deepEqual([opened.size, opened.terms, opened.analyzer], [built.size, built.terms, "english@1"]);
    for (const text of [...facets.queries.column("text")].slice(0, 60)) {
      assert.deepEqual(opened.search(text, 30), built.search(text, 30));
      assert.deepEqual(opened.scores(text, [5, 3, 700]), built.scores(text, [5, 3, 700]));
    }
  }
});

Deno.test("an index saved again has the same bytes", async () => {
  const again = `${folder}-again`;
  using opened = await openBm25(folder);
  await opened.save(again);
  for await (const { name } of Deno.readDir(folder)) {
    assert.deepEqual(await Deno.readFile(join(again, name)), await Deno.readFile(join(folder, name)), name);
  }
  await assert.rejects(opened.save(folder), /Cannot save a BM25 index: a folder of this name exists/);
});

Deno.test("an index of another analyzer or version is refused by name", async () => {
  await assert.rejects(
    openBm25(folder, { analyzer: "german" }),
    /of another analyzer: it holds terms of "english@1", wanted "german@1"/,
  );
  await assert.rejects(openBm25(folder, { analyzer: { name: "englsh" } }), /Unknown analyzer "englsh"/);
  const old = await copied("old");
  await edit(old, (manifest) => ({ ...manifest, analyzer: "english@0" }));
  await assert.rejects(openBm25(old), /changed after it was written/);
  const own = await bm25(tableOf(CORPUS, []), { analyzer: { ...analyzerOf("standard"), id: "english@0" } });
  const made = join(folder, "..", "made");
  await own.save(made);
  await assert.rejects(openBm25(made), /terms of "english@0", this version of the kit makes "standard@1"/);
  const { split, term } = analyzerOf("standard");
  const nameless = await bm25(tableOf(CORPUS, []), { analyzer: { split, term } });
  await assert.rejects(nameless.save(`${folder}-own`), /Cannot save a BM25 index with an analyzer of your own/);
});

Deno.test("a folder without an index, or with part of one, is refused with the file", async () => {
  await assert.rejects(openBm25("no/such"), /Cannot open a BM25 index: the folder holds none.*bm25.json/);
  const cut = await copied("cut");
  await Deno.truncate(join(cut, "rows"), 10);
  await assert.rejects(openBm25(cut), /it has 10 bytes, wanted \d+.*rows/);
  await Deno.remove(join(cut, "impacts"));
  await Deno.copyFile(join(folder, "rows"), join(cut, "rows"));
  await assert.rejects(openBm25(cut), /it is not there.*impacts/);
  await Deno.writeTextFile(join(cut, "bm25.json"), '{"format": "other"}');
  await assert.rejects(openBm25(cut), /Cannot open a BM25 index/);
});

Deno.test("mining with an index equals mining without; one of another corpus is refused", async () => {
  using index = await openBm25(folder);
  const wanted = [...(await mine(facets, { source: "bm25", depth: 5 })).rows()];
  assert.deepEqual([...(await mine(facets, { source: "bm25", depth: 5, index })).rows()], wanted);
  const standard = [...(await mine(facets, { source: "bm25", depth: 5, analyzer: "standard" })).rows()];
  assert.notDeepEqual(standard, wanted);
  const less = { ...facets, corpus: tableOf(CORPUS, [...facets.corpus.rows()].reverse()) };
  await assert.rejects(mine(less, { source: "bm25", index }), /index of another corpus: row 0 is/);
  await assert.rejects(
    mine(facets, { source: "random", index }),
    /Cannot mine random negatives with an option of bm25/,
  );
  await assert.rejects(mine(facets, { source: "bm25", index, analyzer: "none" }), /both an analyzer and an index/);
});

async function copied(name: string): Promise<string> {
  const target = join(folder, "..", name);
  await Deno.mkdir(target);
  for await (const file of Deno.readDir(folder)) await Deno.copyFile(join(folder, file.name), join(target, file.name));
  return target;
}

async function edit(target: string, change: (manifest: object) => object): Promise<void> {
  const path = join(target, "bm25.json");
  await Deno.writeTextFile(path, JSON.stringify(change(JSON.parse(await Deno.readTextFile(path)))));
}
