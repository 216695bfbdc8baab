import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError, KitError } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import { readAdapter } from "./adapters/folder.ts";
import { adapted } from "./adapters/lora.ts";
import { EmbeddingCache } from "./cache.ts";
import { cardNames, missingPrompts, unusedPrompt } from "./expected_prompts.ts";
import { folderOf } from "./load_folder.ts";
import { readSettings, type Settings } from "./settings.ts";
import { openWeights } from "./shards.ts";
import { StaticEncoder } from "./static.ts";
import { readStaticTable } from "./static_table.ts";
import { Tokenizer } from "./tokenizer.ts";
import { TransformerEncoder } from "./transformer.ts";
import { wholeDimension } from "./transformer_parts.ts";
import type { TextKind, TrainableEncoder } from "./types.ts";
import { parameter, readParameters } from "./weights.ts";

/**
 * Options of {@link loadEncoder}.
 *
 * @category Encoders
 */
export interface LoadEncoderOptions {
  /** Name in tables and reports. Omit for the source. */
  name?: string;
  /** Most tokens of a text, special ones included. Omit for the model's own limit. */
  maxLength?: number;
  /** Numbers of a vector to keep, for models trained for it (Matryoshka). Omit for the model's own setting. */
  truncateDim?: number;
  /** Folder of an adapter in peft's form, which is added to the weights. Omit for none. */
  adapter?: string;
  /** Text before every query and before every document. Omit for the model's own prompts. */
  prompts?: Partial<Record<TextKind, string>>;
  /** Folder of cached vectors, such as `data/cache`. Vectors of changed weights are not cached. Omit for no cache. */
  cache?: string;
  /** Folder for downloads from the hub. Omit for `data/cache` of the kit. */
  downloads?: string;
  /** Reports downloads. Omit for none. */
  progress?: Progress;
  /** Cancels the download. Omit for none. */
  signal?: AbortSignal;
  /**
   * Threads of `encode`; 0 uses all cores.
   *
   * @default {0}
   */
  threads?: number;
  /**
   * Parallel sessions of `encode`, each with its own threads. The vectors do not change.
   *
   * @default {1}
   */
  sessions?: number;
}

const LOAD_ENCODER_OPTIONS: OptionKinds<LoadEncoderOptions> = {
  name: "string",
  maxLength: "number",
  truncateDim: "number",
  prompts: "object",
  adapter: "string",
  cache: "string",
  downloads: "string",
  progress: "object",
  signal: "object",
  threads: "number",
  sessions: "number",
};

/**
 * Loads an encoder: "built-in", a folder of sentence-transformers or transformers, the output folder of a training or an
 * experiment, or "hf:owner/name@revision". Warns if the model seems to need prompts (E5, BGE, Nomic …) and has none.
 *
 * @throws {KitError} if a file, field or tensor is missing, broken or unknown.
 *
 * @example
 * ```ts
 * import { loadEncoder } from "@syneg/kit";
 * const encoder = await loadEncoder("built-in");
 * const { data, dimension } = await encoder.encode(["a text"], { kind: "query" });
 * console.log(data.length === dimension);
 * await encoder.dispose();
 * ```
 * @category Encoders
 */
export async function loadEncoder(source: string, options: LoadEncoderOptions = {}): Promise<TrainableEncoder> {
  checkOptions<LoadEncoderOptions>("loadEncoder", options, LOAD_ENCODER_OPTIONS);
  checkOptions("loadEncoder, prompts", options.prompts ?? {}, { query: "string", document: "string" });
  const { sessions = 1, adapter } = options;
  if (!(Number.isInteger(sessions) && sessions >= 1)) {
    throw new ArgumentError(`sessions must be an integer >= 1, found ${sessions}`, { field: "sessions" });
  }
  const folder = await folderOf(source, options);
  const settings = await readSettings(folder);
  const { maxLength = settings.maxLength, truncateDim = settings.truncateDim } = options;
  if (!(maxLength > 0)) throw new ArgumentError(`maxLength must be >= 1, found ${maxLength}`, { field: "maxLength" });
  const common = {
    name: options.name ?? source,
    prompts: await promptsOf(source, folder, { settings, given: options.prompts }),
    cache: options.cache === undefined ? undefined : new EmbeddingCache(options.cache),
    maxLength,
  };
  for (const field of ["adapter", "truncateDim"] as const) {
    if (settings.kind === "static" && options[field] !== undefined) {
      throw new ArgumentError(`${field} needs a transformer, found a static encoder`, { field });
    }
  }
  return settings.kind === "static"
    ? await loadStatic(settings, common)
    : await loadTransformer(folder, { ...settings, truncateDim }, {
      ...common,
      threads: options.threads,
      sessions,
      adapter,
    });
}

/** What every encoder needs beside its folder's settings. */
interface Common {
  readonly name: string;
  readonly prompts: Readonly<Record<TextKind, string>>;
  readonly cache: EmbeddingCache | undefined;
  readonly maxLength: number;
}

/** The given prompts, else the folder's. Warns if the model seems to need some and has none. */
async function promptsOf(
  source: string,
  folder: string,
  { settings, given }: { settings: Settings; given?: Partial<Record<TextKind, string>> },
): Promise<Record<TextKind, string>> {
  const prompts = {
    query: given?.query ?? settings.prompts.query,
    document: given?.document ?? settings.prompts.document,
  };
  const names = [source, String(settings.config._name_or_path ?? ""), ...await cardNames(folder)];
  const missing = missingPrompts(names, prompts) ?? unusedPrompt(settings.named.prompts);
  if (missing && !given) console.warn(missing);
  if (!settings.includePrompt && (prompts.query || prompts.document)) {
    throw new KitError("include_prompt is false, but pooling without the prompt's tokens is not supported", {
      file: folder,
    });
  }
  return prompts;
}

async function loadStatic(settings: Settings, { maxLength, ...common }: Common): Promise<StaticEncoder> {
  const tokenizer = await Tokenizer.load(settings.folder, { maxLength, special: false });
  const { shape, data } = readStaticTable(openWeights(settings.folder));
  const embeddings = parameter("embeddings.word", shape, data);
  const { normalize, similarity, named } = settings;
  return new StaticEncoder({ ...common, tokenizer, embeddings, normalize, similarity, named });
}

async function loadTransformer(
  folder: string,
  settings: Settings,
  { maxLength, adapter, ...common }: Common & { threads?: number; sessions: number; adapter?: string },
): Promise<TransformerEncoder> {
  const shape = settings.shape!;
  const most = shape.positions - shape.firstPosition;
  if (maxLength > most) {
    throw new ArgumentError(`maxLength must be at most ${most}, the model's positions, found ${maxLength}`, {
      field: "maxLength",
    });
  }
  const { lowerCase, config: model, truncateDim } = settings;
  const whole = wholeDimension({ ...settings, shape });
  if (truncateDim !== undefined && !(Number.isInteger(truncateDim) && truncateDim >= 1 && truncateDim <= whole)) {
    throw new KitError(`truncate_dim must be from 1 to ${whole}, the length of a vector, found ${truncateDim}`, {
      file: folder,
    });
  }
  const tokenizer = await Tokenizer.load(settings.folder, { maxLength, lowerCase, model, rows: shape.vocabulary });
  const parameters = readParameters(folder, settings);
  const parts = { ...settings, ...common, shape, tokenizer, parameters };
  return new TransformerEncoder(adapter === undefined ? parts : adapted(parts, await readAdapter(parts, adapter)));
}
