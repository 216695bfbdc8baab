import assert from "node:assert/strict";
import { NEGATIVES, SCORES, type Table, tableOf } from "../../lib/tables/mod.ts";

const table = tableOf(NEGATIVES, [
  { query_id: "a", doc_id: "1", source: "bm25", rank: 2, score: 0.5, verdict: "kept" },
  { query_id: "a", text: "é written", source: "synthetic", verdict: "kept" },
  { query_id: "b", doc_id: "3", source: "dense", rank: 1, score: -1, verdict: "dropped" },
  { query_id: "b", doc_id: "2", source: "bm25", rank: 1, score: 0.5, verdict: "relabeled" },
], { metadata: { "syneg.rules": '["x"]' } });
const ids = (found: Table<typeof NEGATIVES>) => found.toObjects().map(({ doc_id }) => doc_id);

Deno.test("where selects rows by value, by several values, by null and by a function; order and metadata stay", () => {
  assert.deepEqual(ids(table.where({ source: "bm25" })), ["1", "2"]);
  assert.deepEqual(ids(table.where({ verdict: ["dropped", "relabeled"], query_id: "b" })), ["3", "2"]);
  assert.deepEqual(ids(table.where({ doc_id: null })), [null]);
  assert.deepEqual(ids(table.where((row, i) => row.rank === 1 || i === 0)), ["1", "3", "2"]);
  assert.equal(table.where({ source: "random" }).length, 0);
  assert.equal(table.where({ doc_id: null }).row(0).text, "é written");
  assert.equal(table.where({}).metadata.get("syneg.rules"), '["x"]');
  assert.deepEqual(ids(table.slice(1, 4).where({ source: "bm25" })), ["2"]);
});

Deno.test("sortBy sorts numbers and text, is stable, and puts nulls last in both directions", () => {
  assert.deepEqual(ids(table.sortBy("score")), ["3", "1", "2", null]);
  assert.deepEqual(ids(table.sortBy("score", { descending: true })), ["1", "2", "3", null]);
  assert.deepEqual(ids(table.sortBy("source")), ["1", "2", "3", null]);
  assert.deepEqual(ids(table.sortBy("doc_id", { descending: true })), ["3", "2", "1", null]);
});

Deno.test("head returns 5 rows by default, never more than there are", () => {
  assert.deepEqual([table.head().length, table.head(2).length, table.head(0).length, table.head(9).length], [
    4,
    2,
    0,
    4,
  ]);
});

Deno.test("unknown columns and options are refused with suggestions", () => {
  assert.throws(
    () => table.where({ sorce: "bm25" } as never),
    /Unknown column "sorce" of NEGATIVES: did you mean "sco|so/,
  );
  assert.throws(() => table.sortBy("scor" as never), /Unknown column "scor" of NEGATIVES: did you mean/);
  assert.throws(() => table.sortBy("score", { descend: true } as never), /no option "descend"/);
});

Deno.test("a table shows rows of every source and no empty column", () => {
  const shown = Deno.inspect(table).split("\n");
  assert.equal(shown[0], "NEGATIVES: 4 rows");
  assert.match(shown[1], /^query_id +doc_id +text +source +rank +score +verdict$/);
  const many = tableOf(
    NEGATIVES,
    Array.from({ length: 20 }, (_, i) => ({
      query_id: `q${i}`,
      doc_id: "d",
      source: i < 18 ? "bm25" as const : "dense" as const,
      verdict: "kept" as const,
    })),
  );
  const lines = Deno.inspect(many).split("\n");
  assert.equal(lines[0], "NEGATIVES: 20 rows, the first 3 of each source");
  assert.deepEqual(lines.slice(2).map((line) => line.split(/ +/)[0]), ["q0", "q1", "q2", "q18", "q19"]);
  const html = (many as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]();
  assert.ok(!html["text/html"].includes('<th style="text-align:left">score'));
});

Deno.test("text in a table is escaped", () => {
  const evil = tableOf(SCORES, [{ query_id: '<img src="x">', measure: "P@1", value: 1 }]);
  const shown = (evil as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]();
  assert.ok(!shown["text/html"].includes("<img"));
});
