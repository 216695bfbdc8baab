import assert from "node:assert/strict";
import { join } from "node:path";
import { bm25, loadCollection, mine, tableOf } from "../../mod.ts";
import { readTable, readTableBlocks, writeTableBlocks } from "../../lib/files/mod.ts";
import { CORPUS, NEGATIVES, QUERIES } from "../../lib/tables/mod.ts";

const facets = await loadCollection("facets");

async function* parts(size: number) {
  for (let from = 0; from < facets.corpus.length; from += size) {
    await Promise.resolve();
    yield facets.corpus.slice(from, Math.min(facets.corpus.length, from + size));
  }
}

Deno.test("a table written in blocks is the whole table, and is read block by block", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "corpus.arrow");
    assert.equal(await writeTableBlocks(path, parts(100)), 756);
    assert.deepEqual([...(await readTable(path, CORPUS)).rows()], [...facets.corpus.rows()]);
    const blocks = await Array.fromAsync(readTableBlocks(path, CORPUS));
    assert.deepEqual(blocks.map(({ length }) => length), [100, 100, 100, 100, 100, 100, 100, 56]);
    assert.deepEqual(blocks.flatMap((block) => [...block.rows()]), [...facets.corpus.rows()]);
    await assert.rejects(writeTableBlocks(path, parts(100)), /a file of this name exists/);
    await writeTableBlocks(path, [facets.corpus.slice(0, 3)], { overwrite: true });
    assert.equal((await readTable(path, CORPUS)).length, 3);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("nothing to write, labels, other files and cut ones are refused with the file; nothing half-written stays", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "x.arrow");
    await assert.rejects(writeTableBlocks(path, []), /Cannot write blocks: there is no table/);
    const negatives = await mine(facets, { source: "random", depth: 1 });
    await assert.rejects(writeTableBlocks(path, [negatives]), /column "source" has labels.*x\.arrow/);
    const broken = async function* () {
      yield* parts(300);
      throw new Error("the disk is gone");
    };
    await assert.rejects(writeTableBlocks(path, broken()), /the disk is gone/);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
    await writeTableBlocks(path, parts(100));
    const whole = await Deno.readFile(path);
    await Deno.writeFile(path, whole.subarray(0, whole.length - 200));
    await assert.rejects(Array.fromAsync(readTableBlocks(path, CORPUS)), /broken Arrow file.*x\.arrow/);
    await Deno.writeTextFile(path, "no arrow");
    await assert.rejects(Array.fromAsync(readTableBlocks(path, CORPUS)), /does not begin with ARROW1.*x\.arrow/);
    await assert.rejects(Array.fromAsync(readTableBlocks(join(folder, "none"), CORPUS)), /none/);
    await writeTableBlocks(path, [tableOf(QUERIES, [{ id: "q", text: "x" }])], { overwrite: true });
    await assert.rejects(Array.fromAsync(readTableBlocks(path, NEGATIVES)), /column missing.*x\.arrow/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("BM25 indexes blocks that are not kept as it indexes the whole", async () => {
  const whole = await bm25(facets.corpus);
  for (const size of [1, 100, 1000]) {
    const index = await bm25(parts(size), { analyzer: "english" });
    assert.deepEqual([index.size, index.terms], [whole.size, whole.terms]);
    index.checkCorpus(facets.corpus);
    for (const text of [...facets.queries.column("text")].slice(0, 40)) {
      assert.deepEqual(index.search(text, 20), whole.search(text, 20));
    }
  }
  assert.equal((await bm25(parts(200))).guess!.language, "en");
  assert.equal((await bm25((async function* () {})())).size, 0);
});
