/** What a mark says about the text after it. */
export type MarkKind = "think" | "end of thought" | "answer" | "end of answer" | "turn" | "end of turn";

/** A mark that a model sets in a reply, such as `</think>`. */
export interface Mark {
  readonly kind: MarkKind;
  readonly start: number;
  readonly end: number;
}

const WORD =
  "think(?:ing)?|thoughts?|reason(?:ing)?|reflect(?:ion)?|scratch[_ -]?pad|analysis|rationale|deliberation|planning|" +
  "contemplator|cot|chain[_ -]of[_ -]thought|(?:inner|internal)[_ -](?:monologue|thoughts?|voice|reasoning)|monologue";
const REPLY = "(?:final[_ -]?)?(?:answer|response|output|solution|conclusion|result)|final";
/** A namespace or model's name before the word: `<seed:think>`, `<longcat_think>`. */
const PREFIX = "(?:[a-z][a-z0-9]{0,15}[:_.-])?";
const FROM = "(?:begin|start|bos|b)[_ ▁-]?(?:of[_ ▁-])?";
const TO = "(?:end|stop|eos|e)[_ ▁-]?(?:of[_ ▁-])?";
const OPEN = "(?:<[|｜]?|&lt;|◁|⟨|〈)\\s*";
const SHUT = "(?:\\s+[a-z][^<>\\n]{0,80})?\\s*(?:[|｜]?>|&gt;|▷|⟩|〉)";
const OTHER = "(?:[_ -](?:start|begin|open))?";
const OTHER_END = "[_ -](?:end|stop|close)";

/** An angled or square mark of one of `words`, opened or closed. */
function pair(words: string, square: string): [open: string, close: string] {
  return [
    `${OPEN}${PREFIX}(?:${FROM})?(?:${words})${OTHER}${SHUT}|\\[(?:${FROM})?(?:${square})\\]`,
    `${OPEN}[/\\\\]\\s*${PREFIX}(?:${words})${SHUT}|${OPEN}${PREFIX}(?:${TO})(?:${words})${SHUT}|` +
    `${OPEN}${PREFIX}(?:${words})${OTHER_END}${SHUT}|\\[/(?:${words})\\]|\\[(?:${TO})(?:${square})\\]`,
  ];
}

const [THINK, END_OF_THINK] = pair(WORD, "THINK(?:ING)?");
const [ANSWER, END_OF_ANSWER] = pair(REPLY, "(?:FINAL )?(?:ANSWER|RESPONSE)");
/** Channels of gpt-oss, with all or some of their tokens: `<|start|>assistant<|channel|>final<|message|>`. */
const HEADER = "(?:<\\|start\\|>\\s*)?(?:assistant\\s*)?(?:<\\|channel\\|>)?";
const TAIL = "[^<>\\n]{0,60}(?:<\\|constrain\\|>[^<>\\n]{0,30})?<\\|message\\|>";
const ROLE = "assistant|model";
const OTHER_ROLE = "user|system|tool|human|developer|ipython|environment";
const TURN =
  "(?:<\\|(?:im_start|start|begin|header_start|start_of_role)\\|>|<\\|start_header_id\\|>|<start_of_turn>)\\s*";
const TURN_TAIL = "(?:\\s*(?:<\\|(?:end_header_id|header_end|end_of_role|content|message)\\|>|<\\|im_sep\\|>))?";

