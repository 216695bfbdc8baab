import assert from "node:assert/strict";
import { looseJson } from "../../../lib/generators/reading/loose_json.ts";
import { readReply } from "../../../lib/generators/reading/reply.ts";
import { modelRecipe } from "../../../lib/generators/recipes/registry.ts";
import { random } from "../../../lib/core/random.ts";
import type { PromptInput } from "../../../lib/generators/recipe.ts";

const syneg = modelRecipe("syneg");
const SUBJECT: PromptInput = {
  queryId: "q1",
  query: "How long do bats sleep in winter?",
  positiveId: "d1",
  positive: {
    title: "Bats in winter",
    text: "Bats hibernate for about six months, from October to April, in caves that stay above freezing. " +
      "They wake now and then to drink, and each waking costs them some of the fat they need until spring.",
  },
};
const A =
  "Bats find insects at night by calls that no human ear can hear, and by the echoes that return from the wings.";
const B =
  "Bat boxes hang four metres above the ground, face the morning sun, and are cleaned in the autumn of each year.";
const GOOD = {
  reflection: "It must name the months.",
  hard_negatives: [{ title: "Echoes", text: A }, { title: "Boxes", text: B }],
};
const good = JSON.stringify(GOOD);
const pretty = JSON.stringify(GOOD, null, 2);
const negative = (text: string) => JSON.stringify({ hard_negatives: [{ title: "T", text }, { title: "U", text: B }] });

