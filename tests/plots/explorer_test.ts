import assert from "node:assert/strict";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { KitError } from "../../lib/core/mod.ts";
import { filterNegatives, filters, readReviews } from "../../lib/negatives/mod.ts";
import type { Collection } from "../../lib/collections/mod.ts";
import { CORPUS, NEGATIVES, QRELS, QUERIES, REVIEWS, RUN, tableOf } from "../../lib/tables/mod.ts";
import { browse, changedQueries } from "../../lib/plots/mod.ts";
import { diffText } from "../../lib/plots/explorer/diff_text.ts";
import type { ExplorerData } from "../../lib/plots/explorer/explorer_data.ts";
import { showQuery } from "../../lib/plots/explorer/show_query.ts";
// deno-lint-ignore no-explicit-any -- the client is plain JavaScript
const selection: any = await import(new URL("../../lib/plots/explorer/client/selection.js", import.meta.url).href);
// deno-lint-ignore no-explicit-any
const words: any = await import(new URL("../../lib/plots/explorer/client/shared_words.js", import.meta.url).href);

// deno-lint-ignore no-explicit-any
const reviews: any = await import(new URL("../../lib/plots/explorer/client/review.js", import.meta.url).href);

const EVIL = `</script><script>alert(1)</script><img src=x onerror="alert(2)">`;
const collection = {
  name: "tiny",
  corpus: tableOf(CORPUS, [
    { id: "d1", title: "Tea", text: "Steep green tea at 80 degrees." },
    { id: "d2", title: "Coffee", text: "Brew coffee at 93 degrees." },
    { id: "d3", title: EVIL, text: EVIL },
  ]),
  queries: tableOf(QUERIES, [{ id: "q1", text: "how hot for green tea" }, { id: "q2", text: EVIL }]),
  qrels: {
    train: tableOf(QRELS, [{ query_id: "q1", doc_id: "d1", grade: 2 }, { query_id: "q2", doc_id: "d3", grade: 1 }]),
    complete: tableOf(QRELS, [
      { query_id: "q1", doc_id: "d1", grade: 2 },
      { query_id: "q1", doc_id: "d2", grade: 1 },
    ]),
  },
  digest: "",
  findings: [],
} as Collection;
const negatives = tableOf(NEGATIVES, [
  { query_id: "q1", doc_id: "d2", source: "bm25", rank: 1, score: 3.5, positive_score: 4, verdict: "kept" },
  {
    query_id: "q1",
    doc_id: "d3",
    source: "bm25",
    rank: 2,
    score: 1,
    positive_score: 4,
    verdict: "dropped",
    reason: EVIL,
  },
  { query_id: "q1", text: "Steep black tea at 95 degrees.", source: "synthetic", verdict: "kept" },
  { query_id: "q2", doc_id: "d2", source: "dense", rank: 1, score: 0.2, positive_score: 0.9, verdict: "kept" },
]);

type PageData = ExplorerData & { given: Map<number, string> };

function dataOf(html: string): PageData {
  const [, packed] = html.match(/<script id="data"[^>]*>([^<]*)<\/script>/)!;
  const data = JSON.parse(gunzipSync(Uint8Array.fromBase64(packed)).toString());
  for (const passage of data.passages) passage.lower = `${passage.title} ${passage.text}`.toLowerCase();
  data.given = new Map();
  return data;
}

const all = { sources: new Set([0, 1, 2]), verdict: "", low: null, high: null, text: "", flagged: false, review: "" };

Deno.test("the page has every row, each passage once, and no text as markup", () => {
  const { html } = browse(collection, negatives);
  const data = dataOf(html);
  assert.equal(html.split("<script").length, 3);
  assert.ok(!html.includes("onerror"));
  // Modules of the client are inlined into one script.
  assert.doesNotMatch(html, /^(import|export) /m);
  assert.equal(data.rows.query.length, 4);
  assert.deepEqual(data.passages.map(({ id }) => id), ["d1", "d2", "d3", null]);
  assert.deepEqual(data.rows.grade, [1, null, null, null]);
  assert.equal(data.queries[1].text, EVIL);
});

