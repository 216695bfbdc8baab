import { EndpointError } from "./endpoint_error.ts";
import { serverError } from "./server_error.ts";
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
  /** What went wrong, with the finish reason "error". */
  error?: unknown;
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
  const choice = Array.isArray(body.choices) ? body.choices[0] : undefined;
  if (!choice) {
    // Gateways wrap errors of the servers behind them in a 200.
    if (body.error) throw serverError(200, raw);
    throw new EndpointError("again", 200, `an answer without choices: ${raw.slice(0, 200)}`);
  }
  if (choice.finish_reason === "error" || choice.error) throw failedChoice(choice, body.usage);
  const { content, refusal } = choice.message ?? {};
  const finish_reason = refusal ? "refusal" : choice.finish_reason ?? null;
  return { text: refusal || contentOf(content), finish_reason, usage: usageOf(body.usage) };
}

/** The server behind a gateway failed while it wrote; what it wrote may be charged. */
export function failedChoice(choice: Choice, usage: unknown): EndpointError {
  const { fate, status, message, details } = serverError(200, JSON.stringify(choice.error ?? {}));
  return new EndpointError(fate, status, `an answer that ended in an error: ${message}`, {
    ...details,
    paid: usageOf(usage),
  });
}

/** Somebody answered, but not as a server with the chat completions API does. */
export function foreign(raw: string): EndpointError {
  const said = raw.trim().replace(/\s+/g, " ");
  // A proxy that loses the body once is no reason to end a long run.
  if (said === "") return new EndpointError("again", 200, "an empty answer");
  const shown = said.length > 60 ? `${said.slice(0, 60)}…` : said;
  return new EndpointError("foreign", 200, `no answer in the OpenAI protocol, but ${shown}; is /v1 missing?`);
}

/** Text, or the texts of a list of parts. */
export function contentOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => typeof part?.text === "string" ? part.text : "").join("");
}

/** Names of the counts: the chat API's, then those of servers that use another API's. */
const COUNTS = {
  prompt_tokens: ["prompt_tokens", "input_tokens"],
  completion_tokens: ["completion_tokens", "output_tokens"],
};

/** The counts a server gives, null where it gives none, or none that can be: negative, a fraction, a text. */
export function usageOf(usage: unknown): Usage {
  const counts = (usage ?? {}) as Record<string, unknown>;
  const count = (names: readonly string[]) => {
    const found = names.map((name) => counts[name]).find((value) =>
      Number.isSafeInteger(value) && (value as number) >= 0
    );
    return (found as number | undefined) ?? null;
  };
  const [prompt, completion] = [count(COUNTS.prompt_tokens), count(COUNTS.completion_tokens)];
  // There is no prompt without a token: zeros are a server's way of not counting.
  if (prompt === 0) return { prompt_tokens: null, completion_tokens: completion || null };
  return { prompt_tokens: prompt, completion_tokens: completion };
}
