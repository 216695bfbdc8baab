import { EndpointError } from "./endpoint_error.ts";
import { jsonValues } from "./json_values.ts";
import { serverError } from "./server_error.ts";
import type { Usage } from "./usage.ts";
import { usageOf } from "./usage.ts";

/**
 * An answer of a server.
 *
 * @category Generation
 */
export interface Answer {
  /** The text. */
  readonly text: string;
  /** Why the model stopped: the server's reason, "refusal" or "broken". */
  readonly finishReason: string | null;
  /** Tokens, as the server counts them. */
  readonly usage: Usage;
}

type Fields = Readonly<Record<string, unknown>>;

/** An answer under construction, from one chunk or many. */
interface Draft {
  content: string;
  refusal: string;
  /** Thoughts that the server separates from the answer. */
  thoughts: string;
  /** Arguments of tool calls, by number. */
  calls: string[];
  finish: string | null;
  usage: unknown;
  /** Whether a choice has arrived, at least in part. */
  chosen: boolean;
  /** Whether it arrives in chunks. */
  pieces: boolean;
}

/** Finish reasons of a complete answer, read as "stop". */
const WHOLE = new Set(["tool_calls", "function_call", "end_turn", "eos", "eos_token", "stop_sequence", "completed"]);
/** Finish reasons of a limit, read as "length". */
const LIMITS = new Set(["max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded"]);
/** Finish reasons of a content filter. */
const FILTERS = new Set(["safety", "recitation", "prohibited_content", "blocklist", "spii", "content_filtered"]);
const FAILED = /^(?:error|network_error|server_error|abort(?:ed)?|cancell?ed|timeout|failed|unknown_error)$/i;

/**
 * The answer in a response body, whatever was requested: one JSON object, possibly with text after it, or chunks, as
 * server-sent events or one per line. Arguments of a tool call count as the answer. JSON among the thoughts does too;
 * other thoughts are marked as such.
 *
 * An object that breaks off was answered and perhaps paid for: it is kept, with the finish reason "broken". A body that
 * begins otherwise, such as a web page, is from a server without this API.
 *
 * @throws {EndpointError} if there is no answer.
 */
