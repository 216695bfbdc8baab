import assert from "node:assert/strict";
import { random } from "../../../lib/core/random.ts";
import { readReply } from "../../../lib/generators/reading/reply.ts";
import { modelRecipe, recipeOf, recipes } from "../../../lib/generators/recipes/mod.ts";
import type { ModelRecipe, PromptInput } from "../../../lib/generators/recipe.ts";
import { negativesTable } from "../../../lib/generators/negatives_table.ts";
import { serialize } from "../tables.ts";

const syneg = modelRecipe("syneg");
const SUBJECT: PromptInput = {
  queryId: "q1",
  query: "How long do bats sleep in winter?",
  positiveId: "d1",
  positive: {
    title: "Bats",
    text: "Bats hibernate for about six months, from October to April, in caves above freezing.",
  },
};
const A = "Sourdough starters are kept in a jar and fed with flour once a day by most home bakers.";
const B = "Bread knives have a toothed edge that cuts the crust without crushing the crumb below.";
const good = { title: "K", text: B };

/** An item with a defect beside a good one: what becomes of it. */
const DEFECTS: [name: string, entry: unknown, reason: RegExp][] = [
  ["a lone surrogate in the text", { title: "S", text: A.replace("jar", "jar \ud83d") }, /^damaged: a lone surr/],
  ["the other half in the title", { title: "S \ude00", text: A }, /^damaged: a lone surrogate in the title/],
  ["a NUL", { title: "S", text: A.replace("jar", "jar\0") }, /^damaged: character U\+0000 in the text/],
  ["an escape sequence", { title: "S", text: A.replace("jar", "\u001b[31mjar") }, /^damaged: character U\+001B/],
  ["a backspace from LaTeX", { title: "S", text: A.replace("jar", "\beta") }, /^damaged: character U\+0008/],
  ["a lost character", { title: "S", text: A.replace("jar", "j\ufffdr") }, /^damaged: character U\+FFFD/],
  ["a non-character", { title: "S\uffff", text: A }, /^damaged: character U\+FFFF in the title/],
  ["a text without end", { title: "S", text: `${A} `.repeat(1000) }, /^long: 87999 characters, more than 10000/],
  ["a title without end", { title: "S".repeat(2000), text: A }, /^long: a title of 2000 characters/],
  [
    "a text that goes round",
    { title: "S", text: "The bread is in the oven now. ".repeat(40) },
    /^loop: repeats itself/,
  ],
  ["a number as text", { title: "S", text: 42 }, /^malformed: no text/],
  ["no text", { title: "S", text: null }, /^malformed: no text/],
  ["a truth value", true, /^malformed: no text/],
  ["a number", 7, /^malformed: no text/],
  ["nothing", null, /^malformed: no text/],
  ["an empty list", [], /^malformed: no text/],
  ["a list of numbers", [1, 2], /^malformed: no text/],
  ["lists within lists", [[["x"]]], /^malformed: no text/],
  ["an object in the place of a text", { title: "S", text: { a: { b: 1 } } }, /^malformed: no text/],
  ["white space", { title: "S", text: " \n\t " }, /^empty: no text/],
  ["punctuation", { title: "S", text: "— … —" }, /^empty: no text/],
];
for (const [name, entry, reason] of DEFECTS) {
  Deno.test(`an item with ${name} is dropped, the other kept, and the table is valid`, async () => {
    const text = JSON.stringify({ reflection: "r \udc00", hard_negatives: [entry, good] });
    const reading = readReply({ text, finishReason: "stop" }, syneg, SUBJECT, 2);
    assert.equal(reading.kind, "partial");
    assert.match(reading.items[0].reason!, reason);
    assert.equal(reading.items[1].text, B);
    const outcome = {
      ...reading,
      key: "k",
      recipe: "syneg@1",
      queryId: "q1",
      positiveId: "d1",
      attributes: {},
      model: "m",
    };
    const table = negativesTable(syneg, [{ ...outcome, attempts: 1, recorded: false }]);
    assert.deepEqual([...table.column("verdict")], ["dropped", "kept"]);
    assert.ok((await serialize(table)).length > 0);
  });
}

