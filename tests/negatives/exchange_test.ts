import assert from "node:assert/strict";
import { join } from "node:path";
import { random } from "../../lib/core/random.ts";
import { passageText } from "../../lib/collections/passage.ts";
import { NEGATIVES } from "../../lib/tables/schema.ts";
import type { Table } from "../../lib/tables/table.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import type { Collection } from "../../lib/collections/types.ts";
import { audit, exportNegatives, type FormatName, FORMATS, importNegatives } from "../../lib/negatives/mod.ts";
import { passagesOf, positivesOf } from "../../lib/collections/mod.ts";
import { shared } from "../shared.ts";
import { collectionOf, type NegativeRow } from "./cases.ts";

/**
 * A collection with negatives of all kinds: ragged, scored, written, found by two sources, a query without any. Every
 * third seed scores every passage: one positive a query, and no query without scores.
 */
function world(seed: number) {
  const stream = random(seed).fork("exchange");
  const odd = ["", "\n", '"quoted"', "ß", "日本", ",;", "\u2028"];
  const passages = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [`d${i}`, {
      title: stream.next() < 0.5 ? "" : `Title ${i}`,
      text: `text ${i} ${odd[stream.integer(odd.length)]}`,
    }]),
  );
  const positives = Object.fromEntries(
    Array.from(
      { length: 6 },
      (_, q) => [`q${q}`, stream.sample(10, seed % 3 === 0 ? 1 : 1 + stream.integer(2)).map((i) => `d${i}`)],
    ),
  );
  const rows: NegativeRow[] = Object.keys(positives).flatMap((query_id, q) =>
    q === 0 ? [] : Array.from({ length: 2 + stream.integer(4) }, (_, i): NegativeRow => ({
      query_id,
      ...(i === 1 && q % 2 === 0 ? { title: "", text: `written ${q}` } : { doc_id: `d${10 + i * 3 + q % 3}` }),
      source: i === 1 && q % 2 === 0 ? "synthetic" : i % 2 === 0 ? "bm25" : "dense",
      ...((q !== 2 || seed % 3 === 0) && { score: stream.integer(9) / 8, positive_score: 1.5 }),
      verdict: "kept",
    }))
  );
  rows.push({ query_id: "q1", doc_id: "d29", source: "bm25", verdict: "dropped", reason: "x: 1" });
  return { collection: collectionOf(passages, positives), negatives: tableOf(NEGATIVES, rows) };
}

/** What a table says, by query text: texts of positives and negatives, and what else `keep` asks for. */
function content(
  collection: Collection,
  negatives: Table<typeof NEGATIVES>,
  keep: { ids?: boolean; titles?: boolean; scores?: boolean; sources?: boolean; most?: number },
) {
  const passage = passagesOf(negatives, collection.corpus);
  const documents = new Map([...collection.corpus.rows()].map((row) => [row.id, row]));
  const texts = new Map([...collection.queries.rows()].map((row) => [row.id, row.text]));
  const show = (p: { title: string; text: string }) => keep.titles ? `${p.title}|${p.text}` : passageText(p);
  const rows = [...negatives.rows()];
  const whole = [...positivesOf(collection).values()].every((ids) => ids.length === 1) &&
    rows.every((row) => row.verdict !== "kept" || row.score !== null);
  return [...positivesOf(collection)].map(([query, ids]) => {
    const own = rows.map((_, i) => i).filter((i) => rows[i].query_id === query && rows[i].verdict === "kept");
    const scored = keep.scores && whole;
    return {
      query: keep.ids ? `${query} ${texts.get(query)}` : texts.get(query),
      positives: ids.map((id) => (keep.ids ? `${id} ` : "") + show(documents.get(id)!)),
      negatives: own.slice(0, keep.most).map((i) => [
        keep.ids && (rows[i].doc_id?.startsWith("d") ? rows[i].doc_id : "written"),
        show(passage(i)),
        scored ? rows[i].score : null,
        keep.sources && rows[i].source,
      ]),
    };
  }).filter((example) => example.negatives.length > 0);
}

