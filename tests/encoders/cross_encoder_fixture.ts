import { join } from "node:path";
import { Safetensors, writeSafetensors } from "../../lib/encoders/mod.ts";
import { copyOf, edit, FIXTURES } from "./fixtures.ts";

/** What sentence-transformers' CrossEncoder gives: see make_cross_encoders.py. */
export interface Reference {
  readonly pairs: readonly [string, string][];
  readonly scores: number[];
  readonly ids: number[][];
  readonly types: number[][];
  readonly length: number;
  readonly prefix: string;
  readonly tokenizer: Record<string, unknown>;
}

/** A tiny encoder's folder with a classifier. */
export async function crossEncoderFolder(name: string): Promise<{ folder: string; reference: Reference }> {
  const [folder, head] = [await copyOf(name), join(FIXTURES, "cross", name)];
  const reference = JSON.parse(await Deno.readTextFile(join(head, "reference.json"))) as Reference;
  const tensors = new Map<string, ReturnType<Safetensors["read"]>>();
  const encoder = Safetensors.open(join(folder, "model.safetensors"));
  for (const each of encoder.names) tensors.set(reference.prefix + each, encoder.read(each));
  const layers = Safetensors.open(join(head, "head.safetensors"));
  for (const each of layers.names) tensors.set(each, layers.read(each));
  await writeSafetensors(join(folder, "model.safetensors"), tensors, { overwrite: true });
  for (const file of ["config.json", "config_sentence_transformers.json"]) {
    await Deno.copyFile(join(head, file), join(folder, file));
  }
  await edit(join(folder, "tokenizer_config.json"), (config) => {
    Object.assign(config, reference.tokenizer, { model_max_length: reference.length });
  });
  for (const file of ["modules.json", "sentence_bert_config.json"]) await Deno.remove(join(folder, file));
  return { folder, reference };
}
