import assert from "node:assert/strict";
import type { Collection } from "../../../lib/collections/types.ts";
import { judge, modelJudge } from "../../../lib/generators/judge.ts";
import { modelRequest } from "../../../lib/generators/model_request.ts";
import { readReply } from "../../../lib/generators/reading/mod.ts";
import type { PromptInput } from "../../../lib/generators/recipe.ts";
import { modelRecipe } from "../../../lib/generators/recipes/mod.ts";
import { CORPUS, NEGATIVES, QRELS, QUERIES } from "../../../lib/tables/schema.ts";
import { tableOf } from "../../../lib/tables/table_builder.ts";
import { serve } from "../server.ts";

const arhn = modelRecipe("arhn");
const POSITIVE = "Bats hibernate for about six months, from October to April.";
const CANDIDATES = [
  "A bat's winter sleep lasts half a year, as a rule.",
  "In Finland\u00a0bats sleep  from “early” October on; nobody counted the months.",
  "Bears rest in dens and give birth there.",
  "蝙蝠在洞里冬眠大约六个月，春天才醒来。",
];
const INPUT: PromptInput = {
  queryId: "q",
  query: "How long do bats sleep in winter?",
  positiveId: "d",
  positive: { title: "", text: POSITIVE },
  candidates: CANDIDATES.map((text) => ({ title: "", text })),
};

/** The numbered passages of a prompt. */
function shownIn(messages: readonly { content: string }[]): { number: number; passage: string }[] {
  const line = messages[1].content.split("\n").find((part) => part.startsWith("passages: "))!;
  return JSON.parse(line.slice("passages: ".length));
}

const SHOWN = shownIn(modelRequest(arhn, INPUT, { model: "m", attributes: {}, count: 4 }).messages);
/** The number in the prompt of a candidate, counted from 0, or of the known positive. */
const numberOf = (who: number | "+") =>
  SHOWN.find(({ passage }) => passage === (who === "+" ? POSITIVE : CANDIDATES[who]))!.number;
type Who = number | "+";

/** Snippets by candidate, and a ranking of candidates and the known positive, as a reply's fields. */
function fields(snippets: readonly (string | null)[], ranking: readonly Who[]) {
  const all: [Who, string | null][] = [["+", "six months"], ...snippets.map((s, i): [Who, string | null] => [i, s])];
  const passages = all.map(([who, snippet]) => ({ number: numberOf(who), snippet }))
    .sort((a, b) => a.number - b.number);
  return { passages, ranking: ranking.map(numberOf) };
}

function read(text: string, finishReason = "stop") {
  const reading = readReply({ text, finishReason }, arhn, INPUT, 4);
  const items = new Map(
    reading.items.filter((item) => item.text !== "").map((item) => [
      Number(item.attributes?.number),
      item,
    ]),
  );
  const verdicts = [1, 2, 3, 4].map((number) => items.get(number)?.verdict ?? "none");
  return { ...reading, verdicts, reasons: [1, 2, 3, 4].map((number) => items.get(number)?.reason) };
}

const SNIPPETS = ["lasts half a year", "from early October on", null, null];
const RANKING: readonly Who[] = [0, "+", 1, 3, 2];
const USUAL = fields(SNIPPETS, RANKING);
const VERDICTS = ["relabeled", "dropped", "kept", "kept"];

Deno.test("above the known positive is relabeled; below, a snippet decides; the reason names rank and snippet", () => {
  const { kind, verdicts, reasons } = read(JSON.stringify(USUAL));
  assert.deepEqual([kind, verdicts], ["complete", VERDICTS]);
  assert.deepEqual(reasons, [
    'rank 1 of 5, above the known positive (rank 2); snippet "lasts half a year"',
    'rank 3 of 5, below the known positive (rank 2); snippet "from early October on"',
    "rank 5 of 5, below the known positive (rank 2); no snippet",
    "rank 4 of 5, below the known positive (rank 2); no snippet",
  ]);
  // Every place of the positive in the ranking, with and without snippets, against the rule itself.
  for (let place = 0; place <= 4; place++) {
    for (let mask = 0; mask < 16; mask++) {
      const snippets = ["half a year", "early October", "Bears rest", "六个月"].map((s, i) => mask >> i & 1 ? s : null);
      const order: Who[] = [2, 0, 3, 1];
      order.splice(place, 0, "+");
      const expected = [0, 1, 2, 3].map((who) =>
        order.indexOf(who) < place ? "relabeled" : snippets[who] === null ? "kept" : "dropped"
      );
      assert.deepEqual(read(JSON.stringify(fields(snippets, order))).verdicts, expected);
    }
  }
});