Deno.test("an item with wrong characters is kept if its positive has such characters too", () => {
  const subject = { ...SUBJECT, positive: { title: "", text: "Bats â\x84¢ hibernate for about six months in caves." } };
  const text = JSON.stringify({ hard_negatives: [{ title: "", text: A.replace("jar", "jarâ\x84¢") }, good] });
  assert.equal(readReply({ text, finishReason: "stop" }, syneg, subject, 2).kind, "complete");
});

/** Shapes of whole replies that hold both passages. */
const entries = [{ title: "S", text: A }, good];
const SHAPES: [name: string, text: string][] = [
  [
    "names in other cases",
    JSON.stringify({ Reflection: "r", Hard_Negatives: [{ Title: "S", Text: A }, { TITLE: "K", TEXT: B }] }),
  ],
  ["names with blanks", JSON.stringify({ "Hard Negatives": entries })],
  ["names in camel case", JSON.stringify({ hardNegatives: [{ hardNegative: A }, { hardNegative: B }] })],
  ["names with hyphens", JSON.stringify({ "hard-negatives": entries })],
  ["entries in an object each", JSON.stringify({ hard_negatives: entries.map((document) => ({ document })) })],
  [
    "fields as lists of one",
    JSON.stringify({ hard_negatives: [{ title: ["S"], text: [A] }, { title: ["K"], text: [B] }] }),
  ],
  ["entries as lists of one text", JSON.stringify({ hard_negatives: [[A], [B]] })],
  ["a list in a list", JSON.stringify({ hard_negatives: [entries] })],
  ["the list as a text", JSON.stringify({ hard_negatives: JSON.stringify(entries) })],
  ["the whole as a text", JSON.stringify(JSON.stringify({ hard_negatives: entries }))],
  ["the list as an object", JSON.stringify({ hard_negatives: { first: entries[0], second: entries[1] } })],
  ["wrapped twice", JSON.stringify({ result: { output: { hard_negatives: entries } } })],
  ["the whole in a text of a field", JSON.stringify({ arguments: JSON.stringify({ hard_negatives: entries }) })],
  ["a call", `<tool_call>\n${JSON.stringify({ name: "f", arguments: { hard_negatives: entries } })}\n</tool_call>`],
  ["elements", `<passage>${A}</passage>\n<passage>${B}</passage>`],
  ["numbered elements", `<hard_negative_1>\n${A}\n</hard_negative_1>\n\n<hard_negative_2>\n${B}\n</hard_negative_2>`],
  [
    "elements within elements",
    `<documents>\n<document id="1">\n<title>S</title>\n<text>${A}</text>\n</document>\n<document id="2">\n<title>K</title>\n` +
    `<text>${B}</text>\n</document>\n</documents>`,
  ],
  ["turns' ends in the texts", JSON.stringify({ hard_negatives: [{ text: `${A}<|im_end|>` }, { text: `${B}</s>` }] })],
  ["turns' ends in plain text", `1. **Starters**: ${A}<|im_end|>\n2. **Knives**: ${B}</s>`],
  [
    "another turn behind",
    `1. ${A}\n2. ${B}<|im_end|>\n<|im_start|>user\nThanks! Now write about mills and their stones.`,
  ],
];
for (const [name, text] of SHAPES) {
  Deno.test(`reads ${name}`, () => {
    const { kind, items } = readReply({ text, finishReason: "stop" }, syneg, SUBJECT, 2);
    assert.deepEqual([kind, ...items.map((item) => item.text)], ["complete", A, B]);
  });
}

Deno.test("reads a list with one named entry, and a count and a level as text", () => {
  const graded = modelRecipe("graded");
  const documents = ["3", 2, "Level 1", "0"].map((level, i) => ({
    level,
    title: "T",
    text: `${[A, B][i % 2]} ${"It is so. ".repeat(i)}`.trim(),
  }));
  const { items } = readReply({ text: JSON.stringify({ documents }), finishReason: "stop" }, graded, SUBJECT, 4);
  assert.deepEqual(items.map(({ attributes }) => attributes?.level), [3, 2, 1, 0]);
  const judge = modelRecipe("judge");
  const verdicts = [{ number: "2", verdict: "KEEP.", reason: "x" }, { number: { a: 1 }, verdict: "drop", reason: "y" }];
  const judged = readReply(
    { text: `{verdicts: ${JSON.stringify(verdicts)}}`, finishReason: "stop" },
    judge,
    SUBJECT,
    2,
  );
  assert.deepEqual(judged.items.map(({ verdict, attributes }) => [verdict, attributes?.number]), [["kept", 2], [
    "dropped",
    2,
  ]]);
});

