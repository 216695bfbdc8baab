import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync, zipSync } from "fflate";
import { KitError, type Random, random } from "../../lib/core/mod.ts";
import {
  EMBEDDINGS,
  loadCollection,
  NEGATIVES,
  parseTable,
  QRELS,
  readParquet,
  readQrels,
  readRun,
  readTopics,
  RUN,
  type Schema,
  SIMILARITIES,
  type Table,
  tableOf,
  writeParquet,
  writeRun,
  writeTable,
} from "../../lib/data/mod.ts";

const FIXTURES = join(import.meta.dirname!, "..", "fixtures", "data");
const SEED = 20_261;
/** Longer than any of these small files may take; the machine may be busy. */
const PATIENCE_MS = 5_000;

/** A copy with a few bytes changed, cut off, doubled, swapped, or replaced by extreme numbers. */
function mutated(bytes: Uint8Array, stream: Random): Uint8Array {
  const copy = bytes.slice();
  const at = () => stream.integer(Math.max(1, copy.length));
  switch (stream.integer(6)) {
    case 0:
      return copy.slice(0, at());
    case 1: {
      const [from, to] = [at(), at()].sort((a, b) => a - b);
      return new Uint8Array([...copy.slice(0, to), ...copy.slice(from)]);
    }
    case 2: {
      const view = new DataView(copy.buffer);
      if (copy.length >= 8) {
        view.setInt32(stream.integer(copy.length - 3), [0, -1, 0x7fffffff, 1 << 20][stream.integer(4)], true);
      }
      return copy;
    }
    case 3: {
      const [from, to] = [at(), at()].sort((a, b) => a - b);
      return new Uint8Array([...copy.slice(0, from), ...copy.slice(to)]);
    }
    default:
      for (let n = 1 + stream.integer(4); n > 0; n--) {
        if (stream.integer(2)) copy[at()] = stream.integer(256);
        else copy[at()] ^= 1 << stream.integer(8);
      }
      return copy;
  }
}

/** Reads mutated copies; nothing but a {@link KitError} may come out, and whatever is read must be readable to its end. */
async function fuzz(name: string, bytes: Uint8Array, count: number, read: (bytes: Uint8Array) => Promise<unknown>) {
  await read(bytes);
  let refused = 0;
  for (let round = 0; round < count; round++) {
    const input = mutated(bytes, random(SEED).fork(name).fork(round));
    const start = performance.now();
    try {
      await read(input);
    } catch (error) {
      assert.ok(error instanceof KitError, `${name}, round ${round}: ${(error as Error).stack}`);
      refused++;
    }
    const took = performance.now() - start;
    assert.ok(took < PATIENCE_MS, `${name}, round ${round} took ${took} ms`);
  }
  assert.ok(refused > count / 20, `${name}: only ${refused} of ${count} were refused`);
}

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
  { query_id: "q1", doc_id: "d1", source: "bm25", rank: 1, score: 0.5, verdict: "kept", model: "bm25" },
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
        500,
        (bytes) => Promise.resolve(touch(parseTable(bytes, schema))),
      );
    });
  }
}

Deno.test("fuzz Arrow by pyarrow", async () => {
  const bytes = await Deno.readFile(join(FIXTURES, "negatives-uncompressed.arrow"));
  await fuzz("pyarrow", bytes, 800, (bytes) => Promise.resolve(touch(parseTable(bytes, NEGATIVES))));
});

Deno.test("fuzz Parquet by pyarrow and our own", async () => {
  const path = join(folder, "own.parquet");
  await writeParquet(path, NEGATIVE_ROWS);
  await fuzz("own", await Deno.readFile(path), 600, stored(".parquet", (path) => readParquet(path, NEGATIVES)));
  await writeParquet(join(folder, "qrels.parquet"), tableOf(QRELS, [{ query_id: "q", doc_id: "d", grade: 1 }]));
  const qrels = await Deno.readFile(join(FIXTURES, "qrels.parquet"));
  await fuzz("qrels", qrels, 600, stored(".parquet", readQrels));
});

Deno.test("fuzz runs, judgements, topics", async () => {
  const run = join(folder, "a.run");
  await writeRun(run, RUN_ROWS);
  await fuzz("run", await Deno.readFile(run), 500, stored(".run", readRun));
  const text = (lines: string) => new TextEncoder().encode(lines);
  await fuzz("qrels", text("query-id\tcorpus-id\tscore\nq1\td1\t2\nq2\tü\t0\n"), 500, stored(".tsv", readQrels));
  await fuzz("trec", text("1 0 d1 2\n1 0 d2 0\n2 0 é 1\n"), 500, stored(".qrels", readQrels));
  await fuzz(
    "topics",
    text("<top>\n<num> Number: 1\n<title> a ü\n</top>\n<top><num>2<title>b</top>"),
    500,
    stored(".topics", readTopics),
  );
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
    await fuzz(path, encoded[path], 250, async (bytes) => {
      await Deno.writeFile(join(beir, path), bytes);
      await load(beir);
    });
  }
  await restore();
  await Deno.remove(join(beir, "corpus.jsonl"));
  await fuzz("gzip", gzipSync(encoded["corpus.jsonl"]), 250, async (bytes) => {
    await Deno.writeFile(join(beir, "corpus.jsonl.gz"), bytes);
    await load(beir);
  });
  for (const level of [0, 6] as const) {
    await fuzz(`zip ${level}`, zipSync(encoded, { level }), 400, async (bytes) => {
      await Deno.writeFile(join(folder, "fuzz.zip"), bytes);
      await load(join(folder, "fuzz.zip"));
    });
  }
});
