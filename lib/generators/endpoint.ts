import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from "openai";
import { ArgumentError, CancelledError, KitError } from "../core/errors.ts";
import type { Message, Sampling, Usage } from "./types.ts";

/** How a server is asked for JSON. */
export type Format = "auto" | "schema" | "json" | "text";

/** Tokens cost, per million, in one currency of your choice. */
export interface Price {
  readonly prompt: number;
  readonly completion: number;
}

/** Which server is asked, and how. */
export interface EndpointOptions {
  /** Any OpenAI-compatible server: vLLM, Ollama, llama.cpp, a gateway. @default OPENAI_BASE_URL, else OpenAI */
  baseURL?: string;
  /** @default OPENAI_API_KEY, else none for servers other than OpenAI's */
  apiKey?: string;
  /** Milliseconds from sending a request to the last byte of its answer. @default 120000 */
  timeout?: number;
  /**
   * JSON-schema, JSON mode or plain text; "auto" begins with the schema and falls back when the server refuses it.
   * @default "auto"
   */
  format?: Format;
  /** Ask for the answer piece by piece. @default false */
  stream?: boolean;
  /** Without it, cost is unknown. */
  price?: Price;
}

/** One answer of a server. */
export interface Completion {
  readonly text: string;
  readonly finish_reason: string | null;
  readonly usage: Usage;
  readonly cost: number | null;
  readonly latency_ms: number;
}

/** One request as it goes out. */
export interface Call {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly sampling?: Sampling;
  /** JSON-schema of the reply and its name. */
  readonly schema?: { readonly name: string; readonly schema: Record<string, unknown> };
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

const FALLBACK: Readonly<Record<string, Format>> = { schema: "json", json: "text" };

/** A server with the chat completions API. Sends each request once; retries are the caller's. */
export class Endpoint implements Disposable {
  /** Host and port, for messages. */
  readonly host: string;
  readonly price?: Price;
  /** The client behind it, without retries of its own. */
  readonly client: OpenAI;
  readonly #http: Deno.HttpClient;
  readonly #timeout: number;
  readonly #stream: boolean;
  readonly #secrets: readonly string[];
  readonly #auto: boolean;
  #format: Format;