Deno.test("a title is text, and the same input gives the same page", () => {
  const { html } = browse(collection, negatives, { title: EVIL });
  assert.equal(html.split("<script").length, 3);
  assert.equal(browse(collection, negatives, { title: EVIL }).html, html);
});

const choices: [string, Record<string, unknown>, number[]][] = [
  ["none", {}, [0, 1, 2, 3]],
  ["source", { sources: new Set([0]) }, [0, 1]],
  ["verdict", { verdict: "dropped" }, [1]],
  ["lowest score", { low: 1 }, [0, 1]],
  ["highest score", { high: 1 }, [1, 3]],
  ["text", { text: "tea" }, [2]],
  ["false negatives", { flagged: true }, [0]],
];
for (const [name, change, wanted] of choices) {
  Deno.test(`the explorer filters by ${name}`, () => {
    assert.deepEqual(selection.matching(dataOf(browse(collection, negatives).html), { ...all, ...change }), wanted);
  });
}

Deno.test("verdicts belong to a query and a passage, and the page filters by them", () => {
  const given = tableOf(REVIEWS, [
    { query_id: "q1", doc_id: "d2", verdict: "dropped", reviewer: "Ada" },
    { query_id: "q1", text: "Steep black tea at 95 degrees.", verdict: "kept", reviewer: "Ada" },
    { query_id: "q1", doc_id: "d9", verdict: "dropped", reviewer: "Ada" },
  ]);
  const { html } = browse(collection, negatives, { review: true, reviews: given });
  assert.match(html, /<input id="reviewer" size="8" value="Ada">/);
  const data = dataOf(html);
  reviews.takeUp(data, reviews.verdictLines(data, "Ada"));
  assert.equal(data.given.size, 0);
  for (const [query, passage, verdict] of data.reviews) data.given.set(query * data.passages.length + passage, verdict);
  const found = (review: string) => selection.matching(data, { ...all, review });
  assert.deepEqual(
    ["open", "done", "kept", "dropped", "relabeled", "differs"].map(found),
    [[1, 3], [0, 2], [2], [0], [], [0]],
  );
});

Deno.test("the page saves verdicts to a file that the filter reads and the page loads again", async () => {
  const data = dataOf(browse(collection, negatives, { review: true }).html);
  data.given.set(reviews.pairOf(data, 2), "relabeled");
  data.given.set(reviews.pairOf(data, 1), "kept");
  data.given.set(reviews.pairOf(data, 0), "dropped");
  const lines = reviews.verdictLines(data, EVIL);
  const file = await Deno.makeTempFile({ suffix: ".jsonl" });
  await Deno.writeTextFile(file, lines);
  const table = await readReviews(file);
  assert.deepEqual([...table.column("verdict")], ["dropped", "kept", "relabeled"]);
  assert.deepEqual([...table.column("reviewer")], [EVIL, EVIL, EVIL]);
  const filtered = await filterNegatives(negatives, collection, [filters.verdicts(file)]);
  assert.deepEqual([...filtered.column("verdict")], ["dropped", "kept", "relabeled", "kept"]);
  const again = dataOf(browse(collection, negatives, { review: true }).html);
  reviews.takeUp(again, lines);
  assert.deepEqual(again.given, data.given);
  await Deno.remove(file);
});

const orders: [string, boolean, number[]][] = [
  ["score", true, [0, 1, 3, 2]],
  ["score", false, [3, 1, 0, 2]],
  ["gap", true, [0, 3, 1, 2]],
  ["source", false, [0, 1, 3, 2]],
  ["rank", true, [1, 0, 3, 2]],
];
for (const [key, down, wanted] of orders) {
  Deno.test(`the explorer sorts by ${key}, ${down ? "highest" : "lowest"} first, rows without a value last`, () => {
    assert.deepEqual(selection.sorted(dataOf(browse(collection, negatives).html), [0, 1, 2, 3], { key, down }), wanted);
  });
}

