import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync, zipSync } from "fflate";
import { ArgumentError, KitError } from "../../lib/core/mod.ts";
import { type Collection, loadCollection, type LoadCollectionOptions } from "../../lib/collections/mod.ts";
import { writeJsonl, writeParquet, writeTable } from "../../lib/files/mod.ts";
import { writeQrels } from "../../lib/trec/mod.ts";
import { FakeHub } from "../support/fake_hub.ts";

const CORPUS = [
  '{"_id": "d1", "title": "One", "text": "first text", "metadata": {"year": 1999, "url": "u"}}',
  '{"_id": "d2", "title": "", "text": "zweiter Text über 漢字 🙂"}',
  '{"_id": "d3", "title": "Three", "text": "", "metadata": {}}',
].join("\n") + "\n";
const QUERIES = '{"_id": "q1", "text": "ask", "metadata": {"style": "short"}}\r\n\r\n{"_id": "q2", "text": "über"}';
const TEST = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n";
const DEV = "query-id\tcorpus-id\tscore\nq2\td3\t1\n";
const BEIR = { "corpus.jsonl": CORPUS, "queries.jsonl": QUERIES, "qrels/test.tsv": TEST, "qrels/dev.tsv": DEV };
const bytes = (text: string) => new TextEncoder().encode(text);

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function write(folder: string, files: Record<string, string | Uint8Array>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await Deno.mkdir(join(folder, path, ".."), { recursive: true });
    await Deno.writeFile(join(folder, path), typeof content === "string" ? bytes(content) : content);
  }
  return folder;
}

Deno.test("the same rows have the same digest in every form", () =>
  withFolder(async (folder) => {
    const plain = await loadCollection(await write(join(folder, "beir"), BEIR));
    assert.deepEqual([...plain.corpus.rows()], [
      { id: "d1", title: "One", text: "first text", metadata: '{"year":1999,"url":"u"}' },
      { id: "d2", title: "", text: "zweiter Text über 漢字 🙂", metadata: null },
      { id: "d3", title: "Three", text: "", metadata: null },
    ]);
    assert.deepEqual(Object.keys(plain.qrels), ["dev", "test"]);
    assert.deepEqual([...plain.qrels.test.column("grade")], [2, 0]);
    assert.deepEqual(plain.findings, []);

    const packed = Object.entries(BEIR).map(([path, text]) => [`set/${path}`, bytes(text)]);
    await write(folder, {
      "deflated.zip": zipSync(Object.fromEntries(packed)),
      "stored.zip": zipSync(Object.fromEntries(packed), { level: 0 }),
    });
    await write(join(folder, "gz"), {
      "corpus.jsonl.gz": gzipSync(bytes(CORPUS)),
      "queries.jsonl.gz": gzipSync(bytes(QUERIES)),
      "qrels/test.tsv": TEST,
      "qrels.dev.txt": "q2 0 d3 1\n",
    });
    await write(join(folder, "json"), {
      "corpus/b.jsonl": CORPUS.split("\n").slice(1).join("\n"),
      "corpus/a.jsonl": CORPUS.split("\n")[0],
      "queries.tsv": "q1\task\nq2\tüber\n",
      "qrels/test.jsonl":
        '{"query-id": "q1", "corpus-id": "d1", "score": 2}\n{"query-id": "q1", "corpus-id": "d2", "score": 0}',
      "qrels/validation.tsv": "q2\td3\t1\n",
    });
    for (const [form, save] of Object.entries({ arrow: writeTable, parquet: writeParquet, jsonl: writeJsonl })) {
      await save(join(folder, form, `corpus.${form}`), plain.corpus);
      await save(join(folder, form, `queries-00000-of-00001.${form}`), plain.queries);
      for (const split of ["test", "dev"]) {
        await save(join(folder, form, "qrels", `${split}.${form}`), plain.qrels[split]);
      }
    }
    for (const name of ["deflated.zip", "stored.zip", "gz", "arrow", "parquet", "jsonl"]) {
      const other = await loadCollection(join(folder, name));
      assert.deepEqual([...other.corpus.rows()], [...plain.corpus.rows()], name);
      assert.equal(other.digest, plain.digest, name);
    }
    const split = await loadCollection(join(folder, "json"));
    assert.deepEqual([...split.corpus.rows()], [...plain.corpus.rows()]);
    assert.notEqual(split.digest, plain.digest, "its queries lack the metadata");
    await writeQrels(join(folder, "test.qrels"), plain.qrels.test);
    const single = await loadCollection({
      corpus: join(folder, "beir", "corpus.jsonl"),
      queries: join(folder, "json", "queries.tsv"),
      qrels: { dev: join(folder, "json", "qrels", "validation.tsv"), test: join(folder, "test.qrels") },
    });
    assert.equal(single.digest, split.digest);
  }));

