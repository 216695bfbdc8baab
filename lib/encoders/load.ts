import { join } from "node:path";
import { ArgumentError, KitError } from "../core/errors.ts";
import { EmbeddingCache } from "./cache.ts";
import { Safetensors } from "./safetensors.ts";
import { readSettings } from "./settings.ts";
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
  /** Folder that keeps vectors, such as `data/cache`. Changed weights are never cached. @default none */
  cache?: string;
  /** Threads of `encode`. @default 0, as many as there are cores */
  threads?: number;
}

/** Encoders that come with the kit, by name, under data/encoders. */
const BUILT_IN: Readonly<Record<string, string>> = {
  "built-in": "static",
};

/**
 * Loads an encoder: "built-in", a folder of sentence-transformers or transformers, or "hf:owner/name@revision".
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
  const folder = folderOf(source);
  const settings = await readSettings(folder);
  const name = options.name ?? source;
  const prompts = { ...settings.prompts, ...options.prompts };
  const cache = options.cache === undefined ? undefined : new EmbeddingCache(options.cache);
  const { maxLength = settings.maxLength } = options;
  if (!(maxLength > 0)) throw new ArgumentError(`Found maxLength ${maxLength}, wanted at least 1`);
  if (settings.kind === "static") {
    const tokenizer = await Tokenizer.load(settings.folder, { maxLength, special: false });
    const weights = Safetensors.open(join(settings.folder, "model.safetensors"));
    const table = ["embedding.weight", "embeddings"].find((each) => weights.has(each)) ?? "embedding.weight";
    const { shape, data } = weights.read(table);
    if (shape.length !== 2) {
      throw new KitError(`Tensor "${table}" has shape [${shape}], wanted two axes`, { file: weights.file });
    }
    if (settings.dense.length > 0) {
      throw new KitError("A static encoder with Dense modules is not read", { file: folder });
    }
    const embeddings = parameter("embeddings.word", shape, data);
    return new StaticEncoder({ name, tokenizer, embeddings, normalise: settings.normalise, prompts, cache });
  }
  const shape = settings.shape!;
  if (maxLength > shape.positions - shape.firstPosition) {
    throw new ArgumentError(
      `Found maxLength ${maxLength}, wanted at most ${shape.positions - shape.firstPosition}, the model's positions`,
    );
  }
  const tokenizer = await Tokenizer.load(settings.folder, { maxLength, lowerCase: settings.lowerCase });
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
  });
}

function folderOf(source: string): string {
  const builtIn = BUILT_IN[source];
  if (builtIn !== undefined) return join(import.meta.dirname!, "..", "..", "data", "encoders", builtIn);
  if (!source.startsWith("hf:")) return source;
  throw new ArgumentError(`Cannot load "${source}": encoders of the hub are not read yet`);
}