/** What each format can hold. */
const HOLDS: Record<FormatName, Parameters<typeof content>[2]> = {
  "sentence-transformers-triplets": {},
  "sentence-transformers-tuples": { most: 2 },
  "flagembedding": { scores: true },
  "tevatron": { ids: true, titles: true },
  "gpl": { ids: true, titles: true, sources: true },
};

for (const format of FORMATS.names) {
  for (const ending of ["jsonl", "parquet"]) {
    Deno.test(`${format}.${ending}: a round trip keeps what the format can hold, and a second export is equal`, async () => {
      const folder = await Deno.makeTempDir();
      try {
        for (let seed = 0; seed < 20; seed++) {
          const { collection, negatives } = world(seed);
          const path = join(folder, `${seed}.${ending}`);
          const most = format === "sentence-transformers-tuples" ? 2 : undefined;
          const report = await exportNegatives(path, negatives, { collection, format, count: most });
          const kept = [...negatives.rows()].filter((row) => row.verdict === "kept");
          assert.equal(report.negatives, kept.length);
          assert.equal(report.without, 1);
          const ids = format === "gpl";
          const back = await importNegatives(path, { format, collection: ids ? collection : undefined });
          let wanted = content(collection, negatives, HOLDS[format]);
          if (ids) {
            assert.equal(report.leftOut, kept.filter((row) => row.doc_id === null).length);
            wanted = wanted.filter((example) => example.negatives.some(([id]) => id !== "written")).map((example) => ({
              ...example,
              negatives: example.negatives.filter(([id]) => id !== "written").sort((a, b) =>
                a[3] === b[3] ? 0 : a[3] === "bm25" ? -1 : 1
              ),
            }));
          }
          if (most) assert.equal(report.leftOut, kept.length - 2 * 5);
          assert.deepEqual(content(back.collection, back.negatives, HOLDS[format]), wanted, `seed ${seed}`);
          const again = join(folder, `${seed}-again.${ending}`);
          await exportNegatives(again, back.negatives, { collection: back.collection, format });
          if (format !== "tevatron") assert.deepEqual(await Deno.readFile(again), await Deno.readFile(path));
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });
  }
}

Deno.test("the rows are as the other libraries expect them", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const collection = collectionOf({
      p: { title: "T", text: "positive" },
      n: { title: "", text: "negative" },
      m: { title: "M", text: "another" },
    }, { q: ["p"] });
    const base = { query_id: "q", verdict: "kept" } as const;
    const negatives = tableOf(NEGATIVES, [
      { ...base, doc_id: "n", source: "bm25", score: 0.5, positive_score: 2 },
      { ...base, doc_id: "m", source: "dense", score: 0.25, positive_score: 2 },
    ]);
    const lines = async (format: FormatName) => {
      const path = join(folder, `${format}.jsonl`);
      await exportNegatives(path, negatives, { collection, format });
      return (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) => JSON.parse(line));
    };
    assert.deepEqual(await lines("sentence-transformers-triplets"), [
      { anchor: "text of q", positive: "T positive", negative: "negative" },
      { anchor: "text of q", positive: "T positive", negative: "M another" },
    ]);
    assert.deepEqual(await lines("sentence-transformers-tuples"), [
      { anchor: "text of q", positive: "T positive", negative_1: "negative", negative_2: "M another" },
    ]);
    assert.deepEqual(await lines("flagembedding"), [{
      query: "text of q",
      pos: ["T positive"],
      neg: ["negative", "M another"],
      pos_scores: [2],
      neg_scores: [0.5, 0.25],
    }]);
    assert.deepEqual(await lines("tevatron"), [{
      query_id: "q",
      query: "text of q",
      positive_passages: [{ docid: "p", title: "T", text: "positive" }],
      negative_passages: [{ docid: "n", title: "", text: "negative" }, { docid: "m", title: "M", text: "another" }],
    }]);
    assert.deepEqual(await lines("gpl"), [{ qid: "q", pos: ["p"], neg: { bm25: ["n"], dense: ["m"] } }]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("bad files and options are errors with their position; nothing is overwritten", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { collection, negatives } = world(1);
    const file = async (text: string) => {
      const path = await Deno.makeTempFile({ dir: folder, suffix: ".jsonl" });
      await Deno.writeTextFile(path, text);
      return path;
    };
    const existing = await file("precious");
    const wrong: [RegExp, () => Promise<unknown>][] = [
      [
        /Unknown exchange format "tevatrom": did you mean "tevatron"/,
        () => exportNegatives(join(folder, "x.jsonl"), negatives, { collection, format: "tevatrom" as never }),
      ],
      [
        /must end in .jsonl or .parquet/,
        () => exportNegatives(join(folder, "x.csv"), negatives, { collection, format: "tevatron" }),
      ],
      [/file of this name exists/, () => exportNegatives(existing, negatives, { collection, format: "tevatron" })],
      [/need a collection/, () => importNegatives(existing, { format: "gpl" })],
      [/empty file/, async () => await importNegatives(await file(""), { format: "tevatron" })],
      [
        /jsonl:2, field "neg".*|found 7, wanted a list of strings .*:2, field "neg"/,
        async () =>
          await importNegatives(await file('{"query":"a","pos":[],"neg":[]}\n{"query":"b","pos":[],"neg":7}\n'), {
            format: "flagembedding",
          }),
      ],
      [
        /found nothing, wanted a text .*:1, field "anchor"/,
        async () =>
          await importNegatives(await file('{"positive":"p","negative":"n"}\n'), {
            format: "sentence-transformers-triplets",
          }),
      ],
      [
        /2 scores/,
        async () =>
          await importNegatives(await file('{"query":"a","pos":["p"],"neg":["n","m"],"neg_scores":[1]}\n'), {
            format: "flagembedding",
          }),
      ],
      [
        /document "nowhere": it is not in the collection .*:1/,
        async () =>
          await importNegatives(await file('{"qid":"q1","pos":["d1"],"neg":{"bm25":["nowhere"]}}\n'), {
            format: "gpl",
            collection,
          }),
      ],
      [
        /query "nobody": it is not in the collection/,
        async () =>
          await importNegatives(await file('{"qid":"nobody","pos":[],"neg":{}}\n'), { format: "gpl", collection }),
      ],
    ];
    for (const [message, act] of wrong) {
      await assert.rejects(act, (error: Error) => {
        assert.match(error.message, message);
        return true;
      });
    }
    assert.equal(await Deno.readTextFile(existing), "precious");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("FlagEmbedding's own examples import, pass the audit, and export unchanged", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["msmarco", "nq"]) {
      const path = shared(`llm-negatives/flagembedding-example-${name}.jsonl`);
      if (!path) return;
      const lines = (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) => JSON.parse(line));
      const { collection, negatives } = await importNegatives(path, { format: "flagembedding" });
      assert.equal(collection.queries.length, 10);
      assert.equal(negatives.length, lines.reduce((sum, { neg }) => sum + neg.length, 0));
      const report = await audit(negatives, collection);
      const bad = report.checks.filter((check) => check.severity === "error" && check.count > 0).map(({ name }) =>
        name
      );
      const repeats = lines.some(({ neg }) => new Set(neg).size < neg.length);
      const positives = lines.some(({ pos, neg }) => neg.some((text: string) => pos.includes(text)));
      if (repeats) assert.ok(bad.includes("duplicate"));
      if (positives) assert.ok(bad.includes("positive"));
      for (const ending of ["jsonl", "parquet"]) {
        const out = join(folder, `${name}.${ending}`);
        await exportNegatives(out, negatives, { collection, format: "flagembedding" });
        const back = await importNegatives(out, { format: "flagembedding" });
        const again = join(folder, `${name}-again-${ending}.jsonl`);
        await exportNegatives(again, back.negatives, { collection: back.collection, format: "flagembedding" });
        const rows = (await Deno.readTextFile(again)).trimEnd().split("\n").map((line) => JSON.parse(line));
        assert.deepEqual(rows, lines);
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
