import OpenAI from "openai";
import { boundedFetch } from "../../core/bounded_fetch.ts";
import { environment } from "../../core/environment.ts";
import { ArgumentError, CancelledError } from "../../core/errors.ts";
import { isHeaderSafe, redactor, secretsOf } from "../../core/redact.ts";
import { type Answer, answerOf } from "./answer.ts";
import { type Call, type Format, requestBody } from "./chat_completions.ts";
import { clientFailure } from "./client_failure.ts";
import { EndpointError } from "./endpoint_error.ts";
import type { EndpointOptions } from "./endpoint_options.ts";
import { costOf, type Price } from "./price.ts";
import { serverError } from "./server_error.ts";

/** One answer of a server, with its cost and duration. */
export interface Completion extends Answer {
  readonly cost: number | null;
  readonly latencyMs: number;
}

const OPENAI = "api.openai.com";
const FALLBACK: Readonly<Partial<Record<Format, "json" | "text">>> = { schema: "json", json: "text" };
/** Statuses of an answer that may refuse a format. */
const REFUSALS = [400, 404, 415, 422, 500, 501];
const FORMAT_WORDS = /response[_ ]?(format|schema)|json[_ ]?(schema|object|mode)|structured|guided|grammar|\$schema/i;
/** Maximum bytes of a batch's file of replies, and the minimum timeout of files in milliseconds. */
const FILE_BYTES = 480 * 2 ** 20;
const FILE_TIMEOUT = 600_000;
/** Characters shown of a broken answer. */
const SHOWN = 200;

/** A server with the chat completions API. Sends each request once; {@link retry} repeats it. */
export class Endpoint implements Disposable {
  /** Host and port, for messages. */
  readonly host: string;
  readonly price?: Price;
  /** The HTTP client, without retries. */
  readonly client: OpenAI;
  /** Removes the key from a text, in case a server or a proxy repeats it. */
  readonly redact: (text: string) => string;
  readonly #http: Deno.HttpClient;
  readonly #stream: boolean;
  readonly #auto: boolean;
  #format: Format;
  /** Whether a request has been answered in the format. */
  #proven = false;

  /** @throws {ArgumentError} if address, key or limits are invalid, or OpenAI is used without a key. */
  constructor(options: EndpointOptions = {}) {
    const baseURL = options.baseURL ?? environment("OPENAI_BASE_URL") ?? `https://${OPENAI}/v1`;
    if (!URL.canParse(baseURL) || !/^https?:/.test(baseURL)) {
      throw new ArgumentError("baseURL must be an address such as http://127.0.0.1:8000/v1", { field: "baseURL" });
    }
    const url = new URL(baseURL);
    this.host = url.host;
    const apiKey = keyFor(this.host, options.apiKey);
    // "EMPTY" is the usual placeholder for servers without keys, and no secret.
    this.redact = redactor([apiKey === "EMPTY" ? "" : apiKey ?? "", ...secretsOf(url)]);
    this.#stream = options.stream ?? false;
    this.#auto = (options.format ?? "auto") === "auto";
    this.#format = this.#auto ? "schema" : options.format!;
    this.price = options.price;
    // When a kept connection closes before the answer, Deno's fetch silently sends the request again. With one connection
    // per request, the ledger's count of what was sent, and perhaps paid for, is exact.
    this.#http = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
    const bounded = boundedFetch(limitsFor(options), { client: this.#http });
    this.client = new OpenAI({
      baseURL,
      apiKey: apiKey ?? "EMPTY",
      maxRetries: 0,
      // The bounded fetch keeps the timeout, to the last byte.
      timeout: 86_400_000,
      logLevel: "off",
      fetch: async (input, init) => {
        const response = await bounded(input, init);
        if (response.ok) return response;
        throw serverError(response.status, await response.text(), response.headers);
      },
    });
  }

  /** Closes the connections. */
  [Symbol.dispose](): void {
    this.#http.close();
  }

  /** Whether the server is OpenAI's own. */
  get openai(): boolean {
    return this.host === OPENAI;
  }

  /**
   * Sends one request and waits for the whole answer.
   *
   * @param options `format`: another format than the run's, after a refusal.
   * @throws {EndpointError} if there is no answer; {@link CancelledError} if `signal` is aborted.
   */
  async complete(
    call: Call,
    { signal, format = this.#format }: { signal?: AbortSignal; format?: Format } = {},
  ): Promise<Completion> {
    const start = performance.now();
    const body = requestBody(call, { format, openai: this.openai });
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
    const latencyMs = Math.round((performance.now() - start) * 10) / 10;
    return { ...answer, text: this.redact(answer.text), cost: costOf(answer.usage, this.price), latencyMs };
  }

  /** What an error of the HTTP client means for the request. */
  failure(error: unknown): Error {
    return clientFailure(error, this);
  }

  /**
   * Adds the format to try next to a failure that may refuse the format: by its words, or, until a request has been
   * answered, by its status alone.
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

  /** The answer to a request body. Servers answer in chunks or whole, whichever was requested. */
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
}

/** The key for a server; undefined if there is none and the server may need none. */
function keyFor(host: string, given: string | undefined): string | undefined {
  const apiKey = (given ?? environment("OPENAI_API_KEY"))?.trim() || undefined;
  if (!apiKey && host === OPENAI) {
    throw new ArgumentError(`${host} needs a key: set OPENAI_API_KEY`, { field: "apiKey" });
  }
  if (apiKey && !isHeaderSafe(apiKey)) {
    throw new ArgumentError(`The key for ${host} must be ASCII without spaces and line breaks`, { field: "apiKey" });
  }
  return apiKey;
}

/** Limits of an answer by its address; files get more. */
function limitsFor(options: EndpointOptions): (address: string) => { bytes: number; timeout: number } {
  const timeout = positive("timeout", options.timeout ?? 120_000);
  const bytes = positive("answerBytes", options.answerBytes ?? 32 * 2 ** 20);
  return (address) =>
    /\/files(\/[^/]+\/content)?$/.test(new URL(address).pathname)
      ? { bytes: FILE_BYTES, timeout: Math.max(FILE_TIMEOUT, timeout) }
      : { bytes, timeout };
}

function positive(name: string, value: number): number {
  if (typeof value === "number" && value > 0) return value;
  throw new ArgumentError(`${name} must be a number > 0, found ${value}`, { field: name });
}

/** The answer that arrived before the connection broke, if it was complete. */
function wholeBefore(raw: string): Answer | undefined {
  try {
    const answer = answerOf(raw);
    return answer.finishReason === null || answer.finishReason === "broken" ? undefined : answer;
  } catch {
    return undefined;
  }
}