Deno.test("a snippet counts only if it is one piece of its own passage", () => {
  const cases: [string, (string | null)[], string[]][] = [
    ["case, spaces, quotes", ["A BAT’S winter", "finland bats sleep\nfrom early october on nobody", null, null], [
      "d",
      "d",
    ]],
    ["omissions", ["A bat's … half a year", "In Finland ... nobody counted", null, null], ["k", "k"]],
    ["parts of words", ["bat's win", "eep from early", null, null], ["k", "k"]],
    ["another passage's words", ["Bears rest in dens", "six months", null, null], ["k", "k"]],
    ["own words", ["six months of sleep", "", "   ", "..."], ["k", "k", "k", "k"]],
    ["without spaces between words", [null, null, null, "冬眠大约六个月"], ["k", "k", "k", "d"]],
    ["not in a row", [null, null, null, "冬眠六个月"], ["k", "k", "k", "k"]],
    ["words for none", ["None", "N/A", "no answer", "NO_ANSWER"], ["k", "k", "k", "k"]],
  ];
  for (const [name, snippets, letters] of cases) {
    const { verdicts } = read(JSON.stringify(fields(snippets, ["+", 0, 1, 2, 3])));
    const expected = [0, 1, 2, 3].map((i) => letters[i] === "d" ? "dropped" : "kept");
    assert.deepEqual(verdicts, expected, name);
  }
  const { reasons } = read(JSON.stringify(fields(["never said", null, null, null], ["+", 0, 1, 2, 3])));
  assert.equal(
    reasons[0],
    'rank 2 of 5, below the known positive (rank 1); its snippet is not in the passage: "never said"',
  );
});

/** What models write instead of the requested format. */
const AWKWARD: Record<string, string> = {
  "a code fence and prose": "Here it is:\n```json\n" + JSON.stringify(USUAL, null, 2) + "\n```\nI hope it helps. [1]",
  "thoughts with a draft": `<think>${JSON.stringify({ ...USUAL, ranking: [5, 4, 3, 2, 1] })}</think>${
    JSON.stringify(USUAL)
  }`,
  "no quotes around keys, trailing commas": JSON.stringify(USUAL).replace(/"(\w+)":/g, "$1:").replace(/]}$/, ",],}"),
  "a missing end": JSON.stringify(USUAL).slice(0, -1),
  "the ranking first": JSON.stringify({ ranking: USUAL.ranking, passages: USUAL.passages }),
  "within an object": JSON.stringify({ result: USUAL }),
  "numbers as text": JSON.stringify({
    passages: USUAL.passages.map(({ number, snippet }) => ({ number: `${number}`, snippet })),
    ranking: USUAL.ranking.map((number) => `Passage ${number}`),
  }),
  "a ranking as one text": JSON.stringify({ ...USUAL, ranking: USUAL.ranking.map((n) => `[${n}]`).join(" > ") }),
  "a ranking of objects": JSON.stringify({ ...USUAL, ranking: USUAL.ranking.map((number) => ({ number, why: "so" })) }),
  "a ranking of objects in another order": JSON.stringify({
    ...USUAL,
    ranking: USUAL.ranking.map((number, i) => ({ number, rank: i + 1 })).reverse(),
  }),
  "a rank in every entry": JSON.stringify({
    passages: USUAL.passages.map((entry) => ({ ...entry, rank: USUAL.ranking.indexOf(entry.number) + 1 })),
  }),
  "a bare list with ranks": JSON.stringify(
    USUAL.passages.map((entry) => ({ ...entry, rank: USUAL.ranking.indexOf(entry.number) + 1 })).reverse(),
  ),
  "snippets alone, in the order of the numbers": JSON.stringify({
    snippets: USUAL.passages.map(({ snippet }) => snippet),
    ranking: USUAL.ranking,
  }),
  "passages by number": JSON.stringify({
    passages: Object.fromEntries(USUAL.passages.map(({ number, snippet }) => [`passage_${number}`, { snippet }])),
    ranking: USUAL.ranking,
  }),
  "snippets by number": JSON.stringify({
    passages: Object.fromEntries(USUAL.passages.map(({ number, snippet }) => [number, snippet]).reverse()),
    ranking: USUAL.ranking,
  }),
  "other names": JSON.stringify({
    answers: USUAL.passages.map(({ number, snippet }) => ({ id: number, answerSnippet: snippet })),
    Ranking: USUAL.ranking,
  }),
  "lists of snippets": JSON.stringify({
    ...USUAL,
    passages: USUAL.passages.map(({ number, snippet }) => ({ number, snippet: snippet ? ["not there", snippet] : [] })),
  }),
  "numbers that do not exist, and repeated ones": JSON.stringify({
    passages: [...USUAL.passages, { number: 9, snippet: "x" }, { ...USUAL.passages[0], snippet: "again" }],
    ranking: [17, ...USUAL.ranking, ...USUAL.ranking.slice().reverse()],
  }),
};

