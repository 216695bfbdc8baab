import assert from "node:assert/strict";
import { readReply } from "../../../lib/generators/reading/reply.ts";
import { modelRecipe } from "../../../lib/generators/recipes/registry.ts";
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
const A = "Sourdough starters are kept in a jar and fed with flour once a day by most home bakers.";
const B = "Bread knives have a toothed edge that cuts the crust without crushing the crumb below.";
const DRAFT = (name: string) => `DRAFT ${name} about ovens that nobody would want to hand over to anyone at all.`;
const json = (a: string, b: string) =>
  JSON.stringify({ reflection: "r", hard_negatives: [{ title: "S", text: a }, { title: "K", text: b }] });
const ANSWERS = { JSON: json(A, B), pretty: JSON.stringify(JSON.parse(json(A, B)), null, 2), list: `1. ${A}\n2. ${B}` };
const THOUGHTS = {
  "a draft in JSON": `Okay, the user wants two passages. ${json(DRAFT("one"), DRAFT("two"))} These are weak.`,
  "an unfinished draft": `We need two. {"reflection": "x", "hard_negatives": [{"title": "A", "text": "${
    DRAFT("one")
  } no, not this`,
  "a draft as a list": `Let me think of passages.\n\n1. ${DRAFT("one")}\n2. ${DRAFT("two")}\n\nHmm, no.`,
  "Chinese": "好的，用户想要两个段落。首先，我需要考虑面包。",
  "brackets": 'The set [1, 2] and {x} and [[a], [b]] are of no use here, nor is `{"a": 1}`.',
};

/** Where thoughts of a model stand: before and behind its marks. */
const MARKS: Record<string, [open: string, close: string]> = {
  "DeepSeek-R1, Qwen3": ["<think>\n", "\n</think>\n\n"],
  "without a break": ["<think>", "</think>"],
  "upper case": ["<THINK>", "</THINK>"],
  "the opening mark in the prompt": ["", "\n</think>\n\n"],
  "the opening mark in the prompt, without a break": ["", "</think>"],
  "a turn's header before": ["<|im_start|>assistant\n<think>\n", "\n</think>\n\n"],
  thinking: ["<thinking>\n", "\n</thinking>\n"],
  "Seed-OSS": ["<seed:think>", "</seed:think>"],
  "LongCat": ["<longcat_think>\n", "\n</longcat_think>\n"],
  "EXAONE Deep": ["<thought>\n", "\n</thought>\n\n"],
  "Reka": ["<reasoning>", "</reasoning>"],
  scratchpad: ["<scratchpad>\n", "\n</scratchpad>\n"],
  reflection: ["<reflection>\n", "\n</reflection>\n"],
  analysis: ["<analysis>\n", "\n</analysis>\n\n"],
  "inner monologue": ["<inner_monologue>", "</inner_monologue>"],
  "antThinking": ["<ant:thinking>", "</ant:thinking>"],
  "Magistral": ["[THINK]", "[/THINK]"],
  "Magistral, the opening mark in the prompt": ["", "[/THINK]"],
  "Kimi": ["◁think▷", "◁/think▷"],
  "OpenThinker, Sky-T1": ["<|begin_of_thought|>\n", "\n<|end_of_thought|>\n\n<|begin_of_solution|>\n"],
  "Command A": ["<|START_THINKING|>", "<|END_THINKING|><|START_RESPONSE|>"],
  "Hunyuan": ["<think>\n", "\n</think>\n<answer>\n"],
  "DeepSeek-R1-Zero": ["<think>", "</think> <answer>"],
  "an answer's mark alone": ["", "\n<answer>\n"],
  "Marco-o1": ["<Thought>\n", "\n</Thought>\n<Output>\n"],
  "Granite 3.3": ["<think>", "</think><response>"],
  "Gemma 4": ["<|channel>thought\n", "<channel|>"],
  "Apertus": ["<|inner_prefix|>", "<|inner_suffix|>"],
  "HuatuoGPT": ["<unused94>thought\n", "<unused95>"],
  "Pangu": ["[unused16]", "[unused17]"],
  "HyperCLOVA": ["<|im_start|>assistant/think\n", "<|im_end|>\n<|im_start|>assistant\n"],
  "Solar Open": ["<|think|>", "<|end|><|begin|>assistant<|content|>"],
  "Ollama": ["Thinking...\n", "\n...done thinking.\n\n"],
  "Open WebUI": [
    '<details type="reasoning" done="true" duration="3">\n<summary>Thought for 3 seconds</summary>\n',
    "\n</details>\n",
  ],
  "escaped": ["&lt;think&gt;\n", "\n&lt;/think&gt;\n"],
  "gpt-oss": ["<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"],
  "gpt-oss with a constraint": [
    "<|channel|>analysis<|message|>",
    "<|end|><|start|>assistant<|channel|>final <|constrain|>JSON<|message|>",
  ],
  "gpt-oss with commentary": [
    "<|channel|>analysis<|message|>",
    "<|end|><|start|>assistant<|channel|>commentary<|message|>Here it comes.<|end|>" +
    "<|start|>assistant<|channel|>final<|message|>",
  ],
  "gpt-oss with a call": [
    "<|channel|>analysis<|message|>",
    "<|end|><|start|>assistant<|channel|>commentary to=functions.write <|constrain|>json<|message|>",
  ],
  "gpt-oss, the first mark in the prompt": ["", "<|end|><|start|>assistant<|channel|>final<|message|>"],
  "gpt-oss without its marks": ["analysis", "assistantfinal"],
  "gpt-oss without its marks, the first in the prompt": ["", "assistantfinal"],
  "gpt-oss without its marks, with commentary": ["analysis", "assistantcommentaryHere it comes.assistantfinal"],
  "Granite 3.2": ["Here is my thought process:\n\n", "\n\nHere is my response:\n\n"],
  "two thoughts": ["<think>One.</think>\n<think>", "</think>\n"],
  "a name of one's own": ["<contemplator>\n", "\n</contemplator>\n<final_answer>\n"],
};
/** Marks behind an answer. */
const ENDS = ["", "<|im_end|>", "\n</answer>", "<|return|>", "</s>", "<|END_RESPONSE|>", "\n<|end_of_solution|>"];

