import { join } from "node:path";
import { KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { suggestion } from "../core/nearest.ts";
import { DENSE_ACTIVATIONS, type DenseSettings } from "./blocks/dense.ts";
import type { Pooling } from "./blocks/pooling.ts";
import { Config, readJson } from "./config.ts";

/** Settings in modules.json and of the modules after the first one. */
export interface Modules {
  readonly kind: "static" | "transformer";
  /** Folder of the weights and the tokenizer. */
  readonly folder: string;
  /** Poolings, whose vectors are concatenated. */
  readonly poolings: readonly Pooling[];
  /** Whether pooling includes a prompt's tokens. */
  readonly includePrompt: boolean;
  readonly dense: readonly DenseSettings[];
  readonly normalize: boolean;
}

/** Modules that can follow each one; "" is the beginning. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  "": ["Transformer", "StaticEmbedding"],
  Transformer: ["Pooling"],
  StaticEmbedding: ["Normalize"],
  Pooling: ["Dense", "Normalize"],
  Dense: ["Dense", "Normalize"],
  Normalize: [],
};

/**
 * Reads modules.json of sentence-transformers. Without the file, the encoder is the mean of a transformer's tokens.
 *
 * @throws {KitError} if a module is unknown, at an unsupported position, or has unsupported settings.
 */
export async function readModules(folder: string): Promise<Modules> {
  const file = join(folder, "modules.json");
  if (!await exists(file)) {
    return { kind: "transformer", folder, poolings: ["mean"], includePrompt: true, dense: [], normalize: false };
  }
  const list = await readJson(file);
  if (!Array.isArray(list)) throw new KitError("modules.json must be a list of modules", { file });
  const modules = inOrder(list.map((each) => new Config(each, file)), file);
  const dense: DenseSettings[] = [];
  let pooled: Pick<Modules, "poolings" | "includePrompt"> = { poolings: ["mean"], includePrompt: true };
  for (const { name, path } of modules) {
    const part = join(folder, path);
    if (name === "Pooling") pooled = await readPooling(part);
    else if (name === "Dense") dense.push(await readDense(part, path));
    else if (name === "Normalize") refuseOthers(await Config.optional(join(part, "config.json")));
  }
  const [{ name, path }] = modules;
  return {
    kind: name === "StaticEmbedding" ? "static" : "transformer",
    folder: join(folder, path),
    ...pooled,
    dense,
    normalize: modules.at(-1)!.name === "Normalize",
  };
}

function inOrder(list: readonly Config[], file: string): { name: string; path: string }[] {
  let before = "";
  const modules = list.map((each) => {
    const type = each.text("type");
    const name = type.split(".").at(-1)!;
    const known = Object.keys(NEXT).filter((other) => other !== "");
    if (!known.includes(name)) throw new KitError(`Unknown module "${type}": ${suggestion(name, known)}`, { file });
    if (!NEXT[before].includes(name)) {
      throw new KitError(`The module ${place(before)} must be ${wanted(before)}, found ${name}`, { file });
    }
    before = name;
    return { name, path: safePath(each.values.path ?? "", file) };
  });
  if (before === "" || before === "Transformer") {
    throw new KitError(`The module ${place(before)} must be ${wanted(before)}, found none`, { file });
  }
  return modules;
}

function place(before: string): string {
  return before === "" ? "at the beginning" : `after ${before}`;
}

function wanted(before: string): string {
  return NEXT[before].join(" or ") || "none";
}

function safePath(path: unknown, file: string): string {
  if (typeof path !== "string" || path.startsWith("/") || path.split(/[\\/]/).includes("..")) {
    throw new KitError(`The path of a module must be a folder inside the model's, found ${JSON.stringify(path)}`, {
      file,
    });
  }
  return path;
}

/** Poolings by their names in config.json. */
const NAMES: Readonly<Record<string, Pooling>> = {
  cls: "cls",
  max: "max",
  mean: "mean",
  mean_sqrt_len_tokens: "mean_sqrt",
  weightedmean: "weighted_mean",
  lasttoken: "last",
  last: "last",
};

/** Names in older versions, in the order of their vectors. */
const OLD_NAMES: Readonly<Record<string, Pooling>> = {
  pooling_mode_cls_token: "cls",
  pooling_mode_max_tokens: "max",
  pooling_mode_mean_tokens: "mean",
  pooling_mode_mean_sqrt_len_tokens: "mean_sqrt",
  pooling_mode_weightedmean_tokens: "weighted_mean",
  pooling_mode_lasttoken: "last",
};

async function readPooling(folder: string): Promise<Pick<Modules, "poolings" | "includePrompt">> {
  const { values, file } = await Config.read(join(folder, "config.json"));
  const includePrompt = values.include_prompt !== false;
  if (values.pooling_mode !== undefined) {
    const modes = [values.pooling_mode].flat();
    const unknown = modes.find((mode) => typeof mode !== "string" || !Object.hasOwn(NAMES, mode));
    if (modes.length === 0 || unknown !== undefined) {
      const found = typeof unknown === "string" ? unknown : JSON.stringify(unknown) ?? "nothing";
      throw new KitError(`Pooling must be one of ${Object.keys(NAMES).join(", ")}, found ${found}`, { file });
    }
    return { poolings: modes.map((mode) => NAMES[mode as string]), includePrompt };
  }
  const on = Object.keys(values).filter((key) => key.startsWith("pooling_mode_") && values[key] === true);
  const unknown = on.find((key) => !Object.hasOwn(OLD_NAMES, key));
  if (unknown !== undefined) {
    throw new KitError(`Pooling must be one of ${Object.keys(OLD_NAMES).join(", ")}, found ${unknown}`, { file });
  }
  const poolings = Object.keys(OLD_NAMES).filter((key) => on.includes(key)).map((key) => OLD_NAMES[key]);
  // Without any, sentence-transformers takes the mean.
  return { poolings: poolings.length > 0 ? poolings : ["mean"], includePrompt };
}

async function readDense(folder: string, path: string): Promise<DenseSettings> {
  const config = await Config.read(join(folder, "config.json"));
  refuseOthers(config);
  config.only("use_residual", false);
  const name = config.text("activation_function", "torch.nn.modules.activation.Tanh").split(".").at(-1)!;
  if (!Object.hasOwn(DENSE_ACTIVATIONS, name)) {
    throw new KitError(`Unknown activation "${name}": known: ${Object.keys(DENSE_ACTIVATIONS).join(", ")}`, {
      file: config.file,
      field: "activation_function",
    });
  }
  return {
    folder: path,
    inputs: config.count("in_features"),
    outputs: config.count("out_features"),
    bias: config.values.bias !== false,
    activation: DENSE_ACTIVATIONS[name],
  };
}

/** @throws {KitError} if Dense or Normalize is configured for another vector than the pooled one. */
function refuseOthers(config: Config): void {
  config.only("module_input_name", "sentence_embedding");
  config.only("module_output_name", "sentence_embedding");
}
