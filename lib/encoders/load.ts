import { checkOptions, type OptionKinds } from "../core/options.ts";
import { fileURLToPath } from "node:url";
import { ArgumentError, KitError } from "../core/errors.ts";
import { exists, pathFault } from "../core/files.ts";
import type { Progress } from "../core/progress.ts";
import { hubSnapshot, parseRepository } from "../hub/mod.ts";
import { EmbeddingCache } from "./cache.ts";
import { cardNames, missingPrompts } from "./expected_prompts.ts";
import { readSettings } from "./settings.ts";
import { openWeights } from "./shards.ts";
import { StaticEncoder } from "./static.ts";
import { Tokenizer } from "./tokenizer.ts";
import { TransformerEncoder } from "./transformer.ts";
import type { TextKind, TrainableEncoder } from "./types.ts";
import { parameter, readParameters } from "./weights.ts";

/** Options of {@link loadEncoder}. */
export interface LoadEncoderOptions {
  /** Name in tables and reports. @default the source */
  name?: string;
  /** Most tokens of a text, special ones included. @default what the model says */
  maxLength?: number;
  /** Put before texts of each kind. @default what the model says */
  prompts?: Partial<Record<TextKind, string>>;
  /** Folder that keeps vectors (those of changed weights never), such as `data/cache`. @default none */
  cache?: string;
  /** Folder for what comes from the hub. @default data/cache of the kit */
  downloads?: string;
  /** Told as files arrive from the hub. */
  progress?: Progress;
  signal?: AbortSignal;
  /** Threads of `encode`. @default 0, as many as there are cores */
  threads?: number;
  /** Sessions of `encode` that compute side by side, each with its threads; the vectors are the same. @default 1 */
  sessions?: number;
}

const LOAD_ENCODER_OPTIONS: OptionKinds<LoadEncoderOptions> = {
  name: "string",
  maxLength: "number",
  prompts: "object",
  cache: "string",
  downloads: "string",
  progress: "object",
  signal: "object",
  threads: "number",
  sessions: "number",
};

/** Encoders that come with the kit, by name, under data/encoders. */
const BUILT_IN: Readonly<Record<string, string>> = {
  "built-in": "static",
};

/**
 * Loads an encoder: "built-in", a folder of sentence-transformers or transformers, or "hf:owner/name@revision". Warns
 * where the model looks like one that was trained with prompts (E5, BGE, Nomic …) and no one sets them.
 *
 * @throws {KitError} naming the file, field or tensor that is missing, broken or unknown.
 *
 * @example
 * ```ts
 * import { loadEncoder } from "@syneg/kit";
 * const encoder = await loadEncoder("built-in");
 * const { data, dimension } = await encoder.encode(["a text"], { kind: "query" });
 * console.log(data.length === dimension);
 * await encoder.dispose();
 * ```
 */
