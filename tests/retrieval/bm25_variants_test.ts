import assert from "node:assert/strict";
import { bm25, tableOf } from "../../mod.ts";
import { BM25_VARIANTS } from "../../lib/retrieval/mod.ts";
import { CORPUS } from "../../lib/tables/mod.ts";

/** Written by reference.py beside it with the Python package bm25s. */
const REFERENCE: {
  documents: string[];
  queries: string[];
  cases: { variant: string; k1: number; b: number; delta: number; scores: number[][] }[];
} = JSON.parse(Deno.readTextFileSync(new URL("../fixtures/retrieval/bm25s.json", import.meta.url)));

const corpus = tableOf(CORPUS, REFERENCE.documents.map((text, i) => ({ id: `d${i}`, title: "", text })));
const all = REFERENCE.documents.map((_, row) => row);

for (const { variant, k1, b, delta, scores } of REFERENCE.cases) {
  Deno.test(`${variant}, k1 ${k1}, b ${b}: scores equal bm25s`, async () => {
    const raised = variant === "bm25+" || variant === "bm25l";
    const index = await bm25(corpus, { analyzer: "none", variant, k1, b, ...raised ? { delta } : {} });
    REFERENCE.queries.forEach((query, q) => {
      const found = index.scores(query, all);
      found.forEach((score, row) => {
        assert.ok(Math.abs(score - scores[q][row]) <= 2e-5 * Math.max(1, scores[q][row]), `${query}, document ${row}`);
      });
      for (const { row, score } of index.search(query, 100)) assert.ok(Math.abs(score - found[row]) < 1e-6);
    });
  });
}

Deno.test("every variant has reference scores, and they differ", () => {
  assert.deepEqual(new Set(REFERENCE.cases.map(({ variant }) => variant)), new Set(BM25_VARIANTS.names));
  assert.equal(new Set(REFERENCE.cases.map(({ scores }) => JSON.stringify(scores))).size, REFERENCE.cases.length);
});

Deno.test("a search finds no document by terms without weight, and each document once", async () => {
  const some = tableOf(CORPUS, ["a b", "a c", "a d d"].map((text, i) => ({ id: `d${i}`, title: "", text })));
  const index = await bm25(some, { analyzer: "none", variant: "atire" });
  assert.deepEqual(index.search("a").map(({ doc_id }) => doc_id), []);
  assert.deepEqual(index.search("a d").map(({ doc_id }) => doc_id), ["d2"]);
});

Deno.test("an unknown variant and an option that it lacks are refused", async () => {
  await assert.rejects(bm25(corpus, { variant: "bm25" }), /Unknown BM25 variant "bm25"/);
  await assert.rejects(bm25(corpus, { variant: "lucene", delta: 1 }), /lucene has no option "delta"/);
  await assert.rejects(bm25(corpus, { variant: "bm25l", delta: -1 }), /delta must be a number >= 0, found -1/);
});
