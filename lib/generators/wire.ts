import { KitError } from "../core/errors.ts";
import type { Message, Sampling, Usage } from "./types.ts";

/** How a server is asked for JSON. */
export type Format = "auto" | "schema" | "json" | "text";

/** One request as it goes out. */
export interface Call {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly sampling?: Sampling;
  /** JSON-schema of the reply and its name. */
  readonly schema?: { readonly name: string; readonly schema: Record<string, unknown> };
}

/** What a server said, taken out of what it wrapped it in. */
export interface Answer {
  readonly text: string;
  readonly finish_reason: string | null;
  readonly usage: Usage;
}

/**
 * Why a request was not answered. `again`: a later attempt may do (429, 5xx, a reset, a time-out); `rejected`: the
 * server does not take this request; `fatal`: it takes none (wrong key, no such model, no funds). The message never
 * holds the key.
 */
export class EndpointError extends KitError {
  readonly fate: "again" | "rejected" | "fatal";
  readonly status: number | null;
  /** Milliseconds the server asks to wait. */
  readonly retryAfter?: number;

  constructor(fate: EndpointError["fate"], status: number | null, message: string, retryAfter?: number) {
    super(message);
    this.fate = fate;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/**
 * The body of a chat completion request, as sent and as written into batch files. OpenAI's newer models know the limit
 * by its new name only, other servers often by the old one only.
 */
export function requestBody(call: Call, format: Format, openai: boolean): Record<string, unknown> {
  const { max_tokens, ...sampling } = call.sampling ?? {};
  const limit = max_tokens === undefined ? {} : { [openai ? "max_completion_tokens" : "max_tokens"]: max_tokens };
  return { model: call.model, messages: call.messages, ...sampling, ...limit, ...responseFormat(call, format) };
}

function responseFormat({ schema }: Call, format: Format): Record<string, unknown> {
  if (!schema || format === "text") return {};
  if (format === "json") return { response_format: { type: "json_object" } };
  return { response_format: { type: "json_schema", json_schema: { ...schema, strict: true } } };
}

/** One choice of an answer, whole or a piece of a stream. */
export interface Choice {
  message?: { content?: unknown; refusal?: string | null };
  delta?: { content?: unknown; refusal?: string | null };
  finish_reason?: string | null;
}

/**
 * Takes the answer out of the JSON a server wraps it in. An object that breaks off was still answered and perhaps paid
 * for: it is kept whole, with the finish reason "broken". What begins otherwise, such as a page, comes from somebody who
 * does not speak the protocol; kept, it would stand in the way of the right server's answer.
 */
export function envelope(raw: string): Answer {
  if (!raw.trimStart().startsWith("{")) throw foreign(raw);
  let body: { choices?: Choice[]; usage?: unknown; error?: { message?: unknown; code?: unknown } };
  try {
    body = JSON.parse(raw);
  } catch {
    return { text: raw, finish_reason: "broken", usage: usageOf(undefined) };
  }
  const choice = body?.choices?.[0];
  if (!choice) {
    // Gateways wrap errors of the servers behind them in a 200.
    const message = body?.error?.message ?? raw.slice(0, 200);
    throw new EndpointError("again", 200, `an answer without choices: ${message}`);
  }
  const { content, refusal } = choice.message ?? {};
  const finish_reason = refusal ? "refusal" : choice.finish_reason ?? null;
  return { text: refusal || contentOf(content), finish_reason, usage: usageOf(body.usage) };
}

/** Somebody answered, but not as a server with the chat completions API does. */
export function foreign(raw: string): EndpointError {
  const said = raw.trim().replace(/\s+/g, " ");
  // A proxy that loses the body once is no reason to end a long run.
  if (said === "") return new EndpointError("again", 200, "an empty answer");
  const shown = said.length > 60 ? `${said.slice(0, 60)}…` : said;
  return new EndpointError("fatal", 200, `no answer in the OpenAI protocol, but ${shown}; is /v1 missing?`);
}

/** Text, or the texts of a list of parts. */
export function contentOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => typeof part?.text === "string" ? part.text : "").join("");
}

/** The counts a server gives, null where it gives none. */
export function usageOf(usage: unknown): Usage {
  const counts = (usage ?? {}) as Record<string, unknown>;
  const count = (name: string) => Number.isInteger(counts[name]) ? counts[name] as number : null;
  return { prompt_tokens: count("prompt_tokens"), completion_tokens: count("completion_tokens") };
}

/** Milliseconds of Retry-After: seconds or a date; `retry-after-ms` goes first. */
export function retryAfter(headers: Headers | undefined, now = Date.now()): number | undefined {
  const milliseconds = Number(headers?.get("retry-after-ms") ?? NaN);
  if (milliseconds >= 0) return milliseconds;
  const value = headers?.get("retry-after");
  if (!value) return undefined;
  const wait = /^\s*[\d.]+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
