import assert from "node:assert/strict";
import { analyze, ANALYZERS, bm25, ENGLISH_STOP_WORDS } from "../../lib/retrieval/mod.ts";
import { CORPUS, tableOf } from "../../lib/tables/mod.ts";
import { standardTokens } from "../../lib/retrieval/analyzers/standard_tokens.ts";

function tokens(text: string): string[] {
  const found: string[] = [];
  standardTokens(text, (token) => found.push(token));
  return found;
}

Deno.test("tokens stand where Lucene's StandardTokenizer puts them", () => {
  const cases: [string, string[]][] = [
    ["state-of-the-art (really)", ["state", "of", "the", "art", "really"]],
    ["U.S.A. costs 1,000.50 dollars", ["U.S.A", "costs", "1,000.50", "dollars"]],
    ["don't x'y' 'z", ["don't", "x'y", "z"]],
    ["foo_bar _ __init__ a_1", ["foo_bar", "__init__", "a_1"]],
    ["a:b 1:2 3;4 c,d", ["a:b", "1", "2", "3;4", "c", "d"]],
    ["B2B 3D x86-64 IL-6", ["B2B", "3D", "x86", "64", "IL", "6"]],
    ["me@site.org www.a-b.com", ["me", "site.org", "www.a", "b.com"]],
    ["na\u00efve cafe\u0301 stra\u00dfe", ["na\u00efve", "cafe\u0301", "stra\u00dfe"]],
    ["\u6f22\u5b57\u304b\u30ab\u30bf\u30ab\u30ca", ["\u6f22", "\u5b57", "\u304b", "\u30ab\u30bf\u30ab\u30ca"]],
    ["\u0440\u0443\u0441\u0441\u043a\u0438\u0439 \u0e44\u0e17\u0e22", [
      "\u0440\u0443\u0441\u0441\u043a\u0438\u0439",
      "\u0e44\u0e17\u0e22",
    ]],
    ["\u{1D538}\u{1D539} \u{20000}\u{20001}", ["\u{1D538}\u{1D539}", "\u{20000}", "\u{20001}"]],
    ["C++ C# .NET $5 50%", ["C", "C", "NET", "5", "50"]],
    ["...", []],
    ["", []],
    ["\ud800 lone", ["lone"]],
  ];
  for (const [text, wanted] of cases) assert.deepEqual(tokens(text), wanted, text);
  assert.deepEqual(tokens("x".repeat(600)).map((token) => token.length), [255, 255, 90]);
});

/** Texts and their terms by analyzer; an analyzer that is missing here fails the test below. */
const CASES: Record<string, [text: string, terms: string[]][]> = {
  english: [
    ["Denning\u2019s dog's DOG'S", ["den", "dog", "dog"]],
    ["caresses ponies ties cats", ["caress", "poni", "ti", "cat"]],
    ["relational conditional rational valenci digitizer", ["relat", "condit", "ration", "valenc", "digit"]],
    ["The cat is NOT on the mat", ["cat", "mat"]],
    ["generalizations oscillators", ["gener", "oscil"]],
    ["its it's", ["it"]],
  ],
  standard: [
    ["The cat's PONIES", ["the", "cat's", "ponies"]],
    ["Les chaussures", ["les", "chaussures"]],
  ],
};

for (const name of ANALYZERS.names) {
  Deno.test(`the terms of analyzer ${name}`, () => {
    assert.ok(CASES[name], "has cases");
    for (const [text, wanted] of CASES[name]) assert.deepEqual(analyze(text, name), wanted, text);
  });
}

Deno.test("BM25 uses the analyzer of a name, English by default, and refuses an unknown one", async () => {
  assert.equal(ENGLISH_STOP_WORDS.size, 33);
  assert.deepEqual(analyze("ponies"), ["poni"]);
  const corpus = tableOf(CORPUS, [{ id: "d", title: "", text: "the ponies" }]);
  const found = async (query: string, analyzer?: string) => (await bm25(corpus, { analyzer })).search(query).length;
  assert.equal(await found("pony"), 1);
  assert.equal(await found("the"), 0);
  assert.equal(await found("pony", "standard"), 0);
  assert.equal(await found("the", "standard"), 1);
  await assert.rejects(bm25(corpus, { analyzer: "englsh" }), /Unknown analyzer "englsh": did you mean "english"\?/);
});
