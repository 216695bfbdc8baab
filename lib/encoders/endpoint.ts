import { showing } from "../core/display.ts";
import { encoderCard } from "./card.ts";
import { environment } from "../core/environment.ts";
import { normalizeRows } from "../core/normalize_rows.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import OpenAI, { APIError } from "openai";
import { boundedFetch, LimitError } from "../core/bounded_fetch.ts";
import { ArgumentError, CancelledError, KitError } from "../core/errors.ts";
import { hasher } from "../core/hash.ts";
import { isHeaderSafe, redactor, secretsOf } from "../core/redact.ts";
import { EmbeddingCache } from "./cache.ts";
import { encodeTexts } from "./encode.ts";
import type { EncodeOptions, Encoder, TextKind, Vectors } from "./types.ts";

/**
 * Options of {@link endpointEncoder}.
 *
 * @category Encoders
 */
export interface EndpointEncoderOptions {
  /**
   * Base address of an OpenAI-compatible service.
   *
   * @default {"https://api.openai.com/v1"}
   */
  url?: string;
  /** Name of the model at the service. */
  model: string;
  /** Length of a vector; every reply is checked against it. */
  dimension: number;
  /**
   * Environment variable with the key; a local server needs none.
   *
   * @default {"OPENAI_API_KEY"}
   */
  keyVariable?: string;
  /**
   * Text before every query and before every document. Omit for none.
   */
  prompts?: Partial<Record<TextKind, string>>;
  /**
   * Maximum number of texts per request.
   *
   * @default {128}
   */
  batchSize?: number;
  /**
   * Whether to send the dimension, for models that can shorten their vectors.
   *
   * @default {false}
   */
  sendDimension?: boolean;
  /**
   * Retries after a transient failure.
   *
   * @default {4}
   */
  retries?: number;
  /**
   * Milliseconds from sending a request to the last byte of its reply.
   *
   * @default {120000}
   */
  timeout?: number;
  /**
   * Folder of cached vectors, such as `data/cache`. Omit for no cache.
   */
  cache?: string;
}

const ENDPOINT_ENCODER_OPTIONS: OptionKinds<EndpointEncoderOptions> = {
  url: "string",
  model: "string",
  dimension: "number",
  keyVariable: "string",
  prompts: "object",
  batchSize: "number",
  sendDimension: "boolean",
  retries: "number",
  timeout: "number",
  cache: "string",
};

/** Most bytes of a reply, beside those of its numbers. */
const ANSWER_BYTES = 64 * 2 ** 20;
/** Most bytes of one number as JSON. */
const NUMBER_BYTES = 64;

/** Characters of one request: services refuse inputs of several hundred thousand tokens. */
const CHARACTERS = 400_000;

/**
 * An encoder behind an OpenAI-compatible embeddings API. Vectors are normalized. The cache is keyed by address, model,
 * dimension, prompt and text, so it does not notice when the service changes its weights.
 *
 * @throws {KitError} if the service refuses, fails after all retries, or returns other vectors than requested.
 *
 * @example
 * ```ts
 * import { endpointEncoder } from "@syneg/kit";
 * const encoder = endpointEncoder({ url: "http://localhost:8000/v1", model: "your-model", dimension: 768 });
 * console.log(encoder.name, encoder.dimension);
 * ```
 *
 * @category Encoders
 */
