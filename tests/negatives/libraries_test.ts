import assert from "node:assert/strict";
import { join } from "node:path";
import { NEGATIVES } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import { audit, exportNegatives, type FormatName, FORMATS, importNegatives, mine } from "../../lib/negatives/mod.ts";
import { positivesOf } from "../../lib/collections/mod.ts";
import { collectionOf, type NegativeRow } from "./cases.ts";

const FIXTURES = join(import.meta.dirname!, "../fixtures/exchange");
const YEAST = "Yeast makes the dough rise in a warm kitchen.";
const POWDER = "Baking powder lifts the batter while it bakes.";
const HEAT = "Slow heat draws flavour from bones and roots.";
const WATER = "Water near boiling draws tannin from the leaves.";
const STEAM = "Steam opens the crust in a hot oven.";
const GAS = "Gas of the yeast is held by gluten in the dough.";

/** What sentence-transformers mined: positives, negatives with their scores, and the lowest positive's score. */
const MINED = {
  "why does bread rise": [[YEAST, GAS], [[STEAM, 0.1566262245], [HEAT, 0.1175974086]], -0.1891457736],
  "what draws flavour in soup": [[HEAT], [[POWDER, 0.2223016024], [GAS, 0.2022918314]], -0.2560272217],
  "how is tea made": [[WATER], [[YEAST, 0.3152069747], [GAS, 0.2064505517]], -0.6765202284],
} as const;

/** Imported negatives by query text, as {@link MINED} writes them. */
async function content(path: string, format: FormatName) {
  const { collection, negatives } = await importNegatives(path, { format });
  const texts = new Map([...collection.corpus.rows()].map(({ id, text }) => [id, text]));
  const queries = new Map([...collection.queries.rows()].map(({ id, text }) => [id, text]));
  const rows = [...negatives.rows()];
  return Object.fromEntries([...positivesOf(collection)].map(([id, known]) => {
    const own = rows.filter((row) => row.query_id === id);
    return [queries.get(id)!, [
      known.map((doc) => texts.get(doc)!),
      own.map((row) => [texts.get(row.doc_id!)!, row.score] as const),
      own[0]?.positive_score ?? null,
    ]] as const;
  }));
}

for (const shape of ["triplet", "n-tuple", "labeled-pair", "labeled-list"]) {
  for (const scored of [false, true]) {
    for (const ending of ["jsonl", "parquet"]) {
      const name = `mined_${shape}${scored ? "_scores" : ""}.${ending}`;
      const format = shape === "n-tuple" ? "sentence-transformers-tuples" : "sentence-transformers-triplets";
      if (shape === "labeled-pair" && scored) {
        Deno.test(`${name}: scores instead of labels are refused`, async () => {
          await assert.rejects(importNegatives(join(FIXTURES, name), { format }), /a score alone does not say which/);
        });
        continue;
      }
      Deno.test(`${name}, as written by mine_hard_negatives, says what was mined`, async () => {
        const found = await content(join(FIXTURES, name), format);
        assert.deepEqual(Object.keys(found), Object.keys(MINED));
        const close = (a: number | null, b: number) => scored ? Math.abs(a! - b) < 1e-6 : a === null;
        for (const [query, [positives, negatives, lowest]] of Object.entries(MINED)) {
          const [known, rows, positive] = found[query];
          assert.deepEqual(known, positives);
          assert.deepEqual(rows.map(([text]) => text), negatives.map(([text]) => text));
          rows.forEach(([, score], i) => assert.ok(close(score, negatives[i][1]), `${score}`));
          assert.ok(close(positive, lowest), `${positive}`);
        }
      });
    }
  }
}

const BREAD = { query: "why does bread rise" };
const TEVATRON = { query_id: 1, ...BREAD, positive_passages: [{ docid: 11, title: null, text: YEAST }] };

