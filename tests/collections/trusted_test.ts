import assert from "node:assert/strict";
import { join } from "node:path";
import { convertCollection, loadCollection, verifyCollection } from "../../mod.ts";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(join(folder, "converted"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const facets = await loadCollection("facets");
/** Whether a load took digest and findings from the manifest: it then has the mark that the test put there. */
async function trusts(folder: string): Promise<boolean> {
  const { findings } = await loadCollection(folder);
  return findings.some(({ kind }) => kind === "a mark");
}
async function mark(folder: string): Promise<void> {
  const path = join(folder, "collection.json");
  const manifest = JSON.parse(await Deno.readTextFile(path));
  manifest.findings.push({ kind: "a mark", count: 1, examples: [] });
  await Deno.writeTextFile(path, JSON.stringify(manifest));
}

for (const format of ["arrow", "parquet", "beir"] as const) {
  Deno.test(`a collection converted to ${format} is not checked and hashed again while it stays as it is`, () =>
    inFolder(async (folder) => {
      await convertCollection(facets, folder, { format });
      const before = await loadCollection(folder, { verify: true });
      const known = await loadCollection(folder);
      assert.deepEqual([known.digest, known.findings], [before.digest, before.findings]);
      assert.equal(known.digest, facets.digest);
      await mark(folder);
      assert.ok(await trusts(folder));
      assert.ok((await verifyCollection(folder)).checks.every(({ passed }) => passed));
    }));
}

Deno.test("a folder that was changed is checked again: other sizes, later times, more files, a manifest of before", () =>
  inFolder(async (folder) => {
    await convertCollection(facets, folder, { format: "beir" });
    await mark(folder);
    const path = join(folder, "queries.jsonl");
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace("Which", "Whose"));
    await Deno.utime(path, new Date(), new Date(Date.now() + 1000));
    assert.ok(!await trusts(folder), "a later time");
    assert.notEqual((await loadCollection(folder)).digest, facets.digest);
    const old = new Date(Date.now() - 1e6);
    await Deno.writeTextFile(path, text);
    await Deno.utime(path, old, old);
    assert.ok(await trusts(folder), "as it was");
    await Deno.writeTextFile(path, `${text}{"_id": "more", "text": "one more"}\n`);
    await Deno.utime(path, old, old);
    assert.ok(!await trusts(folder), "another size");
    await Deno.writeTextFile(path, text);
    await Deno.utime(path, old, old);
    await Deno.writeTextFile(join(folder, "qrels", "extra.tsv"), "query-id\tcorpus-id\tscore\nq0001\td0408\t1\n");
    assert.ok(!await trusts(folder), "one more split");
    await Deno.remove(join(folder, "qrels", "extra.tsv"));
    await Deno.writeTextFile(join(folder, "collection.json"), '{"origin": "facets", "digest": "0"}');
    assert.equal((await loadCollection(folder)).digest, facets.digest);
  }));
