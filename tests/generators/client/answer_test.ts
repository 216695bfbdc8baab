import assert from "node:assert/strict";
import { CORPUS, QRELS, QUERIES } from "../../../lib/tables/schema.ts";
import { tableOf } from "../../../lib/tables/table_builder.ts";
import type { Collection } from "../../../lib/collections/types.ts";
import { answerOf } from "../../../lib/generators/client/answer.ts";
import { EndpointError } from "../../../lib/generators/client/endpoint_error.ts";
import { generate } from "../../../lib/generators/generate.ts";
import type { Outcome } from "../../../lib/generators/outcome.ts";

const STARTERS = "Sourdough starters are kept in a jar and fed with flour once a day by most home bakers.";
const KNIVES = "Bread knives have a toothed edge that cuts the crust without crushing the crumb below.";
const BOTH = [STARTERS, KNIVES];

/** How each recorded HTTP answer ends: outcome, texts kept, a piece of the reason. */
const ENDS: Record<string, [kind: string, kept?: string[], reason?: RegExp, status?: number | null]> = {
  choicesnull: ["unreachable", [], /an answer without choices/],
  cjklong: ["complete", [
    "咖啡豆在烘焙时会释放出香气，温度越高颜色越深，口感也越苦。",
    "茶叶的发酵程度决定了绿茶和红茶的区别。绿茶未经发酵。",
  ]],
  donetail: ["complete", BOTH],
  double: ["complete", BOTH],
  err200: ["unreachable", [], /429 .*Provider returned error/],
  forum: ["complete", [
    "I can't get my starter to float in water after five days of feeding. It smells sour and has bubbles, but it sinks.",
    "Sorry, I don't have a stand mixer. Has anyone kneaded a wet dough by hand and lived to tell?",
  ]],
  gemini: ["rejected", [], /Unknown name "\$schema"/],
  harmony: ["complete", BOTH],
  inreason: ["complete", BOTH],
  magistral: ["complete", BOTH],
  maxtok: ["rejected", [], /max_completion_tokens/],
  native: ["unreachable", [], /network_error/],
  noopen: ["complete", BOTH],
  noopenprose: ["complete", BOTH],
  nousage: ["complete", BOTH],
  orerr: ["unreachable", [], /502 .*Upstream idle timeout/],
  s_forced: ["complete", BOTH],
  s_ignored: ["complete", BOTH],
  s_json: ["complete", BOTH],
  ssewhole: ["complete", BOTH],
  surrogate: ["partial", [KNIVES], /damaged: a lone surrogate/],
  thinktext: ["complete", [
    "Reasoning models print a <think> tag before they answer, and bakers do not mind it at all.",
    KNIVES,
  ]],
  tool: ["complete", BOTH],
  v0: ["complete", BOTH],
  v1: ["complete", BOTH],
  v11: ["complete", BOTH],
  v2: ["complete", BOTH],
  v3: ["complete", BOTH],
  zh: ["complete", [
    "家庭烘焙者通常把酵头放在罐子里每天喂一次面粉",
    "面包刀有锯齿状的刀刃可以切开硬皮而不压坏面包心。",
  ]],
};
/** Covered by the tests of rate limits: they ask to wait. */
const ELSEWHERE = ["gem429long"];

const FOLDER = new URL("../../fixtures/replies/", import.meta.url);

/** A server that answers every request with the same bytes, then closes the connection. */
function serveBytes(bytes: Uint8Array): { baseURL: string; close: () => Promise<void> } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const answer = async (connection: Deno.Conn) => {
    try {
      let head = "";
      const block = new Uint8Array(1 << 16);
      for (let length = Infinity; head.length < length;) {
        const read = await connection.read(block);
        if (read === null) break;
        head += new TextDecoder("latin1").decode(block.subarray(0, read));
        const end = head.indexOf("\r\n\r\n");
        if (end >= 0) length = end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      }
      for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    } catch { /* the other side went away */ }
    connection.close();
  };
  const accepting = (async () => {
    for await (const connection of listener) await answer(connection);
  })().catch(() => {});
  return {
    baseURL: `http://127.0.0.1:${listener.addr.port}/v1`,
    close: async () => {
      listener.close();
      await accepting;
    },
  };
}

