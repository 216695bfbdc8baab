import { checkOptions, type OptionKinds } from "../core/options.ts";
import OpenAI, { APIError } from "openai";
import { ArgumentError, CancelledError, KitError } from "../core/errors.ts";
import { hasher } from "../core/hash.ts";
import { EmbeddingCache } from "./cache.ts";
import { encodeTexts, normaliseRows } from "./encode.ts";
import type { EncodeOptions, Encoder, TextKind, Vectors } from "./types.ts";

/** Options of {@link endpointEncoder}. */
export interface EndpointEncoderOptions {
  /** Base address of an OpenAI-compatible service. @default "https://api.openai.com/v1" */
  url?: string;
  /** Name of the model, as the service knows it. */
  model: string;
  /** Length of a vector; sent along and checked against what comes back. */
  dimension: number;
  /** Environment variable that holds the key; a local server needs none. @default "OPENAI_API_KEY" */
  keyVariable?: string;
  /** Put before the texts of each kind. @default none */
  prompts?: Partial<Record<TextKind, string>>;
  /** Most texts of one request. @default 128 */
  batch?: number;
  /** Whether the dimension is sent, for models whose vectors can be shortened. @default false */
  sendDimension?: boolean;
  /** Times a request is tried again after a failure that may pass. @default 4 */
  retries?: number;
  /** Folder that keeps vectors, such as `data/cache`. @default none */
  cache?: string;
}

const ENDPOINT_ENCODER_OPTIONS: OptionKinds<EndpointEncoderOptions> = {
  url: "string",
  model: "string",
  dimension: "number",
  keyVariable: "string",
  prompts: "object",
  batch: "number",
  sendDimension: "boolean",
  retries: "number",
  cache: "string",
};

/** Characters of one request: services refuse inputs of some hundred thousand tokens. */
const CHARACTERS = 400_000;

/**
 * An encoder behind an OpenAI-compatible embeddings API. Vectors are normalised. The service may change its weights
 * unseen: the cache is keyed by address, model, dimension, prompt and text, which is all that can be known.
 *
 * @throws {KitError} when the service refuses, fails after all retries, or answers something else than was asked for.
 */
export function endpointEncoder(options: EndpointEncoderOptions): Encoder {
  checkOptions<EndpointEncoderOptions>("endpointEncoder", options, ENDPOINT_ENCODER_OPTIONS);
  const { url = "https://api.openai.com/v1", model, dimension, keyVariable = "OPENAI_API_KEY", batch = 128 } = options;
  if (!(Number.isInteger(dimension) && dimension > 0)) {
    throw new ArgumentError(`Found dimension ${dimension}, wanted a whole number above 0`, { field: "dimension" });
  }
  if (!(Number.isInteger(batch) && batch > 0)) {
    throw new ArgumentError(`Found batch ${batch}, wanted a whole number above 0`, { field: "batch" });
  }
  if (!URL.canParse(url)) {
    throw new ArgumentError(`Found the address "${url}", wanted one like http://host/v1`, { field: "url" });
  }
  const name = `${model} at ${new URL(url).host}`;
  const prompts = { query: options.prompts?.query ?? "", document: options.prompts?.document ?? "" };
  const store = options.cache === undefined ? undefined : new EmbeddingCache(options.cache);
  const fingerprint = (kind: TextKind) =>
    hasher().update("endpoint").update(url).update(model).update(String(dimension)).update(prompts[kind]).digest();
  let client: OpenAI | undefined;
  return {
    kind: "endpoint",
    name,
    dimension,
    fingerprint,
    async encode(texts: Iterable<string>, { kind, progress, signal }: EncodeOptions): Promise<Vectors> {
      // Read when it is needed and kept nowhere: the key is in no file, table or error.
      client ??= new OpenAI({
        baseURL: url,
        apiKey: Deno.env.get(keyVariable) || "EMPTY",
        maxRetries: options.retries ?? 4,
      });
      const ask = client;
      return await encodeTexts<string>(texts, { kind, progress, signal }, {
        name,
        dimension,
        budget: CHARACTERS,
        prepare: (text) => (prompts[kind] + text).toWellFormed(),
        size: (text) => Math.max(text.length, CHARACTERS / batch),
        run: async (inputs) => normaliseRows(await request(ask, inputs, { ...options, name }, signal), dimension),
        cache: store && { store, fingerprint: fingerprint(kind) },
      });
    },
    dispose: () => Promise.resolve(),
  };
}

async function request(
  client: OpenAI,
  inputs: readonly string[],
  { model, dimension, sendDimension, name }: EndpointEncoderOptions & { name: string },
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const body = {
    model,
    // An empty text is refused by most services; a space is what they make of it.
    input: inputs.map((text) => text === "" ? " " : text),
    encoding_format: "float" as const,
    ...(sendDimension ? { dimensions: dimension } : {}),
  };
  let data: { index: number; embedding: number[] }[];
  try {
    data = (await client.embeddings.create(body, { signal })).data;
  } catch (error) {
    if (signal?.aborted) throw new CancelledError(`Cancelled encoding by ${name}`, {}, { cause: signal.reason });
    if (!(error instanceof APIError)) throw error;
    throw new KitError(`Cannot encode by ${name}: ${error.status ?? "no answer"}, ${error.message}`, {}, {
      cause: error,
    });
  }
  if (!Array.isArray(data) || data.length !== inputs.length) {
    throw new KitError(`Cannot encode by ${name}: asked for ${inputs.length} vectors, found ${data?.length ?? "none"}`);
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
        `Cannot encode by ${name}: found ${embedding?.length} numbers in a vector, wanted ${dimension}`,
      );
    }
    const odd = embedding.find((value) => !Number.isFinite(value));
    if (odd !== undefined) {
      throw new KitError(`Cannot encode by ${name}: found ${JSON.stringify(odd)} in a vector, wanted finite numbers`);
    }
    vectors.set(embedding, index * dimension);
  }
  return vectors;
}
