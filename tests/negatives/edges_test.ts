import assert from "node:assert/strict";
import { join } from "node:path";
import { loadCollection } from "../../lib/collections/mod.ts";
import { style } from "../../lib/negatives/audit/style.ts";
import { exportNegatives, FORMATS, importNegatives, mine, samplers, shortcut } from "../../lib/negatives/mod.ts";
import { judged } from "../../lib/negatives/filters/mod.ts";
import { NEGATIVES, tableOf } from "../../lib/tables/mod.ts";
import { collectionOf } from "./cases.ts";

const row = { query_id: "q", source: "bm25", verdict: "kept" } as const;

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("BM25's positive score belongs to the query's own positive in every block of queries", async () => {
  const facets = await loadCollection("facets");
  const mined = await mine(facets, { source: "bm25", depth: 30 });
  let found = 0;
  for (const { reason, score, positive_score } of mined.rows()) {
    if (!reason?.startsWith("positive-id")) continue;
    assert.equal(score, positive_score);
    found++;
  }
  assert.ok(found > 500, `${found}`);
});

Deno.test("a curriculum continues with its last stage, even if the stage has epochs", () => {
  const negatives = tableOf(NEGATIVES, [1, 2].map((grade) => ({ ...row, text: `${grade}`, grade })));
  const sampler = samplers.top({ count: 1 });
  const stages = samplers.curriculum([{ epochs: 1, levels: [1, 1], sampler }, { epochs: 1, levels: [2, 2], sampler }]);
  const drawn = [0, 1, 2, 9].map((epoch) =>
    stages.draw(negatives, new Map([["q", ["p"]]]), epoch).instances[0].negatives
  );
  assert.deepEqual(drawn, [[0], [1], [1], [1]]);
});

Deno.test("an export in a format without scores counts no row as unscored", () =>
  inFolder(async (folder) => {
    const collection = collectionOf({ p: { title: "", text: "p" }, d: { title: "", text: "d" } }, { q: ["p"] });
    const negatives = tableOf(NEGATIVES, [{ ...row, doc_id: "d" }]);
    for (const format of FORMATS.names) {
      const { unscored } = await exportNegatives(join(folder, `${format}.jsonl`), negatives, { collection, format });
      assert.equal(unscored, format === "flagembedding" ? 1 : 0, format);
    }
  }));

Deno.test("a file without rows is refused", () =>
  inFolder(async (folder) => {
    const path = join(folder, "empty.jsonl");
    await Deno.writeTextFile(path, "\n\n");
    await assert.rejects(importNegatives(path, { format: "tevatron" }), /the file holds no rows/);
  }));

Deno.test("imported negatives are ranked by retriever", () =>
  inFolder(async (folder) => {
    const path = join(folder, "gpl.jsonl");
    await Deno.writeTextFile(path, JSON.stringify({ qid: "q", pos: ["p"], neg: { one: ["a", "b"], two: ["b", "a"] } }));
    const text = { title: "", text: "text" };
    const collection = collectionOf({ p: text, a: { ...text, text: "a" }, b: { ...text, text: "b" } }, { q: ["p"] });
    const { negatives } = await importNegatives(path, { format: "gpl", collection });
    const found = [...negatives.rows()].map(({ scorer, rank, doc_id }) => [scorer, rank, doc_id]);
    assert.deepEqual(found, [["one", 1, "a"], ["one", 2, "b"], ["two", 1, "b"], ["two", 2, "a"]]);
  }));

for (const options of [{ candidates: 0 }, { concurrency: 0 }, { candidates: 1.5 }]) {
  Deno.test(`a judge with ${JSON.stringify(options)} is refused`, () => {
    assert.throws(() => judged(() => Promise.resolve([]), options), /must be an integer >= 1/);
  });
}

for (const range of [[0, 5], [2, 1], [1.5, 2]] as const) {
  Deno.test(`mining ranks [${range}] is refused`, async () => {
    const collection = collectionOf({ p: { title: "", text: "p" } }, { q: ["p"] });
    await assert.rejects(mine(collection, { source: "random", range }), /range must be \[first, last\]/);
  });
}

Deno.test("a shortcut needs two passages of each class outside every fold", () => {
  const passages = Object.fromEntries(Array.from({ length: 3 }, (_, i) => [`d${i}`, { title: "", text: `text ${i}` }]));
  const collection = collectionOf({ p: { title: "", text: "p" }, ...passages }, { q: ["p"] });
  const mined = Object.keys(passages).map((doc_id) => ({ ...row, doc_id }));
  const written = Array.from(
    { length: 40 },
    (_, i) => ({ ...row, source: "synthetic" as const, text: `written ${i}` }),
  );
  assert.throws(() => shortcut(tableOf(NEGATIVES, [...mined, ...written]), collection), /are too few for 5 folds/);
});

Deno.test("style: the mean length of words, even of a single one", () => {
  assert.equal(style({ title: "", text: "honey" })[2], 5);
  assert.equal(style({ title: "", text: "a bee" })[2], 2);
});