function oneQuery(language: "en" | "zh"): Collection {
  const text = language === "zh"
    ? "酵母在温暖的厨房里使面团发酵膨胀。"
    : "Yeast makes dough rise in a warm kitchen, since it turns the sugar of the flour into gas.";
  return {
    name: "bread",
    corpus: tableOf(CORPUS, [{ id: "d1", title: "Bread", text }]),
    queries: tableOf(QUERIES, [{ id: "q1", text: language === "zh" ? "面包为什么会膨胀" : "Why does bread rise?" }]),
    qrels: { train: tableOf(QRELS, [{ query_id: "q1", doc_id: "d1", grade: 1 }]) },
    digest: "bread",
    findings: [],
  };
}

Deno.test("every recorded reply has a case", () => {
  const names = [...Deno.readDirSync(FOLDER)].map(({ name }) => name.replace(".http", "")).sort();
  assert.deepEqual(names, [...Object.keys(ENDS), ...ELSEWHERE].sort());
});

for (const [name, [kind, kept = [], reason]] of Object.entries(ENDS)) {
  for (const stream of [false, true]) {
    Deno.test(`the reply ${name} ends as ${kind}${stream ? ", streamed" : ""}`, async () => {
      const server = serveBytes(await Deno.readFile(new URL(`${name}.http`, FOLDER)));
      const folder = await Deno.makeTempDir();
      try {
        const language = name === "zh" || name === "cjklong" ? "zh" : "en";
        // The second run reads the ledger of the first, and ends alike.
        for (const run of [1, 2]) {
          const outcomes: Outcome[] = [];
          const table = await generate(oneQuery(language), {
            recipe: "syneg-no-attributes",
            model: "m",
            baseURL: server.baseURL,
            stream,
            quiet: true,
            maxReplies: 1,
            maxRetries: 1,
            backoff: 1,
            ledger: `${folder}/ledger.sqlite`,
            onOutcome: (outcome) => outcomes.push(outcome),
          });
          assert.deepEqual([outcomes.length, outcomes[0].kind], [1, kind], `run ${run}: ${outcomes[0].reason}`);
          const texts = [...table.rows()].filter(({ verdict }) => verdict === "kept").map(({ text }) => text);
          assert.deepEqual(texts, kept);
          if (reason) assert.match(outcomes[0].reason, reason);
        }
      } finally {
        await server.close();
        await Deno.remove(folder, { recursive: true });
      }
    });
  }
}

const text = JSON.stringify({ hard_negatives: [{ text: STARTERS }, { text: KNIVES }] });
const half = text.length / 2;
const choice = (fields: object) => JSON.stringify({ choices: [fields] });
const message = (fields: object, finish_reason: string | null = "stop") => choice({ message: fields, finish_reason });
const pieces = (...deltas: object[]) => deltas.map((delta) => choice({ delta }));
const sse = (...events: string[]) => events.map((event) => `data: ${event}\n\n`).join("");

