import { join } from "node:path";
import { KitError } from "../../core/errors.ts";
import { writeFolder } from "../../core/write_folder.ts";
import { Config } from "../config.ts";
import { writeJson } from "../folder.ts";
import { Safetensors } from "../safetensors.ts";
import type { TransformerParts } from "../transformer_parts.ts";
import { writeSafetensors } from "../write_safetensors.ts";
import { adapterParameters, type AdapterParts, matrices } from "./lora.ts";

const [CONFIG, WEIGHTS] = ["adapter_config.json", "adapter_model.safetensors"];

/** Settings of peft under which another product is computed, and the values under which it is not. */
const ONLY: Readonly<Record<string, boolean | string | null>> = {
  peft_type: "LORA",
  bias: "none",
  use_dora: false,
  fan_in_fan_out: false,
  modules_to_save: null,
  layer_replication: null,
  trainable_token_indices: null,
  target_parameters: null,
  alora_invocation_tokens: null,
  use_qalora: false,
  lora_bias: false,
};

/** Writes the adapter of an encoder in peft's form. */
export async function saveAdapter(
  parts: TransformerParts,
  folder: string,
  { overwrite, base = parts.name }: { overwrite?: boolean; base?: string } = {},
): Promise<void> {
  const { adapter, parameters } = parts;
  if (!adapter) throw new KitError(`Cannot save the adapter of ${parts.name}: it has none`);
  const names = matrices(parts);
  const tensors = new Map(adapter.names.flatMap((name) =>
    ["A", "B"].map((side) => {
      const { shape, data } = parameters.get(`${name}.lora_${side}`)!;
      return [`base_model.model.${names.get(name)}.lora_${side}.weight`, { shape, data }];
    })
  ));
  await writeFolder(folder, async (path) => {
    await writeSafetensors(join(path, WEIGHTS), tensors);
    await writeJson(join(path, CONFIG), {
      peft_type: "LORA",
      task_type: "FEATURE_EXTRACTION",
      base_model_name_or_path: base,
      r: adapter.rank,
      lora_alpha: adapter.scale * adapter.rank,
      lora_dropout: adapter.dropout,
      target_modules: adapter.names.map((name) => names.get(name)),
      bias: "none",
      fan_in_fan_out: false,
      use_rslora: false,
      use_dora: false,
      init_lora_weights: true,
      inference_mode: true,
    });
  }, { overwrite, doing: "save the adapter" });
}

/**
 * Reads an adapter in peft's form.
 *
 * @throws {KitError} if its kind is not LoRA, its settings are not computed, or its tensors do not fit the encoder.
 */
export async function readAdapter(
  parts: Pick<TransformerParts, "shape" | "parameters">,
  folder: string,
): Promise<AdapterParts> {
  const config = await Config.read(join(folder, CONFIG));
  for (const [field, wanted] of Object.entries(ONLY)) config.only(field, wanted);
  for (const field of ["rank_pattern", "alpha_pattern"]) {
    if (Object.keys(config.part(field).values).length === 0) continue;
    throw new KitError(`Found ${field} by layer, wanted one rank and one alpha for all`, { file: config.file, field });
  }
  const [rank, alpha] = [config.count("r"), config.number("lora_alpha", 8)];
  const scale = alpha / (config.values.use_rslora === true ? Math.sqrt(rank) : rank);
  const weights = Safetensors.open(join(folder, WEIGHTS));
  const ends = matrices(parts);
  const used = new Set<string>();
  const names: string[] = [];
  const parameters = [...ends].flatMap(([name, module]) => {
    const key = (side: string) =>
      weights.names.find((each) =>
        new RegExp(`(^|\\.)${module.replaceAll(".", "\\.")}\\.lora_${side}\\.weight$`).test(each)
      );
    const [a, b] = [key("A"), key("B")];
    if (a === undefined && b === undefined) return [];
    const [outputs, inputs] = parts.parameters.get(`${name}.weight`)!.shape;
    const first = weights.read(a ?? `${module}.lora_A.weight`, [rank, inputs]).data;
    const second = weights.read(b ?? `${module}.lora_B.weight`, [outputs, rank]).data;
    used.add(a!).add(b!);
    names.push(name);
    return adapterParameters(name, { rank, inputs, outputs }, { first, second });
  });
  const left = weights.names.find((name) => !used.has(name));
  if (left !== undefined || names.length === 0) {
    throw new KitError(`Found the tensor ${JSON.stringify(left) ?? "of none"}, which fits no matrix of the encoder`, {
      file: weights.file,
    });
  }
  return { adapter: { rank, alpha, dropout: config.number("lora_dropout", 0), scale, names }, parameters };
}