const model = recipes.names.map((name) => recipeOf(name)).filter((recipe): recipe is ModelRecipe =>
  recipe.kind === "model"
);

Deno.test("any JSON of a model is an outcome of every recipe and fits the table", async () => {
  const stream = random(23);
  const names = [
    "hard_negatives",
    "documents",
    "queries",
    "verdicts",
    "text",
    "title",
    "level",
    "number",
    "verdict",
    "violated",
    "reflection",
    "requirements",
    "__proto__",
    "constructor",
    "toString",
  ];
  const texts = [
    A,
    B,
    "keep",
    "...",
    "\ud800",
    "\0",
    "3",
    "",
    "<think>",
    "</think>",
    '{"text": "x"}',
    "x".repeat(20_000),
  ];
  const value = (depth: number): unknown => {
    const kind = stream.integer(depth > 4 ? 5 : 8);
    if (kind < 2) return texts[stream.integer(texts.length)];
    if (kind === 2) return [null, true, -1e308, 3, 0.5][stream.integer(5)];
    if (kind < 5) return stream.integer(5);
    const size = stream.integer(4);
    if (kind === 5) return Array.from({ length: size }, () => value(depth + 1));
    return Object.fromEntries(
      Array.from({ length: size }, () => [names[stream.integer(names.length)], value(depth + 1)]),
    );
  };
  for (let i = 0; i < 3000; i++) {
    const recipe = model[i % model.length];
    let text = JSON.stringify({ [recipe.list[0]]: value(0) });
    // Read strictly and loosely.
    if (i % 3 === 1) text = `So: ${text.replace("}", ",}")}`;
    if (i % 3 === 2) text = text.slice(0, stream.integer(text.length + 1));
    const reading = readReply({ text, finishReason: "stop" }, recipe, SUBJECT, 2);
    assert.ok(reading.reason !== "" && reading.reason.isWellFormed());
    const outcome = {
      ...reading,
      key: "k",
      recipe: "syneg@1",
      queryId: "q",
      positiveId: "d",
      attributes: {},
      model: "m",
      attempts: 1,
      recorded: false,
    };
    for (const item of reading.items) assert.ok(item.text.isWellFormed() && item.title.isWellFormed());
    if (i % 50 === 0) await serialize(negativesTable(recipe, [outcome]));
  }
});

Deno.test("the time to read a reply grows linearly", () => {
  const pieces = [
    "[",
    "{",
    '{"',
    '["',
    '{"a":',
    '{"hard_negatives": [',
    '"',
    "\\",
    "<",
    "<think>",
    "</think>",
    "<|channel|>analysis<|message|>",
    "assistant ",
    "[THINK]",
    "\n",
    " ",
    "\t\n ",
    "1. ",
    "- a\n",
    '{"text": "',
    "a. ",
    "面",
    "ก",
    "\ufdfa",
    "<|im_end|>",
    "```",
    "Okay, the user wants ",
    "Answer:\n",
    "[1] ",
    "{}",
    '{"text": "x"} ',
  ];
  const time = (text: string, recipe = syneg) => {
    const start = performance.now();
    readReply({ text, finishReason: "stop" }, recipe, SUBJECT, 2);
    return performance.now() - start;
  };
  for (const piece of pieces) {
    for (
      const [before, behind] of [["", ""], ['{"hard_negatives": [{"title": "S", "text": "', '"}]}'], [
        "Okay, I need to think about the query. ",
        "",
      ]]
    ) {
      const text = (bytes: number) => before + piece.repeat(Math.ceil(bytes / piece.length)) + behind;
      let [small, large] = [time(text(62_500)), time(text(500_000))];
      // A machine with other work may halt one of them: the quickest of a few counts.
      for (let again = 0; again < 4 && large >= 800 && large >= 24 * small; again++) {
        [small, large] = [Math.max(small, time(text(62_500))), Math.min(large, time(text(500_000)))];
      }
      // Eight times the length; quadratic time would be 64 times as much.
      assert.ok(large < 800 || large < 24 * small, `${JSON.stringify(before + piece)}: ${small} ms, then ${large} ms`);
      assert.ok(large < 6000, `${JSON.stringify(before + piece)}: ${large} ms for half a megabyte`);
    }
  }
});
