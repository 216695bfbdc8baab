import { join } from "node:path";
import { ArgumentError, KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import type { Progress } from "../core/progress.ts";
import { type ClassifierLayer, classifierOf } from "./architectures/classifiers.ts";
import { DENSE_ACTIVATIONS, type DenseActivation, type DenseSettings } from "./blocks/dense.ts";
import { checkFolder } from "./check_folder.ts";
import { Config } from "./config.ts";
import { CrossEncoder } from "./cross_encoder.ts";
import { folderOf } from "./load_folder.ts";
import { readTransformer } from "./settings.ts";
import { openWeights } from "./shards.ts";
import { Tokenizer } from "./tokenizer.ts";
import { givesTypes } from "./tokenizer/classes/tokenizer_classes.ts";
import type { Parameter } from "./types.ts";
import { parameter, readParameters } from "./weights.ts";

/**
 * Options of {@link loadCrossEncoder}.
 *
 * @category Encoders
 */
export interface LoadCrossEncoderOptions {
  /** Name in tables and reports. Omit for the source. */
  name?: string;
  /** Most tokens of a pair, special ones included. Omit for the model's own limit. */
  maxLength?: number;
  /** Folder for downloads from the hub. Omit for the kit's data/cache. */
  downloads?: string;
  /** Reports downloads. Omit for none. */
  progress?: Progress;
  /** Cancels the download. Omit for none. */
  signal?: AbortSignal;
  /**
   * Threads per operation; 0 for one per core.
   *
   * @default {0}
   */
  threads?: number;
}

const OPTIONS: OptionKinds<LoadCrossEncoderOptions> = {
  name: "string",
  maxLength: "number",
  downloads: "string",
  progress: "object",
  signal: "object",
  threads: "number",
};

/**
 * Loads a cross-encoder: a folder of sentence-transformers or transformers with a `…ForSequenceClassification` of one
 * label, or "hf:owner/name@revision". Its scores are those of sentence-transformers, the activation that the folder names
 * included.
 *
 * @throws {KitError} naming the file, field or tensor that is missing, broken or unknown.
 *
 * @example
 * ```ts ignore
 * import { loadCrossEncoder } from "@syneg/kit";
 * const reranker = await loadCrossEncoder("hf:cross-encoder/ms-marco-MiniLM-L6-v2");
 * const [score] = await reranker.score([{ query: "why does bread rise", document: "Yeast makes gas." }]);
 * console.log(score > 0);
 * await reranker.dispose();
 * ```
 * @category Encoders
 */
export async function loadCrossEncoder(source: string, options: LoadCrossEncoderOptions = {}): Promise<CrossEncoder> {
  checkOptions<LoadCrossEncoderOptions>("loadCrossEncoder", options, OPTIONS);
  const folder = await folderOf(source, options);
  await checkModules(folder);
  await checkFolder(folder);
  const config = await Config.read(join(folder, "config.json"));
  const classifier = classifierOf(config);
  checkLabels(config);
  const settings = await readTransformer(folder);
  const { shape, lowerCase, config: model } = settings;
  const { maxLength = settings.maxLength } = options;
  const most = shape.positions - shape.firstPosition;
  if (!(maxLength > 0 && maxLength <= most)) {
    throw new ArgumentError(`maxLength must be from 1 to ${most}, the model's positions, found ${maxLength}`, {
      field: "maxLength",
    });
  }
  const tokenizer = await Tokenizer.load(folder, { maxLength, lowerCase, model, rows: shape.vocabulary });
  const poolings = [classifier.pooling];
  const dense = denseOf(classifier.layers, shape.width, await activationOf(folder, config));
  const network = readParameters(folder, { folder, shape, poolings, dense: [] });
  const parameters = new Map([...network, ...readLayers(folder, classifier.layers, dense)]);
  return new CrossEncoder({
    ...{ name: options.name ?? source, shape, parameters, tokenizer, poolings, dense, config: model },
    typed: shape.types > 1 && givesTypes({ config: JSON.parse(tokenizer.configJson), model }),
    normalize: false,
    prompts: { query: "", document: "" },
    threads: options.threads,
  });
}

/**
 * Whether a folder or repository holds a cross-encoder, by the class that config.json names.
 *
 * @example
 * ```ts
 * import { isCrossEncoder } from "./mod.ts";
 * console.log(await isCrossEncoder("built-in")); // false
 * ```
 * @category Encoders
 */
export async function isCrossEncoder(source: string): Promise<boolean> {
  const config = await Config.optional(join(await folderOf(source, {}), "config.json"));
  return [config.values.architectures ?? []].flat().some((name) => String(name).endsWith("ForSequenceClassification"));
}

/** @throws {KitError} if a module beside the transformer would change the score. */
async function checkModules(folder: string): Promise<void> {
  const file = join(folder, "modules.json");
  if (!await exists(file)) return;
  const list = JSON.parse(await Deno.readTextFile(file)) as unknown;
  const types = Array.isArray(list) ? list.map((each) => String(each?.type).split(".").at(-1)) : [];
  if (types.join() !== "Transformer") {
    throw new KitError(`A cross-encoder must have the module Transformer alone, found ${types.join(", ") || "none"}`, {
      file,
    });
  }
  const prompt = (await Config.optional(join(folder, "config_sentence_transformers.json"))).optionalText(
    "default_prompt_name",
  );
  if (prompt) {
    throw new KitError(`Found the default prompt "${prompt}": prompts of cross-encoders are not added`, { file });
  }
}

/** @throws {KitError} unless the classifier has one label; transformers assumes two where the file says nothing. */
function checkLabels(config: Config): void {
  const labels = config.values.id2label
    ? Object.keys(config.part("id2label").values).length
    : config.count("num_labels", 2);
  if (labels === 1) return;
  throw new KitError(`A cross-encoder must have one label, found ${labels}`, { file: config.file, field: "id2label" });
}

/** The activation of the score: named in one of three places, else the logistic function. */
async function activationOf(folder: string, config: Config): Promise<DenseActivation> {
  const own = await Config.optional(join(folder, "config_sentence_transformers.json"));
  const found = [
    own.values.activation_fn,
    config.part("sentence_transformers").values.activation_fn,
    config.values.sbert_ce_default_activation_function,
  ].find((each) => each !== undefined && each !== null);
  const name = String(found ?? "Sigmoid").split(".").at(-1)!;
  if (Object.hasOwn(DENSE_ACTIVATIONS, name)) return DENSE_ACTIVATIONS[name];
  throw new KitError(`Unknown activation "${found}", wanted ${Object.keys(DENSE_ACTIVATIONS).join(", ")}`, {
    file: folder,
    field: "activation_fn",
  });
}

function denseOf(layers: readonly ClassifierLayer[], width: number, last: DenseActivation): DenseSettings[] {
  return layers.map(({ activation, bias, norm }, i) => ({
    folder: "",
    inputs: width,
    outputs: i === layers.length - 1 ? 1 : width,
    bias,
    activation: i === layers.length - 1 ? last : activation,
    ...(norm ? { norm: { epsilon: norm.epsilon, bias: norm.bias } } : {}),
  }));
}

function readLayers(folder: string, layers: readonly ClassifierLayer[], dense: readonly DenseSettings[]) {
  const weights = openWeights(folder);
  const found: [string, Parameter][] = [];
  const read = (name: string, tensor: string, shape: readonly number[]) =>
    found.push([name, parameter(name, shape, weights.read(tensor, shape).data)]);
  layers.forEach(({ tensor, bias, norm }, i) => {
    const { inputs, outputs } = dense[i];
    read(`dense.${i}.weight`, `${tensor}.weight`, [outputs, inputs]);
    if (bias) read(`dense.${i}.bias`, `${tensor}.bias`, [outputs]);
    if (norm) read(`dense.${i}.norm.weight`, `${norm.tensor}.weight`, [outputs]);
    if (norm?.bias) read(`dense.${i}.norm.bias`, `${norm.tensor}.bias`, [outputs]);
  });
  return found;
}
