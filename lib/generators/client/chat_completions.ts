import type { Message, Sampling, Usage } from "../types.ts";

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
  if (prompt === 0) return { promptTokens: null, completionTokens: completion || null };
  return { promptTokens: prompt, completionTokens: completion };
}