Deno.test("the list of queries counts rows, kept ones and false negatives", () => {
  const data = dataOf(browse(collection, negatives).html);
  const tallies = selection.tallies(data, [0, 1, 2, 3]);
  assert.deepEqual(tallies.get(0), { rows: 3, kept: 2, false: 1, hardest: -0.5 });
});

Deno.test("shared words are marked in any script, common ones are not", () => {
  const keys = words.keysOf("Steep the green tea 地铁很快");
  assert.deepEqual(words.pieces("The green tea, 地铁 here", keys), [
    ["The ", false],
    ["green tea, 地铁", true],
    [" here", false],
  ]);
});

Deno.test("the explorer saves its page and keeps an existing file", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "negatives.html");
  const explorer = browse(collection, negatives);
  await explorer.save(path);
  assert.equal(await Deno.readTextFile(path), explorer.html);
  await assert.rejects(explorer.save(path), KitError);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the explorer refuses unknown splits and options with suggestions", () => {
  assert.throws(
    () => browse(collection, negatives, { split: "tran" }),
    /Unknown split "tran" of tiny: did you mean "train"\?/,
  );
  assert.throws(
    () => browse(collection, negatives, { heigth: 3 } as never),
    /no option "heigth": did you mean "height"\?/,
  );
});

Deno.test("one query with positives, negatives and rankings, as text", () => {
  const run = tableOf(RUN, [
    { query_id: "q1", doc_id: "d2", rank: 1, score: 0.9 },
    { query_id: "q1", doc_id: "d1", rank: 2, score: 0.8 },
    { query_id: "q2", doc_id: "d1", rank: 1, score: 0.8 },
  ]);
  const { text } = showQuery(collection, "q1", negatives, { runs: { before: run }, depth: 2 });
  const lines = text.split("\n").map((line) => line.replaceAll(/ +/g, " ").trim());
  assert.deepEqual(lines.slice(0, 5), [
    "q1: how hot for green tea",
    "rank score grade passage",
    "positive d1 2 Tea Steep green tea at 80 degrees.",
    "positive d2 1 Coffee Brew coffee at 93 degrees.",
    "bm25 1 3.500 kept 1 Coffee Brew coffee at 93 degrees.",
  ]);
  assert.ok(lines.every((line) => line.length < 140));
  assert.match(text, /synthetic +kept +Steep black tea/);
  assert.match(text, /before +1 +0.900 +d2 +1 +Coffee/);
  assert.match(text, /before +2 +0.800 +d1 +2 +Tea/);
  assert.throws(() => showQuery(collection, "q3"), /Unknown query "q3" of tiny: did you mean "q1" or "q2"\?/);
});

Deno.test("the queries that changed most are a page without scripts, texts escaped", () => {
  const run = tableOf(RUN, [{ query_id: "q2", doc_id: "d3", rank: 1, score: 0.9 }]);
  const change = { query_id: "q2", before: 1, after: 0.5, change: -0.5 };
  const { html } = changedQueries(collection, { gains: [], losses: [change] }, { runs: { after: run } });
  assert.ok(!html.includes("<script") && !html.includes("<img"));
  assert.match(html, /tiny: 1 query that changed most/);
  assert.match(html, /1\.000 → 0\.500 \(−0\.500\)[\s\S]*<b>after<\/b>[\s\S]*0\.900/);
  assert.throws(
    () => changedQueries(collection, { gains: [{ ...change, query_id: "q7" }], losses: [] }),
    /Unknown query/,
  );
});

Deno.test("two texts word by word", () => {
  assert.equal(
    diffText("founded in 1893 in Rome", "founded in 1901 in Rome").text,
    "founded in [-1893-]{+1901+} in Rome",
  );
  assert.equal(diffText("地铁很快到达", "地铁很慢到达").text, "地铁很[-快-]{+慢+}到达");
  assert.deepEqual(diffText("", "new").pieces, [{ kind: "added", text: "new" }]);
  const long = "word and another ".repeat(5000);
  assert.deepEqual(diffText(long, long.replaceAll("another", "other")).pieces.map(({ kind }) => kind), [
    "removed",
    "added",
  ]);
});
