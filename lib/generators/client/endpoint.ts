import { environment } from "../../core/environment.ts";
import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from "openai";
import { type Answer, answerOf } from "./answer.ts";
import { boundedFetch, LimitError } from "../../core/bounded_fetch.ts";
import { ArgumentError, CancelledError } from "../../core/errors.ts";
import { isHeaderSafe, redactor, secretsOf } from "../../core/redact.ts";
import { EndpointError } from "./endpoint_error.ts";
import { serverError } from "./server_error.ts";
import type { Usage } from "./usage.ts";
import { type Call, type Format, requestBody } from "./chat_completions.ts";

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
  /** Most bytes of one answer; a longer one is an error. @default 33554432 */
  answerBytes?: number;
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
export interface Completion extends Answer {
  readonly cost: number | null;
  readonly latencyMs: number;
}

const FALLBACK: Readonly<Partial<Record<Format, "json" | "text">>> = { schema: "json", json: "text" };
/** Status of an answer that may refuse a format. */
const REFUSALS = [400, 404, 415, 422, 500, 501];
const FORMAT_WORDS = /response[_ ]?(format|schema)|json[_ ]?(schema|object|mode)|structured|guided|grammar|\$schema/i;
/** Most bytes of a batch's file of replies, and the least milliseconds that files are given. */
const FILE_BYTES = 480 * 2 ** 20;
const FILE_TIMEOUT = 600_000;
/** Characters of a broken answer that are shown. */
const SHOWN = 200;
/** What was used where nobody counted. */
const UNCOUNTED: Usage = { promptTokens: null, completionTokens: null };

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
  readonly #auto: boolean;
  #format: Format;
  /** Whether a request was answered in the format. */
  #proven = false;
  /** Text without the key, should a server or a proxy repeat it. */
  readonly redact: (text: string) => string;

  constructor(options: EndpointOptions = {}) {
    const baseURL = options.baseURL ?? environment("OPENAI_BASE_URL") ?? "https://api.openai.com/v1";
    if (!URL.canParse(baseURL) || !/^https?:/.test(baseURL)) {
      throw new ArgumentError("Cannot use the base URL: wanted an address such as http://127.0.0.1:8000/v1");
    }
    const url = new URL(baseURL);
    this.host = url.host;
    const apiKey = (options.apiKey ?? environment("OPENAI_API_KEY"))?.trim() || (this.#openai ? undefined : "EMPTY");
    if (!apiKey) throw new ArgumentError(`Cannot ask ${this.host} without a key: set OPENAI_API_KEY`);
    if (!isHeaderSafe(apiKey)) {
      throw new ArgumentError(
        `Cannot use the key for ${this.host}: it holds a blank, a line break or a letter beyond ASCII`,
      );
    }
    this.redact = redactor([apiKey === "EMPTY" ? "" : apiKey, ...secretsOf(url)]);
    this.#timeout = positive("timeout", options.timeout ?? 120_000);
    const bytes = positive("answerBytes", options.answerBytes ?? 32 * 2 ** 20);
    this.#stream = options.stream ?? false;
    this.#auto = (options.format ?? "auto") === "auto";
    this.#format = this.#auto ? "schema" : options.format!;
    this.price = options.price;
    // Deno's fetch silently sends a request again when a kept connection closes before the answer. A connection for
    // each request makes the ledger's count of what was sent, and perhaps paid, the true one.
    this.#http = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
    const limits = (address: string) =>
      /\/files(\/[^/]+\/content)?$/.test(new URL(address).pathname)
        ? { bytes: FILE_BYTES, timeout: Math.max(FILE_TIMEOUT, this.#timeout) }
        : { bytes, timeout: this.#timeout };
    const bounded = boundedFetch(limits, { client: this.#http });
    this.client = new OpenAI({
      baseURL,
      apiKey,
      maxRetries: 0,
      // The limit is the bounded fetch's: it holds to the last byte.
      timeout: 86_400_000,
      logLevel: "off",
      fetch: async (input, init) => {
        const response = await bounded(input, init);
        if (response.ok) return response;
        throw serverError(response.status, await response.text(), response.headers);
      },
    });
  }

  [Symbol.dispose](): void {
    this.#http.close();
  }

  get #openai(): boolean {
    return this.host === "api.openai.com";
  }

  /** The cost of a usage, null without a price or without counts. */
  cost({ promptTokens: prompt_tokens, completionTokens: completion_tokens }: Usage): number | null {
    if (!this.price || prompt_tokens === null || completion_tokens === null) return null;
    return (prompt_tokens * this.price.prompt + completion_tokens * this.price.completion) / 1e6;
  }

  /**
   * Sends one request and waits for the whole answer.
   *
   * @param options `format`: one that is not the run's, after a refusal.
   * @throws {EndpointError} if there is none; {@link CancelledError} if `signal` is aborted.
   */
  async complete(
    call: Call,
    { signal, format = this.#format }: { signal?: AbortSignal; format?: Format } = {},
  ): Promise<Completion> {
    const start = performance.now();
    const body = requestBody(call, { format, openai: this.#openai });
    let answer: Answer;
    try {
      answer = await this.#asked(body, signal);
    } catch (error) {
      if (signal?.aborted) throw new CancelledError("Cancelled a request");
      const failure = this.failure(error);
      throw call.schema ? this.#withNext(failure, format) : failure;
    }
    if (!this.#proven) this.#format = format;
    this.#proven = true;
    const latency_ms = Math.round((performance.now() - start) * 10) / 10;
    return { ...answer, text: this.redact(answer.text), cost: this.cost(answer.usage), latencyMs: latency_ms };
  }

  /**
   * A failure with the format to try next, if it may be the format that is refused: by its words, or, as long as no
   * request was answered, whatever it says.
   */
  #withNext(failure: Error, format: Format): Error {
    const next = FALLBACK[format];
    if (!this.#auto || !next || !(failure instanceof EndpointError) || failure.details.paid) return failure;
    const { fate, status, message, details } = failure;
    if (status === null || !REFUSALS.includes(status)) return failure;
    const named = FORMAT_WORDS.test(message);
    if (!named && (this.#proven || fate !== "rejected")) return failure;
    if (named && !this.#proven && this.#format === format) this.#format = next;
    return new EndpointError(fate, status, message, { ...details, next });
  }

  /** Servers answer in pieces or whole whichever they were asked for. */
  async #asked(body: Record<string, unknown>, signal?: AbortSignal): Promise<Answer> {
    const whole = this.#stream ? { ...body, stream: true, stream_options: { include_usage: true } } : body;
    const response = await this.client.chat.completions.create(whole as never, { signal }).asResponse();
    const decoder = new TextDecoder();
    let raw = "";
    try {
      for await (const bytes of response.body ?? []) raw += decoder.decode(bytes, { stream: true });
    } catch (error) {
      const answer = signal?.aborted ? undefined : wholeBefore(raw);
      if (answer) return answer;
      const { fate, message, details } = this.failure(error) as EndpointError;
      if (raw === "" || signal?.aborted) throw error;
      const said = `the answer broke off after ${raw.length} characters: …${raw.slice(-SHOWN)}`;
      throw new EndpointError(fate, null, `${said}: ${message}`, details);
    }
    return answerOf(raw + decoder.decode());
  }

  /** What an error of the client means for the request; the client's own error, which holds headers, is not kept. */
  failure(error: unknown): Error {
    const say = (
      fate: EndpointError["fate"],
      status: number | null,
      text: string,
      details?: EndpointError["details"],
    ) =>
      new EndpointError(
        fate,
        status,
        this.redact(text.startsWith(this.host) ? text : `${this.host}: ${text}`),
        details,
      );
    const root = rootOf(error);
    if (root instanceof LimitError) {
      const fate = root.limit === "timeout" ? "again" : "rejected";
      return say(fate, null, root.message, { paid: UNCOUNTED });
    }
    if (root instanceof EndpointError) return say(root.fate, root.status, root.message, root.details);
    if (root instanceof CancelledError || error instanceof APIUserAbortError) {
      return new CancelledError("Cancelled a request");
    }
    if (error instanceof APIConnectionError) return say("again", null, `no answer: ${messageOf(root)}`);
    // An error among the pieces of a stream.
    if (error instanceof APIError) {
      const { fate, status, message, details } = serverError(200, JSON.stringify(error.error ?? error.message));
      return say(fate, status, message, details);
    }
    // A reset or a broken body while the answer is being read.
    return say("again", null, `the answer broke off: ${messageOf(root)}`, { paid: UNCOUNTED });
  }
}

/** The error at the end of the causes. */
function rootOf(error: unknown): unknown {
  const cause = error instanceof EndpointError || error instanceof LimitError ? undefined : (error as Error)?.cause;
  return cause instanceof Error ? rootOf(cause) : error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function positive(name: string, value: number): number {
  if (typeof value === "number" && value > 0) return value;
  throw new ArgumentError(`${name} must be a number above 0, found ${value}`, { field: name });
}

/** The answer that a connection brought before it broke, if it had said that it was whole. */
function wholeBefore(raw: string): Answer | undefined {
  try {
    const answer = answerOf(raw);
    return answer.finishReason === null || answer.finishReason === "broken" ? undefined : answer;
  } catch {
    return undefined;
  }
}