const kept = (text: string, finish = "stop") => {
  const reading = readReply({ text, finishReason: finish }, syneg, SUBJECT, 2);
  return [reading.kind, ...reading.items.filter((item) => item.verdict !== "dropped").map((item) => item.text)];
};

for (const [name, [open, close]] of Object.entries(MARKS)) {
  Deno.test(`thoughts between the marks of ${name} are not passages`, () => {
    for (const [what, thought] of Object.entries(THOUGHTS)) {
      for (const [shape, answer] of Object.entries(ANSWERS)) {
        for (const end of ENDS) {
          assert.deepEqual(
            kept(open + thought + close + answer + end),
            ["complete", A, B],
            `${what}, ${shape}, ${end}`,
          );
        }
      }
    }
  });

  Deno.test(`thoughts cut off within the marks of ${name} are not passages`, () => {
    for (const thought of Object.values(THOUGHTS)) {
      if (open === "" || /^Thinking/.test(open)) continue;
      for (const finish of ["length", "stop"]) assert.deepEqual(kept(open + thought, finish), ["truncated"]);
    }
  });
}

/** Passages that speak of marks. */
const MENTIONS = [
  "Reasoning models print a <think> tag before they answer, and bakers do not mind it at all.",
  "The parser takes out what stands between <think> and </think>, and hands the rest to the reader.",
  "In the template, the token `</think>` ends the thought, and the answer follows on the next line.",
  "Magistral writes its thoughts between [THINK] and [/THINK], which the server splits off.",
  "The library looks for the mark </think> in the stream, and everything before it is hidden.",
  "gpt-oss opens the channel <|channel|> by name, and the word <|end|> closes each of its messages.",
  "Kimi sets ◁think▷ before its thoughts and ◁/think▷ behind them, unlike most other models of its size.",
  "推理模型在回答之前会先输出 <think> 标签，然后输出 </think> 标签，面包师对此并不在意。",
];
for (const mention of MENTIONS) {
  Deno.test(`a passage that mentions a mark survives: ${mention.slice(0, 40)}`, () => {
    const subject = { ...SUBJECT, positive: { title: "", text: "" } };
    for (
      const shape of [
        json(mention, B),
        `Here it is:\n${json(B, mention)}\nDone.`,
        `1. ${mention}\n2. ${B}`,
        `${B}\n\n${mention}`,
      ]
    ) {
      for (const before of ["", "<think>\nHmm, let me see.\n</think>\n\n"]) {
        const { items } = readReply({ text: before + shape, finishReason: "stop" }, syneg, subject, 2);
        const texts = items.filter(({ verdict }) => verdict === "kept").map(({ text }) => text);
        assert.deepEqual(texts.toSorted(), [mention, B].toSorted(), before + shape);
      }
    }
  });
}