for (const [name, text] of Object.entries(AWKWARD)) {
  Deno.test(`an awkward reply is read: ${name}`, () => {
    const { kind, verdicts, reason } = read(text);
    assert.deepEqual([kind, verdicts], ["complete", VERDICTS], reason);
  });
}

/** Replies that decide nothing: what they lack, and the outcome, after which the request is sent again. */
const UNREAD: Record<string, [text: string, kind: string, reason: RegExp]> = {
  "no ranking": [JSON.stringify({ passages: USUAL.passages }), "unusable", /ranking: the reply has none/],
  "no known positive": [
    JSON.stringify({ ...USUAL, ranking: USUAL.ranking.filter((number) => number !== numberOf("+")) }),
    "unusable",
    new RegExp(`ranking: without the known positive, passage ${numberOf("+")}`),
  ],
  "numbers from 0": [
    JSON.stringify({ ...USUAL, ranking: USUAL.ranking.map((number) => number - 1) }),
    "unusable",
    /ranking: the reply has none/,
  ],
  "ranks by number, which may be read in two ways": [
    JSON.stringify({ ...USUAL, ranking: { 1: 2, 2: 1, 3: 3, 4: 5, 5: 4 } }),
    "unusable",
    /ranking: the reply has none/,
  ],
  "a ranking in prose": [
    JSON.stringify({ ...USUAL, ranking: "The 1st is best, then 2 of the others" }),
    "unusable",
    /ranking: the reply has none/,
  ],
  "no snippets": [JSON.stringify({ ranking: USUAL.ranking }), "malformed", /no list "passages"/],
  "verdicts": [
    JSON.stringify({ passages: USUAL.passages.map(({ number }) => ({ number, verdict: "keep" })) }),
    "unusable",
    /malformed/,
  ],
  "a refusal": ["I'm sorry, but I can't help with that.", "refused", /can't help/],
};

for (const [name, [text, kind, reason]] of Object.entries(UNREAD)) {
  Deno.test(`nothing is decided by a reply with this: ${name}`, () => {
    const found = read(text);
    assert.deepEqual([found.kind, found.verdicts], [kind, ["none", "none", "none", "none"]]);
    assert.match(found.reason, reason);
  });
}

Deno.test("a reply cut off anywhere gives the whole reply's verdicts or none", () => {
  const text = JSON.stringify(USUAL);
  for (let end = 0; end < text.length - 2; end++) {
    const { verdicts, kind } = read(text.slice(0, end), "length");
    for (const [i, verdict] of verdicts.entries()) assert.ok(["none", VERDICTS[i]].includes(verdict), `${end}`);
    if (end < text.indexOf('"ranking"') + 12) assert.equal(kind, "truncated");
  }
  // The last number could be the beginning of another: of 12 passages, "1" of "12".
  const many = { ...INPUT, candidates: Array.from({ length: 11 }, (_, i) => ({ title: "", text: `Bat ${i}.` })) };
  const shown = shownIn(modelRequest(arhn, many, { model: "m", attributes: {}, count: 11 }).messages);
  const passages = shown.map(({ number }) => ({ number, snippet: null }));
  const known = shown.find(({ passage }) => passage === POSITIVE)!.number;
  const half = JSON.stringify({ passages, ranking: [known === 3 ? 4 : 3, known] }).slice(0, -2);
  const reading = readReply({ text: half, finishReason: "length" }, arhn, many, 11);
  assert.deepEqual([reading.kind, reading.items.filter((item) => item.text !== "").length], ["truncated", 0]);
});

Deno.test("a candidate that the ranking leaves out is below; one without an entry is not judged", () => {
  const { verdicts, reasons } = read(JSON.stringify(fields(SNIPPETS, [0, "+"])));
  assert.deepEqual(verdicts, VERDICTS);
  assert.match(reasons[1]!, /^not ranked, so below the known positive \(rank 2\); snippet "/);
  const passages = USUAL.passages.filter(({ number }) => number !== numberOf(0));
  const partial = read(JSON.stringify({ ...USUAL, passages }));
  assert.deepEqual([partial.kind, partial.verdicts], ["partial", ["none", ...VERDICTS.slice(1)]]);
  // A tie is not "above".
  const ranked = USUAL.passages.map((entry) => ({ ...entry, rank: 1 }));
  assert.deepEqual(read(JSON.stringify({ passages: ranked })).verdicts, ["dropped", "dropped", "kept", "kept"]);
});

Deno.test("the known positive is among the candidates, unmarked, at every place alike", () => {
  const places = Array(5).fill(0);
  for (let i = 0; i < 500; i++) {
    const input = { ...INPUT, query: `question ${i}` };
    const ask = () => modelRequest(arhn, input, { model: "m", attributes: {}, count: 4 });
    const { messages, key } = ask();
    const shown = shownIn(messages);
    assert.equal(ask().key, key);
    assert.deepEqual(shown.map(({ number }) => number), [1, 2, 3, 4, 5]);
    for (const entry of shown) assert.deepEqual(Object.keys(entry), ["number", "passage"]);
    const place = shown.findIndex(({ passage }) => passage === POSITIVE);
    assert.deepEqual(shown.toSpliced(place, 1).map(({ passage }) => passage), CANDIDATES);
    assert.equal(messages[1].content.split(POSITIVE).length, 2);
    places[place]++;
  }
  // Five standard deviations of 100 of 500.
  for (const count of places) assert.ok(Math.abs(count - 100) < 45, `${places}`);
});

/** A collection of 30 queries, whose documents tell by themselves what a faithful model answers. */
function told(): { collection: Collection; rows: { query_id: string; doc_id: string }[]; expected: string[] } {
  const queries = Array.from({ length: 30 }, (_, i) => `q${i}`);
  const corpus = queries.flatMap((id, i) => [
    { id: `${id}+`, title: "Known", text: `Score 50. The answer to ${id} is ${i}.` },
    ...[0, 1, 2, 3, 4].map((k) => ({
      id: `${id}-${k}`,
      title: `Title ${k}`,
      text: (i + k) % 3 === 0
        ? `Score ${60 + k}. The answer to ${id} is surely ${i}.`
        : (i + k) % 3 === 1
        ? `Score ${20 + k}. The answer to ${id} may be ${i}.`
        : `Score ${k}. Nothing about ${id} here.`,
    })),
  ]);
  return {
    collection: {
      name: "told",
      corpus: tableOf(CORPUS, corpus),
      queries: tableOf(QUERIES, queries.map((id) => ({ id, text: `What is the answer to ${id}?` }))),
      qrels: { train: tableOf(QRELS, queries.map((id) => ({ query_id: id, doc_id: `${id}+`, grade: 1 }))) },
      digest: "told",
      findings: [],
    },
    rows: queries.flatMap((query_id) => [0, 1, 2, 3, 4].map((k) => ({ query_id, doc_id: `${query_id}-${k}` }))),
    expected: queries.flatMap((_, i) => [0, 1, 2, 3, 4].map((k) => ["relabeled", "dropped", "kept"][(i + k) % 3])),
  };
}

const QUICK = { model: "test", quiet: true, backoff: 5, ledger: ":memory:", recipe: "arhn" } as const;

/** A faithful model: it quotes what begins with "The answer", and ranks by score. */
function faithful(messages: readonly { content: string }[]): string {
  const shown = shownIn(messages);
  const score = (passage: string) => Number(/Score (\d+)/.exec(passage)![1]);
  return JSON.stringify({
    passages: shown.map(({ number, passage }) => ({ number, snippet: /The answer[^.]*/.exec(passage)?.[0] ?? null })),
    ranking: shown.toSorted((a, b) => score(b.passage) - score(a.passage)).map(({ number }) => number),
  });
}

Deno.test("judge with recipe arhn: one request per query, and the rule's verdicts in the table", async () => {
  const { collection, rows, expected } = told();
  await using server = serve({ content: faithful });
  const negatives = tableOf(
    NEGATIVES,
    rows.map((row) => ({ ...row, source: "bm25" as const, verdict: "kept" as const })),
  );
  const table = await judge(negatives, collection, { ...QUICK, baseURL: server.baseURL });
  assert.deepEqual([...table.column("verdict")], expected);
  assert.equal(server.came, 30);
  assert.equal(
    table.row(0).reason,
    'judge: rank 2 of 6, above the known positive (rank 3); snippet "The answer to q0 is surely 0"',
  );
  // Several requests of a query show the known positive in each.
  const again = await judge(negatives, collection, { ...QUICK, baseURL: server.baseURL, batchSize: 2 });
  assert.deepEqual([...again.column("verdict")], expected);
  assert.equal(server.came, 30 + 90);
});

Deno.test("modelJudge with recipe arhn answers in the order of the candidates", async () => {
  await using server = serve({ content: faithful });
  const ask = modelJudge({ ...QUICK, baseURL: server.baseURL });
  const passage = (text: string) => ({ title: "", text });
  const candidates = ["Score 1. Rain.", "Score 9. The answer is 7.", "Score 2. The answer is 8."].map(passage);
  const request = { queryId: "q", query: "why", positive: passage("Score 5. The answer is 6."), candidates };
  assert.deepEqual((await ask(request)).map(({ verdict }) => verdict), ["keep", "relabel", "drop"]);
  await using silent = serve({ content: () => '{"passages": [{"number": 1, "snippet": "Rain"}]}' });
  const [first] = await modelJudge({ ...QUICK, baseURL: silent.baseURL, maxReplies: 1 })(request);
  assert.equal(first.verdict, "keep");
  assert.match(first.reason, /^not judged: (unusable|malformed): /);
});