Deno.test("anomalies are counted and reported; duplicate ids keep their first row", () =>
  withFolder(async (folder) => {
    await write(folder, {
      "corpus.jsonl": CORPUS + '{"_id": "d1", "text": "again"}\n{"_id": "d4", "text": ""}\n',
      "queries.jsonl": QUERIES + '\n{"_id": "q1", "text": "again"}\n{"_id": "q3", "text": "unjudged"}\n',
      "qrels/test.tsv": `${TEST}q1\td1\t1\nq1\td2\t0\nq2\td9\t1\nq9\td1\t1\n`,
    });
    const { corpus, queries, qrels, findings } = await loadCollection(folder);
    assert.deepEqual([...corpus.column("id")], ["d1", "d2", "d3", "d4"]);
    assert.equal(corpus.row(0).text, "first text");
    assert.deepEqual([...queries.column("text")], ["ask", "über", "unjudged"]);
    assert.equal(qrels.test.length, 4);
    assert.deepEqual(findings.map(({ kind, count, examples }) => [kind, count, examples[0]]), [
      ["document ids given twice (the first is kept)", 1, "d1"],
      ["query ids given twice (the first is kept)", 1, "q1"],
      ["judgments given twice with different grades in test (the first is kept)", 1, "q1 d1"],
      ["judgments given twice in test (the first is kept)", 1, "q1 d2"],
      ["documents without a text", 1, "d4"],
      ["qrels of an unknown document in test", 1, "q2 d9"],
      ["qrels of an unknown query in test", 1, "q9 d1"],
      ["queries without a positive in test", 1, "q2"],
      ["queries without a judgment in any split", 1, "q3"],
    ]);
  }));

