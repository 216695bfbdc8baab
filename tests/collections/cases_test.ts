import assert from "node:assert/strict";
import { join } from "node:path";
import { KitError } from "../../lib/core/mod.ts";
import { type Collection, type CollectionFiles, convertCollection, loadCollection } from "../../lib/collections/mod.ts";
import { readTopics } from "../../lib/trec/mod.ts";

const CASES = join(import.meta.dirname!, "..", "fixtures", "data", "cases");
/** What Python's csv and json and pyarrow find there. */
const EXPECTED = JSON.parse(Deno.readTextFileSync(join(CASES, "expected.json")));
const path = (...steps: string[]) => join(CASES, ...steps);

function shown({ corpus, queries, qrels }: Collection) {
  return {
    corpus: Array.from(corpus.rows(), ({ id, title, text }) => [id, title, text]),
    queries: Array.from(queries.rows(), ({ id, text }) => [id, text]),
    qrels: Object.fromEntries(
      Object.entries(qrels).map((
        [split, table],
      ) => [split, Array.from(table.rows(), ({ query_id, doc_id, grade }) => [query_id, doc_id, grade])]),
    ),
  };
}

const SINGLE: Record<string, CollectionFiles> = {
  dpr: { corpus: path("dpr/psgs.tsv"), queries: path("dpr/queries.tsv"), qrels: { train: path("dpr/qrels.txt") } },
};

for (const name of Object.keys(EXPECTED).filter((name) => name !== "dialects")) {
  Deno.test(`${name} has the rows that Python reads`, async () => {
    assert.deepEqual(shown(await loadCollection(SINGLE[name] ?? path(name))), EXPECTED[name]);
  });
}

const REFUSED: [name: string, message: RegExp][] = [
  ["nano", /found 2 data sets \(NanoCooking, NanoSailing\), wanted one; name it, as in ".*nano#NanoCooking"/],
  ["multi", /found 2 data sets \(de, en\)/],
  ["multi#fr", /Unknown data set "fr" of .*: did you mean "de"|"fr" of .*(en|de)/],
  ["float_grade", /found "0.5", expected an integer \(grades are whole numbers: scale them.*train\.tsv:3/],
  ["dpr", /corpus\/ is missing; found psgs\.tsv, qrels\.txt, queries\.tsv; .*--corpus/],
];

for (const [name, message] of REFUSED) {
  Deno.test(`${name} is refused with advice`, async () => {
    await assert.rejects(loadCollection(path(name)), (error: Error) => {
      assert.ok(error instanceof KitError, error.stack);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("a subset is selected by option or name, is part of the origin, and must not be given twice", async () => {
  const byName = await loadCollection(path("multi#en"));
  const byOption = await loadCollection(path("multi"), { subset: "en" });
  assert.equal(byName.digest, byOption.digest);
  assert.equal((await loadCollection(byOption.origin!)).digest, byName.digest);
  assert.equal((await loadCollection(path("multi#en"), { subset: "en" })).digest, byName.digest);
  await assert.rejects(loadCollection(path("multi#en"), { subset: "de" }), /names "en", the option subset "de"/);
  await assert.rejects(loadCollection(path("multi#")), /there is no name after #/);
  await assert.rejects(loadCollection("facets#en"), /Unknown data set "en" of facets: there is only one/);
  await assert.rejects(loadCollection(SINGLE.dpr, { subset: "en" }), /their paths choose/);
});

Deno.test("their anomalies are counted", async () => {
  const kinds = async (name: string) =>
    (await loadCollection(path(name))).findings.map(({ kind, count, examples }) => [kind, count, examples[0]]);
  assert.deepEqual(await kinds("null_text"), [["documents whose text is null (read as empty)", 1, "d4"]]);
  assert.deepEqual(await kinds("empty_query"), [["queries without a text", 1, "q1"]]);
  assert.deepEqual(await kinds("two_corpora"), [["files passed over", 2, "corpus_generated.jsonl"]]);
  assert.deepEqual(await kinds("odd_ids"), [
    ["qrels of an unknown document in train", 1, "q2 d\u00e93"],
    [
      "of them with an id that differs from a document's in white space, case or Unicode form alone",
      1,
      '"d\u00e93" for "de\u03013"',
    ],
    ["queries without a positive in train", 1, "q2"],
  ]);
});

Deno.test("equal queries under several ids are counted", async () => {
  const folder = await Deno.makeTempDir();
  const queries = join(folder, "queries.jsonl");
  const texts = ["Why rise?", "why  rise", "why sink", "WHY RISE.", "C++", "C"];
  await Deno.writeTextFile(queries, texts.map((text, i) => JSON.stringify({ _id: `q${i}`, text })).join("\n"));
  const { findings } = await loadCollection({ corpus: path("csvq/corpus.jsonl"), queries });
  const equal = findings.find(({ kind }) => kind === "queries with the text of another query");
  assert.deepEqual([equal?.count, equal?.examples], [2, ["q1 = q0", "q3 = q0"]]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("metadata keeps every field and digit in every form of a converted folder", async () => {
  const metadata = async (name: string, table: "corpus" | "queries") =>
    Array.from((await loadCollection(path(name)))[table].rows(), ({ metadata }) => metadata).slice(0, 2);
  const numbers = ['{"tweet_id":1234567890123456789}', '{"tweet_id":1234567890123456790}'];
  assert.deepEqual(await metadata("bigint_meta", "corpus"), numbers);
  assert.deepEqual(await metadata("query_title", "queries"), [
    '{"title":"Bread question","lang":"en"}',
    '{"title":"Soup"}',
  ]);
  assert.equal(
    (await metadata("msmarco_v2", "corpus"))[0],
    '{"spans":"(0,40)","docid":"msmarco_doc_00_0"}',
  );
  const folder = await Deno.makeTempDir();
  const collection = await loadCollection(path("bigint_meta"));
  for (const format of ["arrow", "parquet", "beir"] as const) {
    await convertCollection(collection, join(folder, format), { format });
    const again = await loadCollection(join(folder, format));
    assert.deepEqual([...again.corpus.column("metadata")].slice(0, 2), numbers, format);
    assert.equal(again.digest, collection.digest, format);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("integers are ids with all their digits; floating-point numbers without full precision are refused", async () => {
  const folder = await Deno.makeTempDir();
  const files = { corpus: join(folder, "c.jsonl"), queries: path("csvq/queries.jsonl") };
  await Deno.writeTextFile(files.corpus, '{"_id": 1234567890123456789, "text": "a"}\n{"_id": -7, "text": "b"}\n');
  assert.deepEqual([...(await loadCollection(files)).corpus.column("id")], ["1234567890123456789", "-7"]);
  await Deno.writeTextFile(files.corpus, '{"_id": 1e20, "text": "a"}\n');
  await assert.rejects(loadCollection(files), /the id 100000000000000000000 is too large .*field "_id"/);
  await Deno.remove(folder, { recursive: true });
});

for (const { name } of Deno.readDirSync(path("dialects"))) {
  Deno.test(`documents as ${name} equal what Python's csv wrote`, async () => {
    if (name === "raw.tsv") {
      const rows = Array.from((await readTopics(path("dialects", name))).rows(), ({ id, text }) => [id, text]);
      return assert.deepEqual(rows, EXPECTED.dialects.raw);
    }
    const files = { corpus: path("dialects", name), queries: path("csvq/queries.jsonl") };
    assert.deepEqual(shown(await loadCollection(files)).corpus, EXPECTED.dialects.rows);
  });
}
