import { fileURLToPath } from "node:url";
import { KitError } from "../core/errors.ts";
import { exists, pathFault } from "../core/files.ts";
import type { Progress } from "../core/progress.ts";
import { hubSnapshot, parseRepository } from "../hub/mod.ts";
import { modelFolder } from "./output_folder.ts";

/** Built-in encoders: names of folders in data/encoders. */
const BUILT_IN: Readonly<Record<string, string>> = {
  "built-in": "static",
};

/** Files of a repository that an encoder needs, without code and other formats of the same weights. */
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

/** Why `path` is not the folder of a model; undefined if it is. */
async function folderFault(path: string): Promise<string | undefined> {
  const known = `an encoder is ${Object.keys(BUILT_IN).join(", ")}, a folder of a model, or hf:owner/name`;
  if (!await exists(path)) return `no folder has this name; ${known}`;
  return (await Deno.stat(path)).isDirectory ? undefined : `it is a file; ${known}`;
}

/** How a model is downloaded. */
export interface DownloadOptions {
  downloads?: string;
  progress?: Progress;
  signal?: AbortSignal;
}

/** The folder of a model: a built-in one, a folder that is there, or a download from the hub. */
export async function folderOf(
  source: string,
  { downloads, signal, progress }: DownloadOptions,
): Promise<string> {
  if (Object.hasOwn(BUILT_IN, source)) {
    return fileURLToPath(new URL(`../../data/encoders/${BUILT_IN[source]}`, import.meta.url));
  }
  if (!source.startsWith("hf:")) {
    const fault = pathFault(source) ?? await folderFault(source);
    if (fault) throw new KitError(`Cannot load an encoder: ${fault}`, { file: source });
    return await modelFolder(source);
  }
  const { repository, revision } = parseRepository(source);
  const options = { revision, patterns: FILES, cache: downloads, signal, progress };
  return (await hubSnapshot(repository, { type: "model", ...options })).folder;
}