  constructor(options: EndpointOptions = {}) {
    const baseURL = options.baseURL ?? environment("OPENAI_BASE_URL") ?? "https://api.openai.com/v1";
    if (!URL.canParse(baseURL) || !/^https?:/.test(baseURL)) {
      throw new ArgumentError("Cannot use the base URL: wanted an address such as http://127.0.0.1:8000/v1");
    }
    const url = new URL(baseURL);
    this.host = url.host;
    const apiKey = options.apiKey ?? environment("OPENAI_API_KEY") ?? (this.#openai ? undefined : "EMPTY");
    if (!apiKey) throw new ArgumentError(`Cannot ask ${this.host} without a key: set OPENAI_API_KEY`);
    this.#secrets = [apiKey, url.password].filter((secret) => secret.length >= 6 && secret !== "EMPTY");
    this.#timeout = options.timeout ?? 120_000;
    this.#stream = options.stream ?? false;
    this.#auto = (options.format ?? "auto") === "auto";
    this.#format = this.#auto ? "schema" : options.format!;
    this.price = options.price;
    // Deno's fetch silently sends a request again when a kept connection closes before the answer. A connection for
    // each request makes the ledger's count of what was sent, and perhaps paid, the true one.
    this.#http = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
    this.client = new OpenAI({
      baseURL,
      apiKey,
      maxRetries: 0,
      timeout: this.#timeout,
      logLevel: "off",
      fetchOptions: { client: this.#http },
    });
  }

  [Symbol.dispose](): void {
    this.#http.close();
  }

  get #openai(): boolean {
    return this.host === "api.openai.com";
  }

  /** Text without the key, should a server or a proxy repeat it. */
  redact(text: string): string {
    return this.#secrets.reduce((clean, secret) => clean.replaceAll(secret, "[key]"), text);
  }

  /** The cost of a usage, null without a price or without counts. */
  cost({ prompt_tokens, completion_tokens }: Usage): number | null {
    if (!this.price || prompt_tokens === null || completion_tokens === null) return null;
    return (prompt_tokens * this.price.prompt + completion_tokens * this.price.completion) / 1e6;
  }

  #body(call: Call): Record<string, unknown> {
    return requestBody(call, this.#format, this.#openai);
  }

  /**
   * Sends one request and waits for the whole answer.
   *
   * @throws {EndpointError} if there is none; {@link CancelledError} if `signal` is aborted.
   */
  async complete(call: Call, signal?: AbortSignal): Promise<Completion> {
    while (true) {
      const format = this.#format;
      const attempt = new Attempt(this.#timeout, signal);
      const start = performance.now();
      try {
        const answer = this.#stream ? await this.#streamed(call, attempt) : await this.#whole(call, attempt);
        const latency_ms = Math.round((performance.now() - start) * 10) / 10;
        return { ...answer, text: this.redact(answer.text), cost: this.cost(answer.usage), latency_ms };
      } catch (error) {
        const failure = this.failure(error, attempt);
        if (!this.#refusesFormat(failure, format, call)) throw failure;
        if (this.#format === format) this.#format = FALLBACK[format];
      } finally {
        attempt.end();
      }
    }
  }

  #refusesFormat(failure: Error, format: Format, { schema }: Call): boolean {
    return this.#auto && schema !== undefined && format in FALLBACK && failure instanceof EndpointError &&
      failure.status !== null && [400, 415, 422, 501].includes(failure.status) &&
      /response_format|json_schema|json_object|structured|guided|grammar/i.test(failure.message);
  }

  async #whole(call: Call, { signal }: Attempt): Promise<Omit<Completion, "cost" | "latency_ms">> {
    const response = await this.client.chat.completions.create(this.#body(call) as never, { signal }).asResponse();
    return envelope(await response.text());
  }

  async #streamed(call: Call, { signal }: Attempt): Promise<Omit<Completion, "cost" | "latency_ms">> {
    const body = { ...this.#body(call), stream: true, stream_options: { include_usage: true } };
    const chunks = await this.client.chat.completions.create(body as never, { signal }) as unknown as AsyncIterable<
      Record<string, unknown>
    >;
    let [text, refusal, finish]: [string, string, string | null] = ["", "", null];
    let usage: unknown;
    try {
      for await (const chunk of chunks) {
        const choice = (chunk.choices as Choice[] | undefined)?.[0];
        text += contentOf(choice?.delta?.content);
        refusal += choice?.delta?.refusal ?? "";
        finish = choice?.finish_reason ?? finish;
        usage = chunk.usage ?? usage;
      }
    } catch (error) {
      if (signal.aborted || text === "") throw error;
      throw new EndpointError("again", null, `the stream broke after ${text.length} characters: ${text}`);
    }
    if (finish === null) {
      throw new EndpointError("again", null, `the stream ended early after ${text.length} characters: ${text}`);
    }
    const finish_reason = refusal ? "refusal" : finish;
    return { text: refusal || text, finish_reason, usage: usageOf(usage) };
  }

  /** What an error of the client means for the request; the client's own error, which holds headers, is not kept. */
  failure(error: unknown, attempt?: { timedOut: boolean }): Error {
    const say = (fate: EndpointError["fate"], status: number | null, text: string, wait?: number) =>
      new EndpointError(fate, status, this.redact(`${this.host}: ${text}`), wait);
    if (attempt?.timedOut) return say("again", null, `no whole answer within ${this.#timeout} ms`);
    if (error instanceof EndpointError) return say(error.fate, error.status, error.message, error.retryAfter);
    if (error instanceof CancelledError) return error;
    if (error instanceof APIUserAbortError) return new CancelledError("Cancelled a request");
    if (error instanceof APIConnectionError) return say("again", null, `no answer: ${rootMessage(error)}`);
    if (error instanceof APIError && error.status !== undefined) {
      const { status, code } = error;
      const wait = retryAfter(error.headers);
      const text = error.message.slice(0, 2000);
      if ([401, 403, 404].includes(status) || code === "insufficient_quota") return say("fatal", status, text);
      const again = status === 408 || status === 409 || status === 425 || status === 429 || status >= 500;
      return say(again ? "again" : "rejected", status, text, wait);
    }
    // A reset or a broken body while the answer is being read.
    return say("again", null, `the answer broke off: ${rootMessage(error)}`);
  }
}

/** One attempt's time limit and its caller's signal in one. */
class Attempt {
  timedOut = false;
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #caller?: AbortSignal;
  readonly #abort = () => this.#controller.abort(new CancelledError("Cancelled a request"));

  constructor(timeout: number, caller?: AbortSignal) {
    this.#caller = caller;
    this.#timer = setTimeout(() => {
      this.timedOut = true;
      this.#controller.abort();
    }, timeout);
    if (caller?.aborted) this.#abort();
    else caller?.addEventListener("abort", this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#abort);
  }
}

interface Choice {
  message?: { content?: unknown; refusal?: string | null };
  delta?: { content?: unknown; refusal?: string | null };
  finish_reason?: string | null;
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

/**
 * Takes the answer out of the JSON a server wraps it in. An envelope that is no JSON was still answered and perhaps
 * paid for: it is kept whole, with the finish reason "broken".
 */
export function envelope(raw: string): Omit<Completion, "cost" | "latency_ms"> {
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

/** Text, or the texts of a list of parts. */
function contentOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => typeof part?.text === "string" ? part.text : "").join("");
}

function usageOf(usage: unknown): Usage {
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

function rootMessage(error: unknown): string {
  const cause = (error as { cause?: unknown }).cause;
  return cause instanceof Error ? rootMessage(cause) : error instanceof Error ? error.message : String(error);
}

function environment(name: string): string | undefined {
  try {
    return Deno.env.get(name) || undefined;
  } catch {
    return undefined; // Not permitted is as good as not set.
  }
}