/** Rows of other tools, and what becomes of them: ids or texts of the negatives, or the error. */
const ROWS: [string, FormatName, Record<string, unknown>, RegExp | string[]][] = [
  ["sorted keys", "sentence-transformers-triplets", { answer: YEAST, negative: POWDER, ...BREAD }, [POWDER]],
  ["other names", "sentence-transformers-triplets", { s1: "why", s2: YEAST, s3: POWDER, s4: HEAT }, [POWDER, HEAT]],
  ["eleven negatives", "sentence-transformers-tuples", {
    anchor: "why",
    positive: YEAST,
    ...Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`negative_${11 - i}`, `text ${11 - i}`])),
  }, Array.from({ length: 11 }, (_, i) => `text ${i + 1}`)],
  ["a null negative", "sentence-transformers-tuples", {
    anchor: "why",
    positive: YEAST,
    negative_1: POWDER,
    negative_2: null,
  }, [POWDER]],
  ["null scores", "sentence-transformers-triplets", {
    anchor: "why",
    positive: YEAST,
    negative: POWDER,
    scores: null,
  }, [POWDER]],
  ["a score too few", "sentence-transformers-triplets", {
    anchor: "why",
    positive: YEAST,
    negative: POWDER,
    scores: [1],
  }, /wanted 2 scores/],
  ["a strange column", "sentence-transformers-triplets", {
    id: 7,
    anchor: "why",
    positive: YEAST,
    negative: POWDER,
  }, /found 7, wanted anchor, positive, negatives and scores alone .*field "id"/],
  ["a soft label", "sentence-transformers-triplets", { sentence1: "why", sentence2: YEAST, label: 0.5 }, /0 or 1/],
  ["pairs alone", "sentence-transformers-triplets", { anchor: "why", positive: YEAST }, /wanted 0 or 1 /],
  ["boolean labels", "sentence-transformers-triplets", { a: "why", b: [YEAST, HEAT], labels: [true, false] }, [HEAT]],
  ["labels too few", "sentence-transformers-triplets", { a: "why", b: [YEAST, HEAT], labels: [1] }, /wanted 2 of them/],
  ["integer ids", "tevatron", { ...TEVATRON, negative_passages: [{ docid: 12, title: "", text: POWDER }] }, ["12"]],
  ["an id past 2^53 keeps its digits", "tevatron", {
    ...TEVATRON,
    negative_passages: [{ docid: 2 ** 60, text: POWDER }],
  }, ["1152921504606847000"]],
  ["no docid", "tevatron", { ...TEVATRON, negative_passages: [{ text: POWDER }] }, /a docid in every passage/],
  ["a title that is a number", "tevatron", {
    ...TEVATRON,
    negative_passages: [{ docid: 12, title: 3, text: POWDER }],
  }, /a text or null as every title/],
  ["ids alone", "tevatron", {
    query_id: "q1",
    query_text: "why",
    positive_document_ids: ["d1"],
    negative_document_ids: ["d2"],
  }, /"d1" without a collection: its row holds ids only/],
  ["ids beside texts", "flagembedding", {
    ...BREAD,
    pos: [YEAST],
    neg: [POWDER, HEAT],
    pos_id: ["x"],
    neg_id: ["y", null],
  }, ["y", HEAT]],
  ["ids too few", "flagembedding", { ...BREAD, pos: [YEAST], neg: [POWDER], neg_id: [] }, /1 ids, one for every text/],
  ["null scores and empty prompt", "flagembedding", {
    ...BREAD,
    pos: [YEAST],
    neg: [POWDER],
    pos_scores: null,
    neg_scores: null,
    prompt: "",
    type: "normal",
  }, [POWDER]],
  ["no negatives at all", "flagembedding", { ...BREAD, pos: [YEAST] }, /found nothing, wanted a list of strings/],
  ["an instruction beside the query", "flagembedding", {
    query: ["Represent this", "why"],
    pos: [YEAST],
    neg: [POWDER],
  }, /found \["Represent this","why"\], wanted a text/],
];

for (const [name, format, row, wanted] of ROWS) {
  Deno.test(`${format}: ${name}`, async () => {
    const path = await Deno.makeTempFile({ suffix: ".jsonl" });
    try {
      await Deno.writeTextFile(path, JSON.stringify(row) + "\n");
      if (wanted instanceof RegExp) return await assert.rejects(importNegatives(path, { format }), wanted);
      const { collection, negatives } = await importNegatives(path, { format });
      const texts = new Map([...collection.corpus.rows()].map(({ id, text }) => [id, text]));
      const ids = [...negatives.column("doc_id")];
      assert.deepEqual(ids.map((id, i) => wanted[i] === id ? id : texts.get(id!)), wanted);
    } finally {
      await Deno.remove(path);
    }
  });
}