export function answerOf(raw: string): Answer {
  const { values, rest } = jsonValues(raw);
  if (values.length === 0) {
    if (!/^\s*(?:data:\s*)?\{/.test(raw.replace(/^\ufeff/, ""))) throw foreign(raw);
    return { text: raw, finishReason: "broken", usage: usageOf(undefined) };
  }
  const draft: Draft = {
    content: "",
    refusal: "",
    thoughts: "",
    calls: [],
    finish: null,
    usage: undefined,
    chosen: false,
    pieces: false,
  };
  for (const value of values) add(draft, value);
  if (!draft.chosen) throw new EndpointError("again", 200, `an answer without choices: ${raw.slice(0, 200)}`);
  if (rest.startsWith("{") && draft.pieces && draft.finish === null) {
    throw new EndpointError("again", null, `the stream broke after ${draft.content.length} characters`, {
      paid: usageOf(draft.usage),
    });
  }
  return finished(draft, raw);
}

function finished({ content, refusal, thoughts, calls, finish, usage, pieces }: Draft, raw: string): Answer {
  const counts = usageOf(usage);
  if (refusal !== "") return { text: refusal.toWellFormed(), finishReason: "refusal", usage: counts };
  let text = [content, ...calls].filter((part) => part?.trim()).join("\n");
  const reason = finish?.toLowerCase() ?? null;
  if (text.trim() === "" && thoughts !== "") {
    text = reason !== "length" && isJson(thoughts) ? thoughts : `<think>${thoughts}`;
  }
  text = text.toWellFormed();
  if (pieces && finish === null) {
    const done = /^data:\s*\[DONE\]\s*$/m.test(raw);
    if (text === "") throw new EndpointError("again", null, "the stream ended early, before a text");
    // The server did not say that the answer is complete; the reader finds out.
    return { text, finishReason: done ? null : "broken", usage: counts };
  }
  const known = reason === null
    ? null
    : WHOLE.has(reason)
    ? "stop"
    : LIMITS.has(reason)
    ? "length"
    : FILTERS.has(reason)
    ? "content_filter"
    : finish;
  return { text, finishReason: known, usage: counts };
}

function add(draft: Draft, body: Fields): void {
  if (body.usage) draft.usage = body.usage;
  const choice = (Array.isArray(body.choices) ? body.choices[0] : undefined) as Fields | undefined;
  if (!isObject(choice)) {
    // Gateways wrap errors of upstream servers in a 200.
    if (body.error || body.object === "error") throw failed(body.error ?? body, draft);
    return;
  }
  draft.chosen = true;
  const native = choice.native_finish_reason;
  if (choice.error || FAILED.test(String(choice.finish_reason ?? ""))) {
    throw failed(choice.error ?? choice.finish_reason, draft);
  }
  const whole = choice.message as Fields | undefined;
  const piece = choice.delta as Fields | undefined;
  if (piece && !whole) draft.pieces = true;
  const said = whole ?? piece ?? { content: choice.text };
  draft.content += contentOf(said.content ?? said.parsed);
  draft.refusal += refusalOf(said);
  draft.thoughts += thoughtsOf(said);
  addCalls(draft, said);
  if (typeof choice.finish_reason === "string") draft.finish = choice.finish_reason;
  if (draft.content === "" && typeof native === "string" && FAILED.test(native)) throw failed(native, draft);
}

function addCalls({ calls }: Draft, said: Fields): void {
  const list = Array.isArray(said.tool_calls)
    ? said.tool_calls
    : said.function_call
    ? [{ function: said.function_call }]
    : [];
  for (const [place, call] of list.entries()) {
    const given = call?.function?.arguments ?? call?.function?.parameters ?? call?.arguments;
    const at = Number.isInteger(call?.index) && call.index >= 0 && call.index < 100 ? call.index : place;
    const text = typeof given === "string" ? given : isObject(given) ? JSON.stringify(given) : "";
    calls[at] = (calls[at] ?? "") + text;
  }
}

/** An error of the server, or an upstream one, during an answer that may be charged. */
function failed(error: unknown, { usage, content, chosen }: Draft): EndpointError {
  const { fate, status, message, details } = serverError(
    200,
    JSON.stringify(isObject(error) ? { error } : { message: String(error) }),
  );
  if (!chosen && content === "") return new EndpointError(fate, status, message, details);
  const said = content === "" ? "" : ` after ${content.length} characters`;
  return new EndpointError(fate, status, `an answer that ended in an error${said}: ${message}`, {
    ...details,
    paid: usageOf(usage),
  });
}

/** The error for an answer that is not from the chat completions API. */
export function foreign(raw: string): EndpointError {
  const said = raw.trim().replace(/\s+/g, " ");
  // A proxy that loses one body must not end a long run.
  if (said === "") return new EndpointError("again", 200, "an empty answer");
  const shown = said.length > 60 ? `${said.slice(0, 60)}…` : said;
  return new EndpointError("foreign", 200, `no answer in the OpenAI protocol, but ${shown}; is /v1 missing?`);
}

const THOUGHT_PARTS = /think|reason|thought/i;

/** The text of a content: a string, the parts that are not thoughts, or an object that the server has parsed. */
function contentOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (Array.isArray(content)) {
    return content.map((part) =>
      typeof part === "string" ? part : typeof part?.text === "string" && !isThought(part) ? part.text : ""
    ).join("");
  }
  return isObject(content) ? JSON.stringify(content) : "";
}

function isThought(part: Fields): boolean {
  return part.thought === true || THOUGHT_PARTS.test(String(part.type ?? ""));
}

function refusalOf({ refusal, content }: Fields): string {
  if (typeof refusal === "string") return refusal;
  if (!Array.isArray(content)) return "";
  return content.map((part) => typeof part?.refusal === "string" ? part.refusal : "").join("");
}

/** Thoughts that the server separates from the answer, under the names that servers use. */
function thoughtsOf(said: Fields): string {
  for (const name of ["reasoning_content", "reasoning", "thinking", "thoughts"]) {
    const value = said[name];
    if (typeof value === "string" && value !== "") return value;
    if (isObject(value)) return textsIn(value);
  }
  return Array.isArray(said.content)
    ? said.content.filter((part) => isObject(part) && isThought(part)).map(textsIn).join("")
    : "";
}

function textsIn(part: unknown): string {
  if (typeof part === "string") return part;
  if (Array.isArray(part)) return part.map(textsIn).join("");
  if (!isObject(part)) return "";
  const { text, thinking, summary, content } = part as Fields;
  return [text, thinking, summary, content].map((field) => field === undefined ? "" : textsIn(field)).join("");
}

function isJson(text: string): boolean {
  const bare = text.trim().replace(/^```\w*\s*|\s*```$/g, "");
  if (!/^[{[]/.test(bare)) return false;
  try {
    return JSON.parse(bare) !== null;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Fields {
  return value !== null && typeof value === "object";
}
