import assert from "node:assert/strict";
import { CORPUS, QRELS, QUERIES } from "../../lib/tables/mod.ts";
import { describe, tableOf } from "../../mod.ts";

/** Words of one text, counted by hand. */
const TEXTS: readonly (readonly [string, number])[] = [
  ["Yeast makes the dough rise.", 5],
  ["Don't split state-of-the-art  words", 4],
  ["naïve Größe — Ελλάδα", 4],
  ["地铁很快", 2],
  ["东京 地铁很快", 3],
  ["สวัสดีครับ", 2],
];
for (const [text, wanted] of TEXTS) {
  Deno.test(`a collection's texts are as long as their words: ${text}`, () => {
    const { documentWords, queryWords } = describe({
      name: "one",
      corpus: tableOf(CORPUS, [{ id: "d", title: "", text }]),
      queries: tableOf(QUERIES, [{ id: "q", text }]),
      qrels: { train: tableOf(QRELS, [{ query_id: "q", doc_id: "d", grade: 1 }]) },
      digest: "",
      findings: [],
    });
    assert.equal(documentWords.most, wanted);
    assert.equal(queryWords.least, wanted);
  });
}