Deno.test("a given collection resolves ids, integer ids, and texts in any spelling", async () => {
  const collection = collectionOf({
    "1": { title: "", text: YEAST },
    "2": { title: "Powder", text: POWDER },
    "3": { title: "", text: HEAT },
  }, { "7": ["1"] });
  const cases: [FormatName, Record<string, unknown>, unknown[]][] = [
    ["gpl", { qid: 7, pos: [1], neg: { "msmarco-distilbert-base-v3": [2, "3"] } }, ["2", "3"]],
    [
      "tevatron",
      { query_id: 7, query_text: "", positive_document_ids: [1], negative_document_ids: [3, 2] },
      ["3", "2"],
    ],
    ["sentence-transformers-triplets", {
      anchor: "Text of 7. ",
      positive: YEAST,
      negative: `POWDER — ${POWDER}\r\n`,
    }, ["2"]],
    ["sentence-transformers-triplets", { anchor: "text of 7", positive: YEAST, negative: "Elsewhere." }, [null]],
  ];
  for (const [format, row, wanted] of cases) {
    const path = await Deno.makeTempFile({ suffix: ".jsonl" });
    await Deno.writeTextFile(path, JSON.stringify(row) + "\n");
    const { negatives } = await importNegatives(path, { format, collection });
    assert.deepEqual([...negatives.column("doc_id")], wanted);
    if (format === "gpl") {
      const again = `${path}-again.jsonl`;
      await exportNegatives(again, negatives, { collection, format });
      const neg = JSON.parse(await Deno.readTextFile(again)).neg;
      assert.deepEqual(neg, { "msmarco-distilbert-base-v3": ["2", "3"] }, "the retriever's name stays");
      await Deno.remove(again);
    }
    await Deno.remove(path);
  }
});

/** What the training code of each library does with a row first: where it stops, so would a training. */
const READERS: Partial<Record<FormatName, (row: never) => void>> = {
  flagembedding: (row: { pos: string[]; neg: string[] }) => {
    assert.ok(row.pos.length > 0, "random.choice of no positive");
    assert.ok(row.neg.length > 0, "division of the group's size by no negatives");
  },
  tevatron: (row: { positive_passages: { title: string }[]; negative_passages: { title: string }[] }) => {
    assert.ok(row.positive_passages.length > 0, "modulo no positives");
    assert.ok(row.negative_passages.length > 0, "random.choices of no negatives");
    for (const { title } of [...row.positive_passages, ...row.negative_passages]) assert.equal(typeof title, "string");
  },
  gpl: (row: { pos: string[]; neg: Record<string, string[]> }) => {
    assert.ok(row.pos.length > 0 && Object.values(row.neg).flat().length > 0, "a query that is skipped for ever");
  },
};

