import { join } from "node:path";
import { DENSE_ACTIVATIONS, type DenseSettings } from "./blocks/dense.ts";
import type { Pooling } from "./blocks/pooling.ts";
import type { SaveEncoderOptions, Similarity, TextKind } from "./types.ts";
import type { NamedPrompts } from "./settings.ts";
import { writeSafetensors } from "./write_safetensors.ts";
import type { Parameter } from "./types.ts";

/** An encoder's settings in the files of sentence-transformers. */
export interface FolderParts {
  /** Length of a vector before it is truncated. */
  readonly dimension: number;
  /** Width of a token's vector. Omit for `dimension`. */
  readonly width?: number;
  readonly poolings?: readonly Pooling[];
  readonly truncateDim?: number;
  readonly dense: readonly DenseSettings[];
  readonly normalize: boolean;
  readonly similarity?: Similarity;
  readonly named?: NamedPrompts;
  readonly prompts: Readonly<Record<TextKind, string>>;
  readonly parameters: ReadonlyMap<string, Parameter>;
}

/** Writes modules.json, the modules after the first one, the prompts and the model card. */
export async function writeModules(
  folder: string,
  first: "Transformer" | "StaticEmbedding",
  parts: FolderParts,
  options: SaveEncoderOptions,
): Promise<void> {
  const modules = [{ idx: 0, name: "0", path: "", type: `sentence_transformers.models.${first}` }];
  const add = async (type: string, config: Record<string, unknown>) => {
    const idx = modules.length;
    modules.push({ idx, name: String(idx), path: `${idx}_${type}`, type: `sentence_transformers.models.${type}` });
    await Deno.mkdir(join(folder, `${idx}_${type}`));
    await writeJson(join(folder, `${idx}_${type}`, "config.json"), config);
    return join(folder, `${idx}_${type}`);
  };
  if (parts.poolings) {
    await add("Pooling", poolingConfig(parts.width ?? parts.dimension, parts.poolings));
  }
  for (const [i, { inputs, outputs, bias, activation }] of parts.dense.entries()) {
    const path = await add("Dense", {
      in_features: inputs,
      out_features: outputs,
      bias,
      activation_function: torchName(activation),
    });
    const tensors = new Map(
      ["weight", "bias"].flatMap((kind) => {
        const found = parts.parameters.get(`dense.${i}.${kind}`);
        return found ? [[`linear.${kind}`, found]] : [];
      }),
    );
    await writeSafetensors(join(path, "model.safetensors"), tensors);
  }
  if (parts.normalize) await add("Normalize", {});
  await writeJson(join(folder, "modules.json"), modules);
  await writeJson(join(folder, "config_sentence_transformers.json"), {
    __version__: { sentence_transformers: "5.0.0" },
    model_type: "SentenceTransformer",
    prompts: { ...parts.named?.prompts, ...parts.prompts },
    default_prompt_name: parts.named?.default_prompt_name ?? null,
    similarity_fn_name: parts.similarity ?? "cosine",
    ...(parts.truncateDim === undefined ? {} : { truncate_dim: parts.truncateDim }),
  });
  await Deno.writeTextFile(join(folder, "README.md"), modelCard(parts, options));
}

/** Poolings by their names in files that every version of sentence-transformers reads, in the order of their vectors. */
const MODES: Readonly<Record<Pooling, string>> = {
  cls: "cls_token",
  max: "max_tokens",
  mean: "mean_tokens",
  mean_sqrt: "mean_sqrt_len_tokens",
  weighted_mean: "weightedmean_tokens",
  last: "lasttoken",
};

function poolingConfig(width: number, poolings: readonly Pooling[]): Record<string, unknown> {
  const order = (Object.keys(MODES) as Pooling[]).filter((each) => poolings.includes(each));
  if (order.join() !== poolings.join()) {
    // Only newer versions support another order of vectors.
    const names: Readonly<Record<string, string>> = {
      mean_sqrt: "mean_sqrt_len_tokens",
      weighted_mean: "weightedmean",
      last: "lasttoken",
    };
    return {
      embedding_dimension: width,
      pooling_mode: poolings.map((each) => names[each] ?? each),
      include_prompt: true,
    };
  }
  return {
    word_embedding_dimension: width,
    ...Object.fromEntries(
      Object.entries(MODES).map(([each, name]) => [`pooling_mode_${name}`, poolings.includes(each as Pooling)]),
    ),
    include_prompt: true,
  };
}

