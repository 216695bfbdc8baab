import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from "openai";
import { ArgumentError, CancelledError } from "../core/errors.ts";
import type { Usage } from "./types.ts";
import {
  type Answer,
  type Call,
  type Choice,
  contentOf,
  EndpointError,
  envelope,
  foreign,
  type Format,
  requestBody,
  retryAfter,
  usageOf,
} from "./wire.ts";

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
export interface Completion extends Answer {
  readonly cost: number | null;
  readonly latency_ms: number;
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

  async #whole(call: Call, { signal }: Attempt): Promise<Answer> {
    const response = await this.client.chat.completions.create(this.#body(call) as never, { signal }).asResponse();
    return envelope(await response.text());
  }

  async #streamed(call: Call, { signal }: Attempt): Promise<Answer> {
    const body = { ...this.#body(call), stream: true, stream_options: { include_usage: true } };
    const { data, response } = await this.client.chat.completions.create(body as never, { signal }).withResponse();
    const type = response.headers.get("content-type") ?? "";
    if (type.includes("html")) {
      await response.body?.cancel();
      throw foreign(type);
    }
    const chunks = data as unknown as AsyncIterable<Record<string, unknown>>;
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