export function endpointEncoder(options: EndpointEncoderOptions): Encoder {
  checkOptions<EndpointEncoderOptions>("endpointEncoder", options, ENDPOINT_ENCODER_OPTIONS);
  const { url = "https://api.openai.com/v1", model, dimension, keyVariable = "OPENAI_API_KEY", batchSize = 128 } =
    options;
  if (!(Number.isInteger(dimension) && dimension > 0)) {
    throw new ArgumentError(`dimension must be an integer >= 1, found ${dimension}`, { field: "dimension" });
  }
  if (!(Number.isInteger(batchSize) && batchSize > 0)) {
    throw new ArgumentError(`batchSize must be an integer >= 1, found ${batchSize}`, { field: "batchSize" });
  }
  if (options.timeout !== undefined && !(options.timeout > 0)) {
    throw new ArgumentError(`timeout must be a number > 0, found ${options.timeout}`, { field: "timeout" });
  }
  if (!URL.canParse(url)) {
    throw new ArgumentError(`url must be an address such as http://host/v1, found "${url}"`, { field: "url" });
  }
  const name = `${model} at ${new URL(url).host}`;
  const prompts = { query: options.prompts?.query ?? "", document: options.prompts?.document ?? "" };
  const store = options.cache === undefined ? undefined : new EmbeddingCache(options.cache);
  const fingerprint = (kind: TextKind) =>
    hasher().update("endpoint").update(url).update(model).update(String(dimension)).update(prompts[kind]).digest();
  const bytes = ANSWER_BYTES + batchSize * dimension * NUMBER_BYTES;
  let asked: Service | undefined;
  const encoder: Encoder = {
    kind: "endpoint",
    name,
    dimension,
    similarity: "cosine",
    fingerprint,
    async encode(texts: Iterable<string>, { kind, progress, signal }: EncodeOptions): Promise<Vectors> {
      // Read for each request and never stored: the key is in no file, table or error.
      const ask = asked ??= serviceOf({ ...options, url, name, bytes }, environment(keyVariable)?.trim());
      return await encodeTexts<string>(texts, { kind, progress, signal }, {
        name,
        dimension,
        budget: CHARACTERS,
        prepare: (text) => (prompts[kind] + text).toWellFormed(),
        size: (text) => Math.max(text.length, CHARACTERS / batchSize),
        run: async (inputs) => normalizeRows(await request(ask, inputs, { ...options, name }, signal), dimension),
        cache: store && { store, fingerprint: fingerprint(kind) },
      });
    },
    dispose: () => Promise.resolve(),
  };
  return showing(encoder, { text: () => encoderCard(encoder) });
}

/** The service, and how to show its errors. */
interface Service {
  readonly client: OpenAI;
  /** Text without the key. */
  readonly redact: (text: string) => string;
}

function serviceOf(
  { url, name, bytes, timeout = 120_000, retries = 4 }: EndpointEncoderOptions & {
    url: string;
    name: string;
    bytes: number;
  },
  key: string | undefined,
): Service {
  if (key && !isHeaderSafe(key)) {
    throw new ArgumentError(`Cannot use the key for ${name}: it contains white space or a character outside ASCII`);
  }
  const client = new OpenAI({
    baseURL: url,
    apiKey: key || "EMPTY",
    maxRetries: retries,
    timeout: 86_400_000,
    logLevel: "off",
    // The timeout covers the whole reply.
    fetch: boundedFetch(() => ({ bytes, timeout })),
  });
  return { client, redact: redactor([key ?? "", ...secretsOf(new URL(url))]) };
}

/** The root cause of an error: a limit, a reset, a refused connection. */
function rootOf(error: Error): Error {
  return error.cause instanceof Error && !(error instanceof LimitError) ? rootOf(error.cause) : error;
}

async function request(
  { client, redact }: Service,
  inputs: readonly string[],
  { model, dimension, sendDimension, name }: EndpointEncoderOptions & { name: string },
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const body = {
    model,
    // Most services refuse an empty text; a space gives the same vector.
    input: inputs.map((text) => text === "" ? " " : text),
    encoding_format: "float" as const,
    ...(sendDimension ? { dimensions: dimension } : {}),
  };
  let data: { index: number; embedding: number[] }[];
  try {
    data = (await client.embeddings.create(body, { signal })).data;
  } catch (error) {
    if (signal?.aborted) throw new CancelledError(`Cancelled encoding by ${name}`, {}, { cause: signal.reason });
    if (!(error instanceof Error)) throw error;
    // The client's error contains headers, so it is not attached as the cause.
    const status = error instanceof APIError && error.status !== undefined ? `${error.status}, ` : "";
    const said = status ? error.message.slice(0, 2000) : rootOf(error).message;
    throw new KitError(redact(`Cannot encode by ${name}: ${status || "no answer, "}${said}`));
  }
  if (!Array.isArray(data) || data.length !== inputs.length) {
    throw new KitError(`Cannot encode by ${name}: requested ${inputs.length} vectors, found ${data?.length ?? "none"}`);
  }
  const vectors = new Float32Array(inputs.length * dimension);
  const seen = new Set<number>();
  for (const { index, embedding } of data) {
    if (!(Number.isInteger(index) && index >= 0 && index < inputs.length) || seen.has(index)) {
      throw new KitError(`Cannot encode by ${name}: found the index ${index} among ${inputs.length} vectors`);
    }
    seen.add(index);
    if (!Array.isArray(embedding) || embedding.length !== dimension) {
      throw new KitError(
        `Cannot encode by ${name}: a vector must have ${dimension} numbers, found ${embedding?.length}`,
      );
    }
    const odd = embedding.find((value) => !Number.isFinite(value));
    if (odd !== undefined) {
      throw new KitError(`Cannot encode by ${name}: a vector must have finite numbers, found ${JSON.stringify(odd)}`);
    }
    vectors.set(embedding, index * dimension);
  }
  return vectors;
}
