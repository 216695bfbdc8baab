import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync, zipSync } from "fflate";
import {
  EMBEDDINGS,
  NEGATIVES,
  QRELS,
  RUN,
  type Schema,
  SIMILARITIES,
  type Table,
  tableOf,
} from "../../lib/tables/mod.ts";
import { loadCollection, readQrels } from "../../lib/collections/mod.ts";
import { parseTable, readParquet, writeParquet, writeTable } from "../../lib/files/mod.ts";
import { readRun, readTopics, writeRun } from "../../lib/trec/mod.ts";
import { fileSource, readAll } from "../../lib/files/source.ts";
import { fuzz } from "../support/fuzz.ts";

const FIXTURES = join(import.meta.dirname!, "..", "fixtures", "data");
/** Reads every cell. */
function touch(table: Table<Schema>): void {
  for (const row of table.rows()) assert.ok(row);
}

const folder = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

/** A reader of paths as one of bytes. */
function stored(ending: string, read: (path: string) => Promise<Table<Schema>>): (bytes: Uint8Array) => Promise<void> {
  const path = join(folder, `fuzz${ending}`);
  return async (bytes) => {
    await Deno.writeFile(path, bytes);
    touch(await read(path));
  };
}

const NEGATIVE_ROWS = tableOf(NEGATIVES, [
  { query_id: "q1", doc_id: "d1", source: "bm25", rank: 1, score: 0.5, verdict: "kept", scorer: "bm25" },
  {
    query_id: "q2",
    title: "Über",
    text: "漢字",
    source: "synthetic",
    verdict: "dropped",
    reason: "twin",
    recipe: "syneg@1",
  },
]);
const RUN_ROWS = tableOf(RUN, [{ query_id: "q1", doc_id: "d1", rank: 1, score: 2.5 }, {
  query_id: "q1",
  doc_id: "é",
  rank: 2,
  score: 1,
}]);
const ARROWS: [string, Schema, Table<Schema>][] = [
  ["NEGATIVES", NEGATIVES, NEGATIVE_ROWS],
  ["RUN", RUN, RUN_ROWS],
  ["EMBEDDINGS", EMBEDDINGS, tableOf(EMBEDDINGS, ["a", "b"].map((id) => ({ id, vector: new Float32Array([1, 2]) })))],
  [
    "SIMILARITIES",
    SIMILARITIES,
    tableOf(SIMILARITIES, [
      { query_id: "q", source: "bm25", similarity: 0.5, positive_similarity: 1, false_negative: true },
      { query_id: "q", source: "dense", similarity: 0.5, positive_similarity: 1 },
    ]),
  ],
];

for (const [name, schema, table] of ARROWS) {
  for (const compress of [false, true]) {
    Deno.test(`fuzz Arrow ${name}${compress ? " packed" : ""}`, async () => {
      const path = join(folder, `${name}${compress}.arrow`);
      await writeTable(path, table, { compress });
      await fuzz(
        path.slice(folder.length),
        await Deno.readFile(path),
        (bytes) => Promise.resolve(touch(parseTable(bytes, schema))),
        { rounds: 500 },
      );
    });
  }
}

Deno.test("fuzz Arrow by pyarrow", async () => {
  const bytes = await Deno.readFile(join(FIXTURES, "negatives-uncompressed.arrow"));
  await fuzz("pyarrow", bytes, (bytes) => Promise.resolve(touch(parseTable(bytes, NEGATIVES))), { rounds: 800 });
});

Deno.test("fuzz Parquet by pyarrow and our own", async () => {
  const path = join(folder, "own.parquet");
  await writeParquet(path, NEGATIVE_ROWS);
  await fuzz("own", await Deno.readFile(path), stored(".parquet", (path) => readParquet(path, NEGATIVES)), {
    rounds: 600,
  });
  await writeParquet(join(folder, "qrels.parquet"), tableOf(QRELS, [{ query_id: "q", doc_id: "d", grade: 1 }]));
  const qrels = await Deno.readFile(join(FIXTURES, "qrels.parquet"));
  await fuzz("qrels", qrels, stored(".parquet", readQrels), { rounds: 600 });
});

Deno.test("fuzz runs, judgments, topics", async () => {
  const run = join(folder, "a.run");
  await writeRun(run, RUN_ROWS);
  await fuzz("run", await Deno.readFile(run), stored(".run", readRun), { rounds: 500 });
  const text = (lines: string) => new TextEncoder().encode(lines);
  await fuzz("qrels", text("query-id\tcorpus-id\tscore\nq1\td1\t2\nq2\tü\t0\n"), stored(".tsv", readQrels), {
    rounds: 500,
  });
  await fuzz("trec", text("1 0 d1 2\n1 0 d2 0\n2 0 é 1\n"), stored(".qrels", readQrels), { rounds: 500 });
  await fuzz(
    "topics",
    text("<top>\n<num> Number: 1\n<title> a ü\n</top>\n<top><num>2<title>b</top>"),
    stored(".topics", readTopics),
    { rounds: 500 },
  );
  const web = '<w><topic number="1" type="a"><query>a &#233; <i>b</i></query><s n="1">x</s><![CDATA[<]]></topic></w>';
  await fuzz("xml", text(web), stored(".topics", readTopics), { rounds: 500 });
  const named = text('qid\tquery\n1\t"a ""b""\nc"\n2\tü\n');
  await fuzz("named topics", named, stored(".tsv", readTopics), { rounds: 500 });
  const csv = text('query-id,corpus-id,score\n"q1",d1,2\nq2,"ü",0\n');
  await fuzz("csv qrels", csv, stored(".csv", readQrels), { rounds: 500 });
});