Deno.test("exports have no row that breaks its reader, and count what they omit", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const collection = collectionOf({
      p: { title: "", text: YEAST },
      n: { title: "", text: POWDER },
      empty: { title: "", text: " \n" },
    }, { whole: ["p", "empty"], without: ["p"], blank: ["p"], unanswered: ["empty"], written: ["p"] });
    const base = { source: "bm25", verdict: "kept" } as const;
    const negatives = tableOf(NEGATIVES, [
      { ...base, query_id: "whole", doc_id: "n" },
      { ...base, query_id: "whole", doc_id: "empty" },
      { ...base, query_id: "blank", doc_id: "empty" },
      { ...base, query_id: "unanswered", doc_id: "n" },
      { ...base, query_id: "written", source: "synthetic", title: "", text: "Written." },
      { ...base, query_id: "without", doc_id: "n", verdict: "dropped", reason: "x: 1" },
    ]);
    for (const format of FORMATS.names) {
      const path = join(folder, `${format}.jsonl`);
      const report = await exportNegatives(path, negatives, { collection, format });
      const rows = (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) => JSON.parse(line));
      for (const row of rows) READERS[format]?.(row as never);
      const wanted = format === "gpl" ? { rows: 1, leftOut: 4 } : { rows: 2, leftOut: 3 };
      assert.deepEqual([report.rows, report.leftOut, report.negatives, report.without, rows.length], [
        wanted.rows,
        wanted.leftOut,
        5,
        1,
        wanted.rows,
      ], format);
    }
    const none = tableOf(NEGATIVES, [{ ...base, query_id: "whole", doc_id: "n", verdict: "dropped", reason: "x: 1" }]);
    await assert.rejects(
      exportNegatives(join(folder, "none.jsonl"), none, { collection, format: "flagembedding" }),
      /of 0 kept negatives no row is left; 5 of 5 queries have no negatives/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("FlagEmbedding: all rows or none have scores, of one scorer; all or none have prompts and types", async () => {
  const collection = collectionOf({
    p: { title: "", text: YEAST },
    r: { title: "", text: GAS },
    n: { title: "", text: POWDER },
    m: { title: "", text: HEAT },
  }, { a: ["p"], b: ["p"] });
  const row = (query_id: string, doc_id: string, score?: number, positive_score?: number): NegativeRow => ({
    query_id,
    doc_id,
    source: "bm25",
    score,
    positive_score,
    verdict: "kept",
  });
  const cases: [string, NegativeRow[], string[], number][] = [
    ["all scored", [row("a", "n", 1, 2), row("b", "n", 3, 4), row("b", "m", 5, 4)], ["p"], 0],
    ["one negative without", [row("a", "n", 1, 2), row("b", "n", 3, 4), row("b", "m")], ["p"], 1],
    ["no positive's score", [row("a", "n", 1), row("b", "n", 3, 4)], ["p"], 1],
    ["two scorers", [row("a", "n", 1, 2), row("b", "n", 3, 4), row("b", "m", 0.3, 0.4)], ["p"], 1],
    ["two positives", [row("a", "n", 1, 2), row("b", "n", 3, 4)], ["p", "r"], 1],
  ];
  const path = join(await Deno.makeTempDir(), "train.jsonl");
  for (const [name, rows, ofB, unscored] of cases) {
    const world = collectionOf(
      Object.fromEntries([...collection.corpus.rows()].map(({ id, title, text }) => [id, { title, text }])),
      { a: ["p"], b: ofB },
    );
    const options = { collection: world, format: "flagembedding", overwrite: true } as const;
    const report = await exportNegatives(path, tableOf(NEGATIVES, rows), options);
    const written = (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.equal(report.unscored, unscored, name);
    for (const { pos, neg, pos_scores, neg_scores } of written) {
      const wanted = unscored === 0 ? [pos.length, neg.length] : [undefined, undefined];
      assert.deepEqual([pos_scores?.length, neg_scores?.length], wanted, name);
    }
  }
  const lines = [{ ...BREAD, pos: [YEAST], neg: [HEAT], prompt: "Find: ", type: "symmetric_sts" }, {
    query: "what",
    pos: [HEAT],
    neg: [YEAST],
  }];
  await Deno.writeTextFile(path, lines.map((line) => JSON.stringify(line)).join("\n"));
  const read = await importNegatives(path, { format: "flagembedding" });
  await exportNegatives(path, read.negatives, {
    collection: read.collection,
    format: "flagembedding",
    overwrite: true,
  });
  const back = (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(back.map(({ prompt, type }) => [prompt, type]), [["Find: ", "symmetric_sts"], ["", "normal"]]);
});

Deno.test("mined negatives pass audit after a round trip through every format with texts", async () => {
  const collection = collectionOf({
    p: { title: "", text: YEAST },
    a: { title: "", text: "The dough rests." },
    b: { title: "", text: "the DOUGH rests" },
    c: { title: "", text: "The dough is folded." },
  }, { dough: ["p"] });
  const mined = await mine(collection, { source: "random" });
  const path = join(await Deno.makeTempDir(), "x.jsonl");
  for (const format of FORMATS.names) {
    await exportNegatives(path, mined, { collection, format, overwrite: true });
    const { negatives } = await importNegatives(path, { format, collection });
    assert.equal((await audit(negatives, collection)).ok, true, format);
    assert.equal(negatives.length, 2, format);
  }
});