export async function loadEncoder(source: string, options: LoadEncoderOptions = {}): Promise<TrainableEncoder> {
  checkOptions<LoadEncoderOptions>("loadEncoder", options, LOAD_ENCODER_OPTIONS);
  checkOptions("loadEncoder, prompts", options.prompts ?? {}, { query: "string", document: "string" });
  const folder = await folderOf(source, options);
  const settings = await readSettings(folder);
  const name = options.name ?? source;
  const prompts = {
    query: options.prompts?.query ?? settings.prompts.query,
    document: options.prompts?.document ?? settings.prompts.document,
  };
  const missing = missingPrompts(
    [source, String(settings.config._name_or_path ?? ""), ...await cardNames(folder)],
    prompts,
  );
  if (missing && !options.prompts) console.warn(missing);
  if (!settings.includePrompt && (prompts.query || prompts.document)) {
    throw new KitError("Found include_prompt false: prompts that pooling leaves out are not read", { file: folder });
  }
  const cache = options.cache === undefined ? undefined : new EmbeddingCache(options.cache);
  const { maxLength = settings.maxLength, sessions = 1 } = options;
  if (!(Number.isInteger(sessions) && sessions >= 1)) {
    throw new ArgumentError(`sessions must be an integer >= 1, found ${sessions}`, { field: "sessions" });
  }
  if (!(maxLength > 0)) throw new ArgumentError(`Found maxLength ${maxLength}, wanted at least 1`);
  if (settings.kind === "static") {
    const tokenizer = await Tokenizer.load(settings.folder, { maxLength, special: false });
    const weights = openWeights(settings.folder);
    const table = ["embedding.weight", "embeddings"].find((each) => weights.has(each)) ?? "embedding.weight";
    const { shape, data } = weights.read(table);
    if (shape.length !== 2) {
      throw new KitError(`Tensor "${table}" has shape [${shape}], wanted two axes`, { file: weights.file });
    }
    for (const other of ["mapping", "weights"]) {
      if (table === "embeddings" && weights.has(other)) {
        throw new KitError(`Found the tensor "${other}", wanted a row for every token and nothing else`, {
          file: weights.file,
        });
      }
    }
    const embeddings = parameter("embeddings.word", shape, data);
    return new StaticEncoder({
      name,
      tokenizer,
      embeddings,
      normalise: settings.normalise,
      similarity: settings.similarity,
      prompts,
      named: settings.named,
      cache,
    });
  }
  const shape = settings.shape!;
  if (maxLength > shape.positions - shape.firstPosition) {
    throw new ArgumentError(
      `Found maxLength ${maxLength}, wanted at most ${shape.positions - shape.firstPosition}, the model's positions`,
    );
  }
  const tokenizer = await Tokenizer.load(settings.folder, {
    maxLength,
    lowerCase: settings.lowerCase,
    model: settings.config,
    rows: shape.vocabulary,
  });
  const parameters = readParameters(folder, settings);
  return new TransformerEncoder({
    ...settings,
    name,
    shape,
    prompts,
    tokenizer,
    parameters,
    cache,
    threads: options.threads,
    sessions,
  });
}

/** What an encoder needs of a repository: no code, no other formats of the same weights. */
const FILES = [
  "config.json",
  "README.md",
  "adapter_config.json",
  "*_*/adapter_config.json",
  "*_*/config.json",
  "config_sentence_transformers.json",
  "modules.json",
  "sentence_*_config.json",
  "*_*/sentence_*_config.json",
  "tokenizer.json",
  "*_*/tokenizer.json",
  "tokenizer_config.json",
  "*_*/tokenizer_config.json",
  "special_tokens_map.json",
  "*_*/special_tokens_map.json",
  "model.safetensors",
  "*_*/model.safetensors",
  "model.safetensors.index.json",
  "*_*/model.safetensors.index.json",
  "model-*-of-*.safetensors",
  "*_*/model-*-of-*.safetensors",
];

/** Why `path` is no folder; undefined if it is one. */
async function folderFault(path: string): Promise<string | undefined> {
  const known = `wanted ${Object.keys(BUILT_IN).join(", ")}, a folder of a model, or hf:owner/name`;
  if (!await exists(path)) return `there is no folder of this name; ${known}`;
  return (await Deno.stat(path)).isDirectory ? undefined : `it is a file, wanted a folder; ${known}`;
}

async function folderOf(source: string, { downloads, signal, progress }: LoadEncoderOptions): Promise<string> {
  if (Object.hasOwn(BUILT_IN, source)) {
    return fileURLToPath(new URL(`../../data/encoders/${BUILT_IN[source]}`, import.meta.url));
  }
  if (!source.startsWith("hf:")) {
    const fault = pathFault(source) ?? await folderFault(source);
    if (fault) throw new KitError(`Cannot load an encoder: ${fault}`, { file: source });
    return source;
  }
  const { repository, revision } = parseRepository(source);
  const options = { revision, patterns: FILES, cache: downloads, signal, progress };
  return (await hubSnapshot(repository, { type: "model", ...options })).folder;
}