/** What models do, and how it ends: outcome, verdicts of the items, and a piece of the reason. */
const CASES: [name: string, text: string, kind: string, texts: (string | null)[], reason?: RegExp, finish?: string][] =
  [
    ["plain", good, "complete", [A, B]],
    ["a code fence", "```json\n" + pretty + "\n```", "complete", [A, B]],
    [
      "a preamble and a fence",
      "Sure! Here is the JSON you asked for:\n\n```\n" + pretty + "\n```\nLet me know!",
      "complete",
      [A, B],
    ],
    ["commentary behind", good + "\n\nThese documents are hard because they share terms.", "complete", [A, B]],
    ["thinking before", '<think>First {"hard_negatives": []} no…</think>' + good, "complete", [A, B]],
    ["brackets in the preamble", "As asked in [Task] and [Format] {see above}: " + good, "complete", [A, B]],
    ["a bare list", JSON.stringify(GOOD.hard_negatives), "complete", [A, B]],
    ["a list of texts", JSON.stringify({ hard_negatives: [A, B] }), "complete", [A, B]],
    ["another name for the list", JSON.stringify({ negatives: GOOD.hard_negatives }), "complete", [A, B]],
    [
      "other names for the fields",
      JSON.stringify({ documents: [{ heading: "x", content: A }, { passage: B }] }),
      "complete",
      [A, B],
    ],
    ["numbered fields", JSON.stringify({ hard_negative_1: { text: A }, hard_negative_2: { text: B } }), "complete", [
      A,
      B,
    ]],
    ["wrapped once more", JSON.stringify({ answer: GOOD }), "complete", [A, B]],
    ["JSON lines", GOOD.hard_negatives.map((entry) => JSON.stringify(entry)).join("\n"), "complete", [A, B]],
    ["trailing commas", good.replace('"}]}', '",},],}'), "complete", [A, B]],
    ["missing commas", pretty.replaceAll(",\n", "\n"), "complete", [A, B]],
    ["raw line breaks in a text", good.replace("by calls", "by\ncalls"), "complete", [
      A.replace("by calls", "by\ncalls"),
      B,
    ]],
    ["unescaped quotes", good.replace("human ear", 'human "ear"'), "complete", [
      A.replace("human ear", 'human "ear"'),
      B,
    ]],
    [
      "single quotes",
      `{'hard_negatives': [{'title': 'x', 'text': '${A}'}, {'title': 'y', 'text': '${B}'}]}`,
      "complete",
      [A, B],
    ],
    ["names without quotes", `{hard_negatives: [{title: "x", text: "${A}"}, {title: "y", text: "${B}"}]}`, "complete", [
      A,
      B,
    ]],
    ["and so on", good.replace("}]}", "}, ...]}"), "complete", [A, B]],
    [
      "a numbered list",
      `Here are two hard negative documents:\n\n1. ${A}\n\n2. ${B}\n\nI hope this helps!`,
      "complete",
      [A, B],
    ],
    [
      "headings",
      `**Hard Negative 1:**\nTitle: Echoes\nText: ${A}\n\n**Hard Negative 2:**\nTitle: Boxes\nText: ${B}`,
      "complete",
      [A, B],
    ],
    [
      "passages with bold titles",
      `### Passage 1\n**Echoes**\n${A}\n\n### Passage 2\n**Boxes**\n${B}\n\nNote: both are hard.`,
      "complete",
      [A, B],
    ],
    ["bullets", `- ${A}\n- ${B}`, "complete", [A, B]],
    ["paragraphs", `${A}\n\n${B}`, "complete", [A, B]],
    [
      "truncated in the second",
      good.slice(0, good.indexOf("morning")),
      "partial",
      [A, null],
      /1 of 2: cut off/,
      "length",
    ],
    [
      "truncated in the first",
      good.slice(0, good.indexOf("insects")),
      "truncated",
      [null],
      /0 of 2: cut off/,
      "length",
    ],
    ["truncated before any", good.slice(0, 40), "truncated", [], /cut off/, "length"],
    ["nothing but thinking", "<think>Let me see, what could", "truncated", [], /before the answer began/, "length"],
    [
      "too few",
      JSON.stringify({ hard_negatives: [{ title: "", text: A }] }),
      "partial",
      [A],
      /1 of 2: the reply has no more/,
    ],
    [
      "too many",
      JSON.stringify({
        hard_negatives: [A, B, "Bats carry pollen between the flowers of tall cacti in the desert at night."],
      }),
      "complete",
      [A, B, null],
    ],
    ["a copy of the positive", negative(SUBJECT.positive.text), "partial", [null, B], /copy: 100 %/],
    [
      "nearly a copy",
      negative(SUBJECT.positive.text.replace("October", "November")),
      "partial",
      [null, B],
      /copy: 8\d %/,
    ],
    ["the query", negative(SUBJECT.query + " ".repeat(3)), "partial", [null, B], /query: is the query/],
    [
      "twice the same",
      JSON.stringify({ hard_negatives: [B, B] }),
      "partial",
      [B, null],
      /repeat: repeats item 1/,
    ],
    [
      "empty strings",
      JSON.stringify({ hard_negatives: [{ title: "", text: "" }, { title: "", text: "..." }] }),
      "empty",
      [null, null],
      /empty: no text/,
    ],
    [
      "the format itself",
      '{"reflection": "...", "hard_negatives": [{"title": "...", "text": "..."}]}',
      "empty",
      [null],
      /no text/,
    ],
    ["a stub", negative("Bats sleep."), "partial", [null, B], /short: 2 words/],
    [
      "gives itself away",
      negative("This document does not answer how long bats sleep, but tells of their food."),
      "partial",
      [null, B],
      /gives itself away/,
    ],
    [
      "ends mid-sentence",
      negative("Bats find insects at night by calls that no human ear can hear and by"),
      "partial",
      [null, B],
      /cut off: ends mid-sentence/,
    ],
    [
      "German",
      negative(
        "Die Fledermäuse finden in der Nacht ihre Beute mit Rufen, die der Mensch nicht hören kann, und mit dem Echo, das von den Flügeln der Insekten zu ihnen kommt.",
      ),
      "partial",
      [null, B],
      /language: German, not English/,
    ],
    [
      "Russian",
      negative("Летучие мыши находят насекомых ночью по эху от собственных криков."),
      "partial",
      [null, B],
      /language: Cyrillic script/,
    ],
    ["a refusal", "I'm sorry, but I can't help with creating misleading documents.", "refused", []],
    [
      "a refusal in the list",
      JSON.stringify({ hard_negatives: ["I cannot write misleading documents about this subject."] }),
      "refused",
      [null],
    ],
    ["a refusal by field", "I can't help with that.", "refused", [], undefined, "refusal"],
    ["a content filter", "", "filtered", [], undefined, "content_filter"],
    ["nothing", "   \n", "empty", [], /no text/],
    [
      "only a preamble",
      "Here are three HARD NEGATIVE passages that meet the requirements:",
      "unusable",
      [null],
      /preamble/,
    ],
    ["JSON of something else", '{"answer": 42}', "malformed", [], /no list "hard_negatives"/],
    ["broken JSON", '{"hard_negatives": oops', "malformed", []],
    [
      "an envelope cut in half",
      '{"id":"x","choices":[{"message":{"content":"{\\"hard_neg',
      "truncated",
      [],
      undefined,
      "broken",
    ],
  ];

for (const [name, text, kind, texts, reason, finish = "stop"] of CASES) {
  Deno.test(`reads ${name}`, () => {
    const reading = readReply({ text, finishReason: finish }, syneg, SUBJECT, 2);
    assert.deepEqual(
      [reading.kind, ...reading.items.map((item) => item.verdict === "dropped" ? null : item.text)],
      [kind, ...texts],
      reading.reason,
    );
    if (reason) assert.match(reading.reason, reason);
    for (const item of reading.items) if (item.verdict === "dropped") assert.ok(item.reason);
  });
}