Deno.test("fuzz documents as CSV, tabs and JSON", async () => {
  const queries = join(folder, "fuzz-queries.jsonl");
  await Deno.writeTextFile(queries, '{"_id": "q1", "text": "ask"}\n');
  const documents: [ending: string, text: string][] = [
    [".csv", '\ufeff_id,title,text,n\r\nd1,"A, ""b""","one\r\ntwo",1\r\nd2,,ü;,\r\n'],
    [".tsv", 'id\ttext\ttitle\n1\t"a ""b"" c"\tü\n2\t"open\tx\n'],
    [".json", '[{"_id": 12345678901234567890, "text": "a", "n": NaN}, {"_id": "b", "text": null, "title": "ü"}]'],
    [".jsonl", '{"_id": 12345678901234567890, "text": "a", "n": [1234567890123456789]}\n{"_id": "b", "text": "ü"}\n'],
  ];
  for (const [ending, text] of documents) {
    const utf16 = new Uint8Array(Uint16Array.from("\ufeff" + text, (letter) => letter.charCodeAt(0)).buffer);
    for (const [encoding, bytes] of [["UTF-8", new TextEncoder().encode(text)], ["UTF-16", utf16]] as const) {
      const corpus = join(folder, `fuzz-documents${ending}`);
      await fuzz(`${ending} in ${encoding}`, bytes, async (bytes) => {
        await Deno.writeFile(corpus, bytes);
        touch((await loadCollection({ corpus, queries })).corpus as unknown as Table<Schema>);
      }, { rounds: 250 });
    }
  }
});

const BEIR = {
  "corpus.jsonl":
    '{"_id": "d1", "title": "One", "text": "first ü", "metadata": {"year": 1999}}\n{"_id": "d2", "text": "漢字"}\n',
  "queries.jsonl": '{"_id": "q1", "text": "ask"}\n',
  "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq1\td1\t2\n",
};

Deno.test("fuzz BEIR folders, zip and gzip files", async () => {
  const encoded = Object.fromEntries(
    Object.entries(BEIR).map(([path, text]) => [path, new TextEncoder().encode(text)]),
  );
  const beir = join(folder, "beir");
  await Deno.mkdir(join(beir, "qrels"), { recursive: true });
  const restore = () =>
    Promise.all(Object.entries(encoded).map(([path, bytes]) => Deno.writeFile(join(beir, path), bytes)));
  const load = async (path: string) => {
    const { corpus, queries, qrels } = await loadCollection(path);
    for (const table of [corpus, queries, ...Object.values(qrels)]) touch(table as unknown as Table<Schema>);
  };
  for (const path of Object.keys(encoded)) {
    await restore();
    await fuzz(path, encoded[path], async (bytes) => {
      await Deno.writeFile(join(beir, path), bytes);
      await load(beir);
    }, { rounds: 250 });
  }
  await restore();
  await Deno.remove(join(beir, "corpus.jsonl"));
  await fuzz("gzip", gzipSync(encoded["corpus.jsonl"]), async (bytes) => {
    await Deno.writeFile(join(beir, "corpus.jsonl.gz"), bytes);
    await load(beir);
  }, { rounds: 250 });
  for (const level of [0, 6] as const) {
    await fuzz(`zip ${level}`, zipSync(encoded, { level }), async (bytes) => {
      await Deno.writeFile(join(folder, "fuzz.zip"), bytes);
      await load(join(folder, "fuzz.zip"));
    }, { rounds: 400 });
  }
});

/** Files of other tools, for every way of storing that they have. */
const FOREIGN = [
  "types_plain.arrow",
  "types_zstd_stream.arrow",
  "nested_lz4.arrow",
  "nested_plain_stream.arrow",
  "polars_uncompressed.arrow",
  "dictionary_delta.arrow",
  "scalars_delta.parquet",
  "scalars_lz4.parquet",
  "nested_v2_pages.parquet",
  "duckdb_v2.parquet",
  "polars_brotli.parquet",
];

Deno.test("fuzz Parquet and Arrow by pyarrow, polars and duckdb", async () => {
  const queries = join(folder, "queries.jsonl");
  await Deno.writeTextFile(queries, BEIR["queries.jsonl"]);
  for (const file of FOREIGN) {
    const path = join(folder, file);
    await fuzz(file, await Deno.readFile(join(FIXTURES, "tables", file)), async (bytes) => {
      await Deno.writeFile(path, bytes);
      touch((await loadCollection({ corpus: path, queries })).corpus as unknown as Table<Schema>);
    }, { rounds: 120 });
  }
});

Deno.test("fuzz members, frames and archives by other tools", async () => {
  const path = join(folder, "corpus.jsonl");
  for (const file of ["gzip_bgzip.gz", "gzip_named.gz", "zstd_frames.zst", "zstd_skippable.zst"]) {
    await fuzz(file, await Deno.readFile(join(FIXTURES, "packed", file)), async (bytes) => {
      await Deno.writeFile(path, bytes);
      await readAll(fileSource(path));
    }, { rounds: 200 });
  }
  for (const file of ["descriptors_zip64.zip", "mac.zip", "prefixed.zip"]) {
    await fuzz(file, await Deno.readFile(join(FIXTURES, "packed", file)), async (bytes) => {
      await Deno.writeFile(join(folder, "x.zip"), bytes);
      touch((await loadCollection(join(folder, "x.zip"))).corpus as unknown as Table<Schema>);
    }, { rounds: 200 });
  }
});