const BROKEN: [what: string, files: Record<string, string | Uint8Array>, message: RegExp][] = [
  ["broken JSON", { "corpus.jsonl": `${CORPUS}{"_id": "d4", "text": ` }, /Cannot read JSON: .*corpus\.jsonl:4\)/],
  ["a list for an object", { "queries.jsonl": "[1]\n" }, /found an array, expected a JSON object .*queries\.jsonl:1\)/],
  [
    "a wrong type",
    { "corpus.jsonl": '{"_id": "d1", "text": 7}' },
    /found 7, expected text .*corpus\.jsonl:1, field "text"\)/,
  ],
  ["a wrong type of id", { "queries.jsonl": '{"_id": 1.5, "text": "x"}' }, /found 1.5, expected text .*field "_id"\)/],
  [
    "a missing field",
    { "corpus.jsonl": '{"_id": "d1", "title": "t"}' },
    /field missing, found _id, title .*:1, field "text"\)/,
  ],
  ["an empty id", { "corpus.jsonl": '{"_id": "", "text": "t"}' }, /its id is empty .*:1, field "_id"\)/],
  [
    "half a surrogate pair",
    { "corpus.jsonl": '{"_id": "d", "text": "\\ud83d"}' },
    /half a surrogate pair .*:1, field "text"/,
  ],
  [
    "bytes that are not UTF-8",
    { "corpus.jsonl": new Uint8Array([...bytes(CORPUS), 0xff, 10]) },
    /not UTF-8 .*corpus\.jsonl:4\)/,
  ],
  ["nesting without end", {
    "corpus.jsonl": `{"_id": "d", "text": "t", "x": ${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
  }, /Cannot read .*corpus\.jsonl:1/],
  ["an empty corpus", { "corpus.jsonl": "" }, /empty file .*corpus\.jsonl\)/],
  ["only blank lines", { "queries.jsonl": "\n\n" }, /there are no rows .*queries\.jsonl\)/],
  ["empty judgments", { "qrels/test.tsv": "" }, /empty file .*test\.tsv\)/],
  ["a header alone", { "qrels/test.tsv": "query-id\tcorpus-id\tscore\n" }, /there are none .*test\.tsv\)/],
  [
    "a grade that is no integer",
    { "qrels/test.tsv": `${TEST}q1\td3\t1.5\n` },
    /found "1.5", expected an integer .*:4, field "score"\)/,
  ],
  [
    "a line that is too short",
    { "qrels/test.tsv": `${TEST}q1\td3\n` },
    /found 2 fields, expected query-id, corpus-id, score .*:4\)/,
  ],
  ["a strange line of qrels", { "qrels/test.tsv": "q1 0 d3\n" }, /found 3 fields, wanted "query 0 document grade"/],
];

for (const [what, files, message] of BROKEN) {
  Deno.test(`${what} is one error with its position`, () =>
    withFolder(async (folder) => {
      await write(folder, { ...BEIR, ...files });
      await assert.rejects(loadCollection(folder), (error: Error) => {
        assert.ok(error instanceof KitError, error.stack);
        assert.match(error.message, message);
        return true;
      });
    }));
}

Deno.test("a truncated gzip file is an error", () =>
  withFolder(async (folder) => {
    const { "corpus.jsonl": _, ...rest } = BEIR;
    await write(folder, { ...rest, "corpus.jsonl.gz": gzipSync(bytes(CORPUS)).slice(0, -9) });
    await assert.rejects(loadCollection(folder), /Cannot unpack gzip: .*corpus\.jsonl\.gz\)/);
  }));

Deno.test("a broken zip file is an error and unpacks nothing to the disk", () =>
  withFolder(async (folder) => {
    const good = zipSync(Object.fromEntries(Object.entries(BEIR).map(([path, text]) => [path, bytes(text)])));
    const flipped = good.slice();
    flipped[60] ^= 0x55;
    const cases: [string, Uint8Array, RegExp][] = [
      ["climbing", zipSync({ "../corpus.jsonl": bytes(CORPUS) }), /"..\/corpus.jsonl" leaves its folder/],
      ["absolute", zipSync({ "/corpus.jsonl": bytes(CORPUS) }), /leaves its folder/],
      ["backslash", zipSync({ "a\\..\\corpus.jsonl": bytes(CORPUS) }), /leaves its folder/],
      ["drive", zipSync({ "C:corpus.jsonl": bytes(CORPUS) }), /leaves its folder/],
      ["cut", good.slice(0, -30), /truncated, or not a zip file/],
      ["flipped", flipped, /checksum differs|Cannot read a zip file/],
      ["empty", new Uint8Array(0), /it is empty/],
      ["no corpus", zipSync({ "readme.txt": bytes("x") }), /corpus.jsonl, .* is missing/],
    ];
    for (const [name, content, message] of cases) {
      const path = join(folder, `${name}.zip`);
      await Deno.writeFile(path, content);
      await assert.rejects(loadCollection(path), message, name);
    }
    assert.equal([...Deno.readDirSync(folder)].length, cases.length);
  }));

Deno.test("an unknown name gets suggestions", async () => {
  const unknown = (name: string, message: RegExp) =>
    assert.rejects(
      loadCollection(name),
      (error: Error) => error instanceof ArgumentError && message.test(error.message),
    );
  await unknown("facet", /Unknown collection "facet": did you mean "facets"\?/);
  await unknown("beir/scifct", /did you mean "beir\/scifact"/);
  await unknown("hf:scifact", /expected hf:owner\/name/);
  await assert.rejects(loadCollection("mod.ts"), /found a file, wanted a folder or a zip file/);
});

/** Loads from a fake hub, with a cache of its own. */
async function fromHub(
  repositories: Record<string, Record<string, string | Uint8Array>>,
  body: (hub: FakeHub, load: (name: string, options?: LoadCollectionOptions) => Promise<Collection>) => Promise<void>,
): Promise<void> {
  await withFolder(async (cache) => {
    const names = ["HF_ENDPOINT", "HF_TOKEN", "HF_HUB_OFFLINE"];
    const before = names.map((name) => [name, Deno.env.get(name)] as const);
    await using hub = new FakeHub(repositories);
    try {
      for (const name of names) Deno.env.delete(name);
      Deno.env.set("HF_ENDPOINT", hub.endpoint);
      await body(hub, (name, options) => loadCollection(name, { cache, ...options }));
    } finally {
      for (const [name, value] of before) value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
    }
  });
}

const { "qrels/test.tsv": _test, "qrels/dev.tsv": _dev, ...UNJUDGED } = BEIR;

Deno.test("beir/scifact comes from the hub with its -qrels repository, then from the cache", () =>
  withFolder(async (folder) => {
    const { digest } = await loadCollection(await write(folder, BEIR));
    const repositories = {
      "datasets/BeIR/scifact": {
        "README.md": "x",
        "corpus.jsonl.gz": gzipSync(bytes(CORPUS)),
        "queries.jsonl.gz": gzipSync(bytes(QUERIES)),
      },
      "datasets/BeIR/scifact-qrels": { "test.tsv": TEST, "validation.tsv": DEV, "README.md": "x" },
    };
    await fromHub(repositories, async (hub, load) => {
      const collection = await load("beir/scifact");
      assert.equal(collection.digest, digest);
      assert.ok(!hub.requests.some(({ path }) => path.endsWith("README.md")));
      assert.equal(
        collection.origin,
        `hf:BeIR/scifact@${hub.commit("datasets/BeIR/scifact")},${hub.commit("datasets/BeIR/scifact-qrels")}`,
      );
      Deno.env.set("HF_HUB_OFFLINE", "1");
      assert.equal((await load("hf:BeIR/scifact")).digest, digest);
      assert.equal((await load(collection.origin)).digest, digest);
    });
  }));

Deno.test("a Parquet data set with judgments, and one without", () =>
  withFolder(async (folder) => {
    const plain = await loadCollection(await write(join(folder, "beir"), BEIR));
    const path = (name: string) => join(folder, name);
    await writeParquet(path("c"), plain.corpus);
    await writeParquet(path("q"), plain.queries);
    await writeParquet(path("t"), plain.qrels.test);
    const repositories = {
      "datasets/o/inside": {
        "corpus/corpus-00000-of-00001.parquet": await Deno.readFile(path("c")),
        "queries/queries-00000-of-00001.parquet": await Deno.readFile(path("q")),
        "qrels/test-00000-of-00001.parquet": await Deno.readFile(path("t")),
      },
      "datasets/o/default": { ...UNJUDGED, "data/test-00000-of-00001.parquet": await Deno.readFile(path("t")) },
      "datasets/o/bare": UNJUDGED,
      "datasets/o/many": Object.fromEntries(
        ["de", "en"].flatMap((set) => Object.entries(BEIR).map(([path, text]) => [`${set}/${path}`, text])),
      ),
      "datasets/o/twins": { ...BEIR, "qrels/test.parquet": await Deno.readFile(path("t")) },
      "datasets/o/torn": { ...BEIR, "qrels/dev.jsonl": '{"query-id": "q2", "corpus-id": "d3", "score": 2}\n' },
    };
    await fromHub(repositories, async (hub, load) => {
      const inside = await load("hf:o/inside");
      assert.deepEqual([...inside.corpus.rows()], [...plain.corpus.rows()]);
      assert.deepEqual([...inside.qrels.test.rows()], [...plain.qrels.test.rows()]);
      const { qrels } = await load("hf:o/default");
      assert.deepEqual([...qrels.test.rows()], [...plain.qrels.test.rows()]);
      // The hub's readers cannot tidy it: a split may be there in two forms, if they say the same.
      const twins = await load("hf:o/twins");
      assert.deepEqual([...twins.qrels.test.rows()], [...plain.qrels.test.rows()]);
      assert.deepEqual(twins.findings.map(({ kind, count }) => [kind, count]), [["files passed over", 1]]);
      await assert.rejects(load("hf:o/torn"), /qrels of dev: qrels\/dev\.\w+ and qrels\/dev\.\w+ differ/);
      await assert.rejects(load("hf:o/many"), /found 2 data sets \(de, en\).*"hf:o\/many#de"/);
      const one = await load("hf:o/many@main#de");
      assert.equal(one.digest, plain.digest);
      assert.equal(one.origin, `hf:o/many@${hub.commit("datasets/o/many")}#de`);
      assert.equal((await load(one.origin)).digest, plain.digest);
      assert.ok(!hub.requests.some(({ path }) => path.includes("/en/")));
      const bare = await load("hf:o/bare@main");
      assert.deepEqual(bare.qrels, {});
      assert.equal(bare.findings[0].kind, "no judgments at all");
      await assert.rejects(load("hf:o/nothing"), /o\/nothing at "main": status 404/);
      hub.tricks.set("inside", 401);
      await assert.rejects(load("hf:o/inside@v2"), /status 401, there is no such repository, or HF_TOKEN must be set/);
    });
  }));