/** Thoughts in words alone. */
const ALOUD = [
  "Okay, so I need to write two passages. First I should think about the query.\n\nHmm, maybe ovens would do as a topic.",
  "The user wants two hard negative documents about bats.\n\nBats are mammals that fly at night and eat insects.",
  "We need to produce two documents. The query is about winter.\n\nOvens are hot places that bakers use daily.",
  "Let me think about the query first.\n\nA passage about caves would be near. Caves are cold places.",
  "Alright, the task is to write passages that look like an answer.\n\nBats use echoes to find insects at night.",
  "好的，用户想要两个段落。\n\n首先考虑蝙蝠的食物，蝙蝠在夜间捕食昆虫。",
  "まず、ユーザーは二つの文書を求めています。\n\nコウモリは夜に虫を捕まえる動物です。",
  "Okay, der Nutzer möchte zwei Dokumente haben.\n\nFledermäuse fangen in der Nacht viele Insekten.",
];
for (const thought of ALOUD) {
  Deno.test(`unmarked thoughts are not passages: ${thought.slice(0, 30)}`, () => {
    assert.deepEqual(kept(thought), ["empty"]);
    assert.deepEqual(kept(thought, "length"), ["truncated"]);
    assert.deepEqual(kept(`${thought}\n\n1. ${A}\n2. ${B}`), ["complete", A, B]);
    assert.deepEqual(kept(`${thought}\n\n**Final answer:**\n\n${A}\n\n${B}`), ["complete", A, B]);
    assert.deepEqual(kept(`${thought}\n\n${json(A, B)}`), ["complete", A, B]);
  });
}

Deno.test("a judge's last verdict counts, not its thoughts", () => {
  const judge = modelRecipe("judge");
  const read = (text: string) =>
    readReply({ text, finishReason: "stop" }, judge, SUBJECT, 2).items.map(({ verdict }) => verdict);
  assert.deepEqual(read("Let me see.\n1. keep\n2. keep\nNo, wait.\n\n1. drop\n2. relabel"), ["dropped", "relabeled"]);
  assert.deepEqual(read("1. keep\n2. keep\n</think>\n1. drop\n2. relabel"), ["dropped", "relabeled"]);
});

Deno.test("thoughts are not a query", () => {
  const text =
    "Okay, I need to write two queries.\n\nHere are two queries:\n\n1. when do bats sleep\n2. where do bats hibernate in winter";
  const { items } = readReply({ text, finishReason: "stop" }, modelRecipe("query"), SUBJECT, 2);
  assert.deepEqual(items.map(({ text }) => text), ["when do bats sleep", "where do bats hibernate in winter"]);
});

Deno.test("passages that begin like thoughts are kept", () => {
  const forum =
    "Okay, so I need to replace my oven, and the shop has only gas ones left. Has anyone baked rye with gas?";
  assert.deepEqual(kept(`${forum}\n\n${A}`), ["complete", forum, A]);
});

Deno.test("of several JSON values, the last one with the list is the answer", () => {
  const draft = json(DRAFT("one"), DRAFT("two"));
  const answer = json(A, B);
  assert.deepEqual(kept(`First: ${draft}\n\nBetter:\n\`\`\`json\n${answer}\n\`\`\``), ["complete", A, B]);
  assert.deepEqual(kept(`${draft}\n${answer}`), ["complete", A, B]);
  assert.deepEqual(kept(`${answer}\n\nKeywords: ["bats", "winter", "sleep"]`), ["complete", A, B]);
  assert.deepEqual(kept(`${answer}\n\nThe format was {"hard_negatives": [{"title": "...", "text": "..."}]}`), [
    "complete",
    A,
    B,
  ]);
  assert.deepEqual(kept(`${answer}\n<think>Was that enough? {"hard_negatives": []}</think>`), ["complete", A, B]);
  // The answer was begun and cut off: the draft before it stays a draft.
  for (const end of [30, 60, 80]) {
    assert.deepEqual(kept(`${draft} Weak; better: ${answer.slice(0, end)}`, "length"), ["truncated"], String(end));
  }
  assert.deepEqual(
    kept(
      `Draft: {"title": "x", "text": "${
        DRAFT("one")
      }"} That draft is weak, so I write two new ones, longer and better.\n{"title": "S", "text": "${A}"}\n{"title": "K", "text": "${B}"}`,
    ),
    ["complete", A, B],
  );
});
