import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { captureCommand } from "../support/capture_command.ts";
import { auditCommand } from "../../lib/cli/audit.ts";
import { mineCommand } from "../../lib/cli/mine.ts";
import { searchCommand } from "../../lib/cli/search.ts";

const GERMAN = fileURLToPath(new URL("../fixtures/languages/de", import.meta.url));
const TOKENIZER = fileURLToPath(new URL("../../data/encoders/static/tokenizer.json", import.meta.url));
const search = (...args: string[]) => captureCommand(searchCommand, GERMAN, ...args);
const ndcg = (out: string) => Number(/nDCG@10 +(\S+)/.exec(out)![1]);

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("search reports the guessed language, and another analyzer, variant or delta changes what it finds", async () => {
  const guessed = await search();
  assert.match(guessed.errors, /^Language: German, guessed from 60 documents; analyzer german$/m);
  const english = await search("--analyzer", "english");
  assert.doesNotMatch(english.errors, /guessed/);
  assert.ok(ndcg(guessed.out) > ndcg(english.out) + 0.2);
  assert.equal(ndcg((await search("--analyzer", "german")).out), ndcg(guessed.out));
  const scores = async (...args: string[]) => (await search("--query", "Richtung der Futterquelle", ...args)).out;
  const variants: string[] = [];
  for (const name of ["lucene", "atire", "bm25l"]) variants.push(await scores("--variant", name));
  assert.equal(new Set(variants).size, 3);
  assert.notEqual(await scores("--variant", "bm25l", "--delta", "2"), variants[2]);
});

Deno.test("the analyzer subword takes a tokenizer, which no other one does", async () => {
  const own = await search("--analyzer", "subword", "--tokenizer", TOKENIZER);
  assert.equal(own.out, (await search("--analyzer", "subword")).out);
  const missing = await search("--analyzer", "subword", "--tokenizer", "no/such");
  assert.match(missing.errors, /Cannot read a tokenizer: the file is not there \(no\/such\/tokenizer\.json\)/);
  assert.match((await search("--tokenizer", TOKENIZER)).errors, /--tokenizer needs --analyzer subword/);
  assert.match((await search("--analyzer", "klingon")).errors, /Unknown value "klingon" of --analyzer/);
});

Deno.test("search saves an index and opens it; what it was not built for is refused by name", () =>
  inFolder(async (folder) => {
    const index = join(folder, "index");
    const built = await search("--index", index);
    assert.match(built.errors, /analyzer german/);
    const opened = await search("--index", index, "--analyzer", "german", "--k1", "0.9");
    assert.equal(opened.out, built.out);
    assert.doesNotMatch(opened.errors, /indexing/);
    for (
      const [args, message] of [
        [["--analyzer", "english"], /another analyzer: it holds terms of "german@1", wanted "english@1"/],
        [["--k1", "1.2"], /its k1 is 0\.9, --k1 asks for 1\.2/],
        [["--variant", "atire"], /its variant is lucene, --variant asks for atire/],
      ] as const
    ) {
      const refused = await search("--index", index, ...args);
      assert.equal(refused.code, 1);
      assert.match(refused.errors, message);
    }
    const other = await captureCommand(searchCommand, "facets", "--index", index);
    assert.match(other.errors, /an index of 60 documents with a corpus of 756|index of 60 documents/);
  }));

Deno.test("mine takes an analyzer or an index; audit takes an analyzer", () =>
  inFolder(async (folder) => {
    const mine = (...args: string[]) => captureCommand(mineCommand, GERMAN, "--split", "test", "--depth", "5", ...args);
    const index = join(folder, "index");
    await search("--index", index);
    const guessed = await mine();
    assert.match(guessed.errors, /analyzer german/);
    assert.equal((await mine("--index", index)).out, guessed.out);
    assert.notEqual((await mine("--analyzer", "english")).out, guessed.out);
    assert.match((await mine("--index", index, "--analyzer", "english")).errors, /wanted "english@1"/);
    const random = await mine("--source", "random", "--analyzer", "german");
    assert.match(random.errors, /Cannot mine random negatives with an option of bm25: analyzer/);
    const audited = await captureCommand(auditCommand, GERMAN, "--split", "test", "--depth", "2");
    assert.match(audited.errors, /Language: German/);
    const files = await captureCommand(auditCommand, GERMAN, "x.arrow", "--analyzer", "german");
    assert.match(files.errors, /--analyzer is for mining, but files of negatives are given/);
  }));
