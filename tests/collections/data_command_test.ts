import assert from "node:assert/strict";
import { join } from "node:path";
import { data } from "../../lib/cli/data.ts";
import { captureCommand } from "../support/capture_command.ts";
import { loadCollection } from "../../lib/collections/mod.ts";

const run = (...args: string[]) => captureCommand(data, ...args);

Deno.test("data describes and verifies the built-in collection", async () => {
  const { code, out } = await run("facets", "--verify", "--limit", "1");
  assert.equal(code, 0);
  assert.match(out, /documents {2}756: 78 to 103 words, median 96/);
  assert.match(out, /complete {4}2,016 {6}2,794 {13}1\.39 {2}2: 2,688, 1: 106/);
  assert.match(out, /Findings: none/);
  assert.match(out, /d0001 {2}Two kinds of dropped beat/);
  assert.equal(out.match(/^right {2}/gm)?.length, 8);
});

Deno.test("data converts to every form, verifies it, and never overwrites a folder", async () => {
  const parent = await Deno.makeTempDir();
  const { digest } = await loadCollection("facets");
  for (const format of ["arrow", "parquet", "beir"]) {
    const folder = join(parent, format);
    assert.equal((await run("facets", "--out", folder, "--format", format, "--limit", "0")).code, 0);
    assert.equal((await loadCollection(folder)).digest, digest);
    const again = await run("facets", "--out", folder);
    assert.deepEqual([again.code, /folder that exists/.test(again.errors), again.out], [1, true, ""]);
    const verified = await run(folder, "--verify", "--json");
    assert.equal(verified.code, 0);
    assert.equal(JSON.parse(verified.out).documents, 756);
  }
  const dev = join(parent, "beir", "qrels", "dev.tsv");
  await Deno.writeTextFile(dev, (await Deno.readTextFile(dev)).replace("\t2\n", "\t1\n"));
  const changed = await run(join(parent, "beir"), "--verify");
  assert.equal(changed.code, 1);
  assert.match(changed.out, /WRONG {2}digest of all rows/);
  assert.deepEqual([...Deno.readDirSync(parent)].map((entry) => entry.name).sort(), ["arrow", "beir", "parquet"]);
  await Deno.remove(parent, { recursive: true });
});

Deno.test("data loads single files, suggests names, and shows help with examples", async () => {
  const folder = await Deno.makeTempDir();
  const path = (name: string, text: string) => {
    Deno.writeTextFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const corpus = path("docs.jsonl", '{"docid": 7, "contents": "words here"}\n');
  const queries = path("topics.txt", "<top>\n<num> Number: 1\n<title> a query\n<desc> Description: long\n</top>\n");
  const qrels = path("qrels.txt", "1 0 7 1\n");
  const { code, out } = await run("--corpus", corpus, "--queries", queries, "--qrels", `test=${qrels}`);
  assert.equal(code, 0);
  assert.match(out, /1 {3}a query {2}\{"desc":"long"\}/);
  assert.match((await run("facet")).errors, /did you mean "facets"/);
  assert.match((await run("facets", "--formt", "x")).errors, /did you mean "format"/);
  assert.match((await run("facets", "--corpus", corpus)).errors, /Single files need --corpus and --queries/);
  assert.match((await run("--help")).out, /Examples\n {2}deno task data facets/);
  assert.match((await run()).out, /Built in: facets/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("data limits the unpacked size of files by --unpack-limit", async () => {
  const folder = await Deno.makeTempDir();
  const packed = async (name: string, text: string) => {
    const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
    await Deno.writeFile(join(folder, name), stream);
    return join(folder, name);
  };
  const corpus = await packed("docs.jsonl.gz", '{"_id": "d1", "text": "words here"}\n');
  const queries = await packed("queries.jsonl.gz", '{"_id": "q1", "text": "words"}\n');
  const files = ["--corpus", corpus, "--queries", queries];
  assert.equal((await run(...files)).code, 0);
  const limited = await run(...files, "--unpack-limit", "0.00000001");
  assert.equal(limited.code, 1);
  assert.match(limited.errors, /Cannot unpack more than/);
  assert.match((await run(...files, "--unpack-ratio", "0")).errors, /must be .*> 0, found 0/);
  await Deno.remove(folder, { recursive: true });
});