Deno.test("the reflection is kept with the items", () => {
  assert.equal(readReply({ text: good, finishReason: "stop" }, syneg, SUBJECT, 2).reflection, GOOD.reflection);
});

Deno.test("a judge's verdicts are also read from plain lines", () => {
  const judge = modelRecipe("judge");
  const text = "1. keep - about food\n2) **drop**: in part\n3: relabel, it answers";
  const { kind, items } = readReply({ text, finishReason: "stop" }, judge, SUBJECT, 3);
  assert.deepEqual([kind, ...items.map((item) => item.verdict)], ["complete", "kept", "dropped", "relabeled"]);
});

Deno.test("a judge's verdicts by number keep their numbers, and one that is cut off is none", () => {
  const judge = modelRecipe("judge");
  const read = (text: string) =>
    readReply({ text, finishReason: "stop" }, judge, SUBJECT, 3).items.filter((item) => item.text !== "")
      .map((item) => [Number(item.attributes?.number), item.verdict]);
  const expected = [[2, "dropped"], [3, "relabeled"]];
  assert.deepEqual(read('{"verdicts": {"2": {"verdict": "drop"}, "3": {"verdict": "relabel"}}}'), expected);
  assert.deepEqual(read('{"verdicts": {"Candidate 2": "drop", "Candidate 3": "relabel"}}'), expected);
  assert.deepEqual(read('{"candidate_2": {"verdict": "drop"}, "candidate_3": {"verdict": "relabel"}}'), expected);
  assert.deepEqual(read('{"verdicts": [{"number": 2, "verdict": "drop"}, {"number": 3, "verdict": "keep'), [
    [2, "dropped"],
  ]);
});

Deno.test("a reply cut or garbled anywhere is an outcome, never an exception, and gives no partial passage", () => {
  const stream = random(11);
  const marks = ['"', "{", "}", "[", "]", ",", "\\", "\n", "…", "\u0000", "😀"];
  for (let i = 0; i < 3000; i++) {
    let text = pretty;
    if (i % 2 === 0) text = text.slice(0, stream.integer(text.length));
    for (let k = stream.integer(4); k > 0; k--) {
      const at = stream.integer(text.length + 1);
      text = text.slice(0, at) + marks[stream.integer(marks.length)] + text.slice(at + stream.integer(3));
    }
    const reading = readReply({ text, finishReason: "stop" }, syneg, SUBJECT, 2);
    assert.ok(reading.reason.length > 0 && reading.kind.length > 0);
  }
  for (let end = 0; end < pretty.length; end++) {
    const { items } = readReply({ text: pretty.slice(0, end), finishReason: "length" }, syneg, SUBJECT, 2);
    for (const item of items) if (item.verdict !== "dropped") assert.ok(item.text === A || item.text === B, item.text);
  }
});

Deno.test("hostile replies are read in bounded time", () => {
  const hostile = [
    "[".repeat(200_000),
    '{"a":'.repeat(50_000),
    '"'.repeat(200_000),
    "{ ".repeat(100_000),
    "1. ".repeat(60_000),
    "\\".repeat(200_000),
  ];
  for (const text of hostile) {
    const start = performance.now();
    readReply({ text, finishReason: "stop" }, syneg, SUBJECT, 2);
    assert.ok(performance.now() - start < 5000, `${text.slice(0, 10)}… took ${performance.now() - start} ms`);
  }
});

Deno.test("strict JSON is read like JSON.parse", () => {
  const stream = random(5);
  const value = (depth: number): unknown => {
    const kind = stream.integer(depth > 3 ? 4 : 6);
    if (kind === 0) return stream.integer(1000) - 500;
    if (kind === 1) return stream.integer(2) === 1;
    if (kind === 2) return null;
    if (kind === 3) {
      return Array.from({ length: stream.integer(9) }, () => 'ab "\\\n\té😀,:}]'[stream.integer(12)]).join("");
    }
    const size = stream.integer(4);
    if (kind === 4) return Array.from({ length: size }, () => value(depth + 1));
    return Object.fromEntries(Array.from({ length: size }, (_, i) => [`k${i}`, value(depth + 1)]));
  };
  let same = 0;
  for (let i = 0; i < 500; i++) {
    const expected = [value(0), { k: value(0) }];
    const text = JSON.stringify(expected);
    const found = looseJson(text, 0)!;
    // Texts that look like the end of a text are the price of reading unescaped quotes; escaped ones are always read.
    if (JSON.stringify(found.value) === text && found.end === text.length && found.complete) same++;
  }
  assert.equal(same, 500);
});