const KINDS: readonly (readonly [MarkKind, string])[] = [
  // The arguments of a tool call are the answer.
  ["answer", `${HEADER}commentary\\s+to=${TAIL}`],
  [
    "think",
    `${HEADER}(?:analysis|commentary)${TAIL}|<\\|channel>\\s*thought|<unused94>|\\[unused16\\]|<\\|inner_prefix\\|>`,
  ],
  ["think", `${TURN}(?:${ROLE})/think`],
  ["think", "<details\\s+type=[\"']?reasoning[\"']?[^<>\\n]{0,80}>"],
  ["answer", `${HEADER}final${TAIL}`],
  ["turn", `${TURN}(?:${OTHER_ROLE})\\b`],
  ["end of thought", `${TURN}(?:${ROLE})\\b${TURN_TAIL}|<\\|assistant\\|>`],
  [
    "end of thought",
    "<channel\\|>|<unused95>|\\[unused17\\]|<\\|inner_suffix\\|>|</details>|\\.\\.\\.\\s?done thinking\\.?",
  ],
  // Granite 3.2 marks thoughts in words.
  ["think", "^\\s*here(?: is|'s) my thought process:"],
  ["end of thought", "here(?: is|'s) my (?:final )?response:"],
  ["end of thought", END_OF_THINK],
  ["think", THINK],
  ["end of answer", END_OF_ANSWER],
  ["answer", ANSWER],
  [
    "end of turn",
    "<[|｜](?:im_end|end|return|call|eot_id|eom_id|end_of_text|endoftext|end_of_turn|eos|eot|end▁of▁sentence|" +
    "END_OF_TURN_TOKEN)[|｜]>|</s>|<eos>|<end_of_turn>|\\[eos\\]|\\[/INST\\]|\\[\\|endofturn\\|\\]",
  ],
];
const MARK = new RegExp(KINDS.map(([, pattern]) => `(${pattern})`).join("|"), "giu");
/** gpt-oss without its special tokens: "analysisWe need …assistantfinal{…". */
const BARE_CHANNEL = /assistant(?:\n+)?(?:(final)(?=\n*\S)|(?:analysis|commentary)(?=[\p{Lu}\p{Lo}]|\n))/gu;
const BARE_ANALYSIS = /^\s*(?:assistant\s*)?(?:analysis|commentary)(?=[\p{Lu}\p{Lo}]|\s*\n)/u;
/** What marks begin with: a fast test before the slow one. */
const HINT =
  /[<[◁⟨〈&]|done thinking|assistant|my (?:thought process|(?:final )?response)|^\s*(?:analysis|commentary|final)/iu;

/** Every mark of a reply, in order, without those that a sentence only mentions. */
export function marks(text: string): Mark[] {
  if (!HINT.test(text)) return [];
  const found: Mark[] = [];
  for (const match of text.matchAll(MARK)) {
    const kind = KINDS[match.slice(1).findIndex((group) => group !== undefined)][0];
    found.push({ kind, start: match.index, end: match.index + match[0].length });
  }
  const bare: Mark[] = [];
  const analysis = BARE_ANALYSIS.exec(text);
  if (analysis) bare.push({ kind: "think", start: 0, end: analysis[0].length });
  for (const match of text.matchAll(BARE_CHANNEL)) {
    bare.push({
      kind: match[1] === "final" ? "answer" : "think",
      start: match.index,
      end: match.index + match[0].length,
    });
  }
  const leading = /^\s*final(?=[{[\p{Lu}\p{Lo}]|\s*\n)/u.exec(text);
  if (leading) bare.push({ kind: "answer", start: 0, end: leading[0].length });
  const all = bare.length === 0 ? found : [...found, ...bare].sort((a, b) => a.start - b.start);
  return unmentioned(text, all);
}

/** Marks without those that a sentence mentions: in quotes, or with words of the sentence on both sides. */
function unmentioned(text: string, all: readonly Mark[]): Mark[] {
  const kept: Mark[] = [];
  let mentioned = -Infinity;
  for (const mark of all) {
    const before = text.slice(Math.max(0, mark.start - 3), mark.start);
    const behind = text.slice(mark.end, mark.end + 8);
    const first = text.slice(Math.max(0, mark.start - 200), mark.start).trim() === "" && mark.start < 200;
    const near = mark.start - mentioned < 40 && !text.slice(mentioned, mark.start).includes("\n");
    if (near || (!first && isMention(mark.kind, before, behind))) mentioned = mark.end;
    else kept.push(mark);
  }
  return kept;
}

function isMention(kind: MarkKind, before: string, behind: string): boolean {
  if (/["'`“„«「『‘]$/u.test(before) && /^["'`”“»」』’]/u.test(behind)) return true;
  const spoken = /^[ \t]+[\p{Ll}\p{Lo}]|^[ \t]?[-,.;:)!?'’。，、）]/u.test(behind);
  if (kind === "think") {
    return spoken || (/[\p{L}\p{N},(][ \t]?$/u.test(before) && /^[ \t]*(?:$|\n)/.test(behind) && before.endsWith(" "));
  }
  return /(?:[\p{L}\p{N},;]|^)[ \t]$|\($/u.test(before) && (spoken || /^\p{Ll}/u.test(behind));
}
