import assert from "node:assert/strict";
import { join } from "node:path";
import { tableOf } from "../../lib/tables/table_builder.ts";
import { CORPUS, NEGATIVES, QRELS, QUERIES } from "../../lib/tables/schema.ts";
import { describeTextCuts, endpointEncoder, loadEncoder, textCuts } from "../../lib/encoders/mod.ts";
import { FIXTURES } from "./fixtures.ts";

const WORDS = ("Which substance builds up with hours awake instead of following the body clock, and does a lexer " +
  "decide where one token ends?").split(" ");
const TEXTS = WORDS.map((_, i) => WORDS.slice(0, i + 1).join(" "));

/** Tokens of {@link TEXTS}, not truncated, as AutoTokenizer of transformers 5 counts them, special ones included. */
const LENGTHS: Record<string, number[]> = {
  bert: [3, 7, 12, 13, 14, 17, 21, 25, 26, 30, 31, 34, 38, 39, 42, 43, 46, 49, 51, 52, 55, 59],
  roberta: [6, 11, 16, 18, 19, 23, 27, 31, 32, 37, 38, 41, 47, 48, 51, 52, 55, 59, 61, 62, 65, 69],
  "xlm-roberta": [7, 11, 15, 16, 17, 18, 23, 24, 25, 27, 28, 30, 34, 35, 37, 38, 42, 45, 46, 47, 50, 55],
  mpnet: [3, 7, 12, 13, 14, 17, 21, 25, 26, 30, 31, 34, 38, 39, 42, 43, 46, 49, 51, 52, 55, 59],
};

for (const [name, lengths] of Object.entries(LENGTHS)) {
  Deno.test(`${name}: a text is truncated if transformers counts more tokens than the limit`, async () => {
    for (const maxLength of [4, 13, 14, 17, 25, 38]) {
      const encoder = await loadEncoder(join(FIXTURES, name), { maxLength, prompts: { query: "", document: "" } });
      const cut = TEXTS.map((text) => encoder.cuts(text, "document"));
      assert.deepEqual(cut, lengths.map((length) => length > maxLength), `at ${maxLength} tokens`);
      assert.equal(encoder.maxLength, maxLength);
      await encoder.dispose();
    }
  });
}

const collection = {
  name: "small",
  digest: "",
  findings: [],
  corpus: tableOf(CORPUS, TEXTS.map((text, i) => ({ id: `d${i}`, title: "", text }))),
  queries: tableOf(QUERIES, TEXTS.map((text, i) => ({ id: `q${i}`, text }))),
  qrels: {
    train: tableOf(QRELS, [
      { query_id: "q0", doc_id: "d21", grade: 1 },
      { query_id: "q5", doc_id: "d3", grade: 2 },
      { query_id: "q5", doc_id: "d20", grade: 0 },
    ]),
    test: tableOf(QRELS, [{ query_id: "q21", doc_id: "d0", grade: 1 }]),
  },
};
const negatives = tableOf(NEGATIVES, [
  { query_id: "q0", doc_id: "d20", source: "bm25", verdict: "kept" },
  { query_id: "q5", doc_id: "d20", source: "bm25", verdict: "kept" },
  { query_id: "q5", doc_id: "d19", source: "bm25", verdict: "dropped", reason: "x" },
  { query_id: "q0", doc_id: null, title: "", text: TEXTS[21], source: "synthetic", verdict: "kept" },
  { query_id: "q5", doc_id: null, title: "", text: TEXTS[0], source: "synthetic", verdict: "kept" },
]);

Deno.test("passages, queries, positives and negatives are counted separately and described in one sentence", async () => {
  const encoder = await loadEncoder(join(FIXTURES, "bert"), { maxLength: 14 });
  const found = textCuts(encoder, collection, { train: "train", splits: ["test"], negatives })!;
  assert.deepEqual(found, {
    maxLength: 14,
    counts: [
      { what: "passages", texts: 22, cut: 17 },
      { what: "queries of train", texts: 2, cut: 1 },
      { what: "queries of test", texts: 1, cut: 1 },
      { what: "positives of train", texts: 2, cut: 1 },
      { what: "passages among bm25 negatives", texts: 1, cut: 1 },
      { what: "written negatives (synthetic)", texts: 2, cut: 1 },
    ],
  });
  assert.match(
    describeTextCuts(found)!,
    /^Cut at 14 tokens, and not read further: 17 of 22 passages \(77\.3 %\), 1 of 2 queries of train \(50\.0 %\), 1 of 1 queries of test \(100 %\)/,
  );
  const prompted = await loadEncoder(join(FIXTURES, "bert"), { maxLength: 14, prompts: { query: "substance " } });
  assert.equal(textCuts(prompted, collection, { splits: ["test", "train"] })!.counts[2].cut, 1);
  assert.ok(prompted.cuts(TEXTS[3], "query") && !prompted.cuts(TEXTS[3], "document"), "the prompt takes room");
});

Deno.test("an encoder without a limit truncates nothing; a remote one has no counts", async () => {
  const found = textCuts(await loadEncoder("built-in"), collection)!;
  assert.deepEqual(found, { maxLength: null, counts: [{ what: "passages", texts: 22, cut: 0 }] });
  assert.equal(describeTextCuts(found), undefined);
  const remote = endpointEncoder({ url: "http://127.0.0.1:9/v1", model: "m", dimension: 2 });
  assert.equal(textCuts(remote, collection), undefined);
});