/** Ways that servers wrap an answer, and what is taken out: text and finish reason. */
const WRAPPED: [name: string, raw: string, text: string, finish: string | null][] = [
  ["a message", message({ content: text }), text, "stop"],
  ["a byte-order mark", "\ufeff" + message({ content: text }), text, "stop"],
  ["line breaks behind", message({ content: text }) + "\r\n\r\n", text, "stop"],
  [
    "pretty JSON with a tail",
    JSON.stringify(JSON.parse(message({ content: text })), null, 2) + "\n\ndata: [DONE]\n\n",
    text,
    "stop",
  ],
  [
    "parts",
    message({ content: [{ type: "text", text: text.slice(0, half) }, { type: "text", text: text.slice(half) }] }),
    text,
    "stop",
  ],
  [
    "parts with thoughts",
    message({ content: [{ type: "thinking", thinking: [{ type: "text", text: "Hmm." }] }, { type: "text", text }] }),
    text,
    "stop",
  ],
  [
    "parts with thoughts as text",
    message({ content: [{ type: "reasoning", text: "Hmm." }, { text: "Hm.", thought: true }, { text }] }),
    text,
    "stop",
  ],
  ["an object as content", message({ content: JSON.parse(text) }), text, "stop"],
  ["a parsed object", message({ content: null, parsed: JSON.parse(text) }), text, "stop"],
  ["the older completions", choice({ text, finish_reason: "stop" }), text, "stop"],
  [
    "a call",
    message({ content: null, tool_calls: [{ function: { name: "f", arguments: text } }] }, "tool_calls"),
    text,
    "stop",
  ],
  [
    "a call with an object",
    message({ content: "", tool_calls: [{ function: { name: "f", arguments: JSON.parse(text) } }] }, "tool_calls"),
    text,
    "stop",
  ],
  [
    "an older call",
    message({ content: null, function_call: { name: "f", arguments: text } }, "function_call"),
    text,
    "stop",
  ],
  [
    "words beside a call",
    message({ content: "Here.", tool_calls: [{ function: { arguments: text } }] }),
    `Here.\n${text}`,
    "stop",
  ],
  ["JSON in the field of thoughts", message({ content: "", reasoning: text }), text, "stop"],
  [
    "fenced JSON in the field of thoughts",
    message({ content: null, reasoning_content: `\`\`\`json\n${text}\n\`\`\`` }),
    `\`\`\`json\n${text}\n\`\`\``,
    "stop",
  ],
  ["thoughts alone", message({ content: null, reasoning_content: "Let me see." }), "<think>Let me see.", "stop"],
  [
    "JSON in thoughts cut off",
    message({ content: null, reasoning_content: text }, "length"),
    `<think>${text}`,
    "length",
  ],
  ["thoughts beside an answer", message({ content: text, reasoning_content: "Let me see." }), text, "stop"],
  ["a refusal", message({ content: null, refusal: "No." }), "No.", "refusal"],
  ["a refusal as part", message({ content: [{ type: "refusal", refusal: "No." }] }), "No.", "refusal"],
  ["Gemini's limit", message({ content: text }, "MAX_TOKENS"), text, "length"],
  ["Gemini's filter", message({ content: null }, "SAFETY"), "", "content_filter"],
  ["half a surrogate pair", message({ content: "a \ud83d b" }), "a \ufffd b", "stop"],
  [
    "pieces",
    sse(
      ...pieces({ role: "assistant" }, { content: text.slice(0, half) }, { content: text.slice(half) }),
      choice({ delta: {}, finish_reason: "stop" }),
      "[DONE]",
    ),
    text,
    "stop",
  ],
  [
    "pieces with comments and names",
    `: PROCESSING\n\nevent: message\nid: 1\n${sse(...pieces({ content: text }))}retry: 5\n${
      sse(choice({ delta: {}, finish_reason: "stop" }), '{"choices": [], "usage": {"prompt_tokens": 1}}')
    }`,
    text,
    "stop",
  ],
  [
    "pieces without blanks",
    pieces({ content: text.slice(0, half) }, { content: text.slice(half) }).map((event) => `data:${event}\r\n\r\n`)
      .join("") + "data:[DONE]",
    text,
    null,
  ],
  ["pieces without a finish", sse(...pieces({ content: text }), "[DONE]"), text, null],
  [
    "pieces without a finish and an end",
    sse(...pieces({ content: text.slice(0, half) })),
    text.slice(0, half),
    "broken",
  ],
  [
    "pieces a line",
    [
      ...pieces({ content: text.slice(0, half) }, { content: text.slice(half) }),
      choice({ delta: {}, finish_reason: "stop" }),
    ].join("\n"),
    text,
    "stop",
  ],
  [
    "pieces in a list",
    `[${[...pieces({ content: text }), choice({ delta: {}, finish_reason: "stop" })].join(",\n")}]`,
    text,
    "stop",
  ],
  [
    "a call in pieces",
    sse(
      ...pieces({ tool_calls: [{ index: 0, function: { name: "f", arguments: text.slice(0, half) } }] }, {
        tool_calls: [{ index: 0, function: { arguments: text.slice(half) } }],
      }),
      choice({ delta: {}, finish_reason: "tool_calls" }),
    ),
    text,
    "stop",
  ],
  [
    "thoughts in pieces",
    sse(...pieces({ reasoning: "Let me" }, { reasoning: " see." }), choice({ delta: {}, finish_reason: "length" })),
    "<think>Let me see.",
    "length",
  ],
  [
    "thoughts and an answer in pieces",
    sse(...pieces({ reasoning_content: "Let me" }, { content: text }), choice({ delta: {}, finish_reason: "stop" })),
    text,
    "stop",
  ],
  [
    "a refusal in pieces",
    sse(...pieces({ refusal: "N" }, { refusal: "o." }), choice({ delta: {}, finish_reason: "stop" })),
    "No.",
    "refusal",
  ],
  ["a whole message as an event", sse(message({ content: text }), "[DONE]"), text, "stop"],
  ["half an object", message({ content: text }).slice(0, 40), message({ content: text }).slice(0, 40), "broken"],
];
for (const [name, raw, expected, finish] of WRAPPED) {
  Deno.test(`extracts the reply from ${name}`, () => {
    const { text, finishReason } = answerOf(raw);
    assert.deepEqual([text, finishReason], [expected, finish]);
  });
}

