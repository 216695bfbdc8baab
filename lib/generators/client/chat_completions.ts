import type { Sampling } from "../model_request.ts";
import type { Message } from "../recipe.ts";

/**
 * How a server is asked for JSON: by schema, as any JSON, as plain text, or "auto": by schema until the server refuses.
 *
 * @category Generation
 */
export type Format = "auto" | "schema" | "json" | "text";

/** One chat completion request. */
export interface Call {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly sampling?: Sampling;
  /** JSON schema of the reply, and its name. */
  readonly schema?: { readonly name: string; readonly schema: Record<string, unknown> };
}

/** How {@link requestBody} writes a request. */
export interface BodyOptions {
  readonly format: Format;
  /** Whether OpenAI reads it: its newer models know the token limit by its new name only, other servers by the old. */
  readonly openai: boolean;
}

/** The body of a chat completion request, as it is sent and as batch files hold it. */
export function requestBody(call: Call, { format, openai }: BodyOptions): Record<string, unknown> {
  const { max_tokens, ...sampling } = call.sampling ?? {};
  const limit = max_tokens === undefined ? {} : { [openai ? "max_completion_tokens" : "max_tokens"]: max_tokens };
  return { model: call.model, messages: call.messages, ...sampling, ...limit, ...responseFormat(call, format) };
}

function responseFormat({ schema }: Call, format: Format): Record<string, unknown> {
  if (!schema || format === "text") return {};
  if (format === "json") return { response_format: { type: "json_object" } };
  return { response_format: { type: "json_schema", json_schema: { ...schema, strict: true } } };
}
