import { writeFolder } from "../core/write_folder.ts";
import { join } from "node:path";
import { cutAt, writeJson, writeModules } from "./folder.ts";
import { quantized, writeSafetensors } from "./write_safetensors.ts";
import type { StaticParts } from "./static_parts.ts";
import type { SaveEncoderOptions } from "./types.ts";

/** Writes a static encoder as a folder that sentence-transformers loads (StaticEmbedding). */
export async function saveStatic(parts: StaticParts, folder: string, options: SaveEncoderOptions = {}): Promise<void> {
  const { embeddings, tokenizer } = parts;
  await writeFolder(folder, async (path) => {
    const tensors = new Map([["embedding.weight", embeddings]]);
    await writeSafetensors(join(path, "model.safetensors"), options.quantize ? quantized(tensors) : tensors);
    await Deno.writeTextFile(join(path, "tokenizer.json"), cutAt(tokenizer.json, tokenizer.maxLength));
    await writeJson(join(path, "tokenizer_config.json"), JSON.parse(tokenizer.configJson));
    const parameters = new Map([[embeddings.name, embeddings]]);
    const dimension = embeddings.shape[1];
    await writeModules(path, "StaticEmbedding", { ...parts, dimension, dense: [], parameters }, options);
  }, { overwrite: options.overwrite, doing: "save the encoder" });
}