/** Answers that are none. */
const FAILURES: [name: string, raw: string, fate: string, message: RegExp][] = [
  ["nothing", " \n", "again", /an empty answer/],
  ["a page", "<html>hello</html>", "foreign", /no answer in the OpenAI protocol, but <html>hello/],
  ["plain words", "upstream is busy", "foreign", /but upstream is busy/],
  ["no choices", '{"choices": []}', "again", /without choices/],
  ["choices of another kind", '{"choices": "x"}', "again", /without choices/],
  ["an empty choice", '{"choices": [null]}', "again", /without choices/],
  ["an error", '{"error": {"message": "overloaded", "code": 503}}', "again", /503 .*overloaded/],
  ["an error of vLLM", '{"object": "error", "message": "overloaded", "code": 503}', "again", /503 .*overloaded/],
  ["an error of the key", '{"error": {"message": "no such key", "code": 401}}', "fatal", /401 .*no such key/],
  [
    "an error among pieces",
    sse(...pieces({ content: "half" }), '{"error": {"message": "went away", "code": 502}}'),
    "again",
    /after 4 characters: 502 .*went away/,
  ],
  [
    "a choice that failed",
    choice({ message: { content: "" }, finish_reason: "error", error: { code: 502, message: "idle" } }),
    "again",
    /502 .*idle/,
  ],
  [
    "a stream cut within an event",
    sse(...pieces({ content: "half" })) + 'data: {"choices": [{"del',
    "again",
    /the stream broke after 4 characters/,
  ],
  ["a stream of nothing", sse(...pieces({ role: "assistant" })), "again", /ended early, before a text/],
];
for (const [name, raw, fate, message] of FAILURES) {
  Deno.test(`no reply: ${name}`, () => assert.throws(() => answerOf(raw), { fate, message }));
}

Deno.test("any bytes of a server are a reply or an error of the kit, in linear time", () => {
  const odd = [
    "{",
    "[",
    '"',
    "data: ",
    "\n",
    "data: {",
    '{"choices": [',
    ",",
    "[DONE]",
    ":",
    '{"choices": [{"delta": {"content": "x"}}]}\n',
    "\\",
    "}",
    "{}",
    "null",
    "event:",
  ];
  for (const piece of odd) {
    const start = performance.now();
    try {
      answerOf(piece.repeat(Math.ceil(2_000_000 / piece.length)));
    } catch (error) {
      assert.ok(error instanceof EndpointError, `${piece}: ${error}`);
    }
    assert.ok(performance.now() - start < 3000, `${piece}: ${performance.now() - start} ms`);
  }
});