/** An activation's class in PyTorch. */
function torchName(activation: DenseSettings["activation"]): string {
  const [name] = Object.entries(DENSE_ACTIVATIONS).find(([, each]) => each === activation)!;
  return `torch.nn.modules.${name === "Identity" ? "linear" : "activation"}.${name}`;
}

/** Writes indented JSON. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(file, JSON.stringify(value, null, 2) + "\n");
}

/** Roles of special tokens, by their names in BERT and RoBERTa. */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  pad_token: ["[PAD]", "<pad>"],
  unk_token: ["[UNK]", "<unk>"],
  cls_token: ["[CLS]", "<s>"],
  sep_token: ["[SEP]", "</s>"],
  mask_token: ["[MASK]", "<mask>"],
};

/**
 * A complete tokenizer_config.json. In old folders, the class and the special tokens come from files that are not kept.
 * Then the class is the one that reads tokenizer.json as is, and the roles of its special tokens are added.
 */
export function tokenizerConfig(json: string, configJson: string): Record<string, unknown> {
  const config = JSON.parse(configJson) as Record<string, unknown>;
  if (config.tokenizer_class) return config;
  const { added_tokens = [] } = JSON.parse(json) as { added_tokens?: { content: string; special?: boolean }[] };
  const special = new Set(added_tokens.filter((token) => token.special).map((token) => token.content));
  const filled: Record<string, unknown> = { ...config, tokenizer_class: "PreTrainedTokenizerFast" };
  for (const [role, names] of Object.entries(ROLES)) filled[role] ??= names.find((name) => special.has(name));
  return filled;
}

/** tokenizer.json that truncates texts, or never does: a static encoder has no other file for this setting. */
export function cutAt(json: string, maxLength: number): string {
  const parsed = JSON.parse(json);
  if ((parsed.truncation?.max_length ?? Infinity) === maxLength) return json;
  const truncation = maxLength === Infinity
    ? null
    : { direction: "Right", max_length: maxLength, strategy: "LongestFirst", stride: 0 };
  return JSON.stringify({ ...parsed, truncation });
}

function modelCard(
  { dimension, truncateDim, poolings, prompts }: FolderParts,
  { card = "", quantize }: SaveEncoderOptions,
): string {
  const prompted = Object.entries(prompts).filter(([, prompt]) => prompt !== "");
  return [
    "---",
    "library_name: sentence-transformers",
    "pipeline_tag: sentence-similarity",
    "tags:",
    "- sentence-transformers",
    "- feature-extraction",
    "- dense-retrieval",
    "- syneg-kit",
    "---",
    "",
    "# Text encoder",
    "",
    `Turns texts into vectors of ${truncateDim ?? dimension} numbers${
      poolings ? ` (${poolings.join(" and ")} of the tokens)` : ""
    }, trained with SyNeg Kit.`,
    ...prompted.map(([kind, prompt]) => `Every ${kind} needs the prompt \`${prompt}\`.`),
    "",
    ...(quantize ? INT8 : PYTHON),
    "",
    ...(poolings === undefined || quantize ? [] : [
      "`onnx/model.onnx` takes `input_ids` and `attention_mask` (right-padded) and returns `last_hidden_state` and",
      "`sentence_embedding`.",
      "",
    ]),
    card.trim(),
    "",
  ].join("\n");
}

const PYTHON = [
  "```python",
  "from sentence_transformers import SentenceTransformer",
  "",
  'model = SentenceTransformer("this folder")',
  'vectors = model.encode(["a text"])',
  "```",
];

const INT8 = [
  "The weights are int8, with the scales of the rows in separate tensors, which only SyNeg Kit reads. Saved from there",
  "without `quantize`, the encoder loads in sentence-transformers.",
];
