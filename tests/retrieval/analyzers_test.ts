import assert from "node:assert/strict";
import { analyze, ANALYZERS, bm25, ENGLISH_STOP_WORDS } from "../../lib/retrieval/mod.ts";
import { CORPUS, tableOf } from "../../lib/tables/mod.ts";
import { analyzerOf } from "../../lib/retrieval/analyzers/mod.ts";
import { standardTokens } from "../../lib/retrieval/analyzers/standard_tokens.ts";

function tokens(text: string): string[] {
  const found: string[] = [];
  standardTokens(text, (token) => found.push(token));
  return found;
}

Deno.test("tokens have the positions of Lucene's StandardTokenizer", () => {
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
  german: [["Die H\u00e4user der B\u00e4ckerinnen", ["haus", "backerinn"]]],
  french: [["L'abeille n'est pas qu\u2019une ouvri\u00e8re", ["abeil", "ouvri"]]],
  italian: [["dell'ampiezza nell'universo", ["ampiezz", "univers"]]],
  greek: [["\u039f\u03b9 \u03bc\u03ad\u03bb\u03b9\u03c3\u03c3\u03b5\u03c2", ["\u03bc\u03b5\u03bb\u03b9\u03c3\u03c3"]]],
  turkish: [["I\u015eIK \u0130stanbul", ["\u0131\u015f\u0131k", "istanbul"]]],
  icu: [
    ["\u9762\u5305\u5e08\u6e05\u6668 \uff21\uff22\uff23", ["\u9762\u5305\u5e08", "\u6e05\u6668", "abc"]],
    ["\u0e02\u0e19\u0e21\u0e1b\u0e31\u0e07\u0e41\u0e1b\u0e49\u0e07", [
      "\u0e02\u0e19\u0e21\u0e1b\u0e31\u0e07",
      "\u0e41\u0e1b\u0e49\u0e07",
    ]],
    ["don't 3.14 C++ ...", ["don't", "3.14", "c"]],
  ],
  cjk: [
    ["\u9762\u5305\u5e08\u3002\u6e05\u6668 the ABC \u554a", [
      "\u9762\u5305",
      "\u5305\u5e08",
      "\u6e05\u6668",
      "abc",
      "\u554a",
    ]],
    // Half-width kana are made full-width, and Hangul has pairs, too.
    ["\uff8a\uff9f\uff9d \ud55c\uad6d\uc5b4", ["\u30d1\u30f3", "\ud55c\uad6d", "\uad6d\uc5b4"]],
  ],
  subword: [["The runners", ["the", "runners"]]],
  code: [
    ["os.path.join(fooBars, HTTPServer)", ["os", "path", "join", "foo", "bar", "http", "server"]],
    ["the self.__init__ of sha256_x", ["self", "init", "sha256", "x"]],
    ["Tom's caf\u00e9", ["tom", "caf\u00e9"]],
  ],
  none: [["The cat.\n a_B", ["The", "cat.", "a_B"]]],
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

/** Words and their stems by snowballstemmer 2.2.0 for Python, 30 a language; Greek without accents. */
const STEMS: Record<string, Record<string, string>> = JSON.parse(
  Deno.readTextFileSync(new URL("../fixtures/languages/stems.json", import.meta.url)),
);

for (const name of ANALYZERS.names) {
  Deno.test(`the terms of analyzer ${name}`, () => {
    assert.ok(CASES[name] ?? STEMS[name], "has cases");
    for (const [word, stem] of Object.entries(STEMS[name] ?? {})) {
      assert.deepEqual(analyze(word, { name, stopWords: false }), [stem], word);
    }
    for (const [text, wanted] of CASES[name] ?? []) assert.deepEqual(analyze(text, name), wanted, text);
  });
}

Deno.test("BM25 uses the named analyzer, English by default, and refuses an unknown one", async () => {
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

Deno.test("analyzers have options, an id that includes them, and refuse unknown ones", () => {
  assert.deepEqual(analyze("os.path", { name: "code", whole: true }), ["os", "path", "os.path"]);
  assert.deepEqual(analyze("die B\u00e4ume", { name: "german", stopWords: false }), ["die", "baum"]);
  const ids = new Set(["code", { name: "code", whole: true }, "icu", "german", { name: "german", stopWords: false }]
    .map((choice) => analyzerOf(choice).id));
  assert.equal(ids.size, 5);
  assert.throws(() => analyze("x", { name: "german", whole: true }), /german has no option "whole"/);
  assert.throws(() => analyze("x", { name: "subword", tokenizer: "no/such" }), /Cannot read a tokenizer.*no\/such/);
});
