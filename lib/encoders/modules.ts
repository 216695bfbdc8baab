import { join } from "node:path";
import { KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { suggestion } from "../core/nearest.ts";
import { Config, readJson } from "./config.ts";

/**
 * How token vectors become one vector.
 *
 * @category Encoders
 */
export type Pooling = "cls" | "mean" | "last";

/**
 * A linear layer behind the pooling (sentence-transformers' Dense).
 *
 * @category Encoders
 */
export interface DenseSettings {
  /** Folder of its weights, relative to the model's. */
  readonly folder: string;
  /** Width of its input. */
  readonly inputs: number;
  /** Width of its output. */
  readonly outputs: number;
  /** Whether it has a bias. */
  readonly bias: boolean;
  /** Activation behind it. */
  readonly activation: "identity" | "tanh";
}

/** Settings of modules.json and of the modules behind the first one. */
export interface Modules {
  readonly kind: "static" | "transformer";
  /** Folder of the weights and the tokenizer. */
  readonly folder: string;
  readonly pooling: Pooling;
  /** Whether the tokens of a prompt count in the pooling. */
  readonly includePrompt: boolean;
  readonly dense: readonly DenseSettings[];
  readonly normalize: boolean;
}

/** Modules that can follow each one, and come first. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  "": ["Transformer", "StaticEmbedding"],
  Transformer: ["Pooling"],
  StaticEmbedding: ["Normalize"],
  Pooling: ["Dense", "Normalize"],
  Dense: ["Dense", "Normalize"],
  Normalize: [],
};

/**
 * Reads modules.json of sentence-transformers. Without it the encoder is the plain mean of a transformer's tokens.
 *
 * @throws {KitError} if a module is unknown, in an unsupported place, or has unsupported settings.
 */
export async function readModules(folder: string): Promise<Modules> {
  const file = join(folder, "modules.json");
  if (!await exists(file)) {
    return { kind: "transformer", folder, pooling: "mean", includePrompt: true, dense: [], normalize: false };
  }
  const list = await readJson(file);
  if (!Array.isArray(list)) throw new KitError("Found no list of modules", { file });
  const modules = inOrder(list.map((each) => new Config(each, file)), file);
  const dense: DenseSettings[] = [];
  let pooled: Pick<Modules, "pooling" | "includePrompt"> = { pooling: "mean", includePrompt: true };
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
      throw new KitError(`Found the module ${name} ${place(before)}, wanted ${wanted(before)}`, { file });
    }
    before = name;
    return { name, path: safePath(each.values.path ?? "", file) };
  });
  if (before === "" || before === "Transformer") {
    throw new KitError(`Found no module ${place(before)}, wanted ${wanted(before)}`, { file });
  }
  return modules;
}

function place(before: string): string {
  return before === "" ? "at the beginning" : `behind ${before}`;
}

function wanted(before: string): string {
  return NEXT[before].join(" or ") || "none";
}

function safePath(path: unknown, file: string): string {
  if (typeof path !== "string" || path.startsWith("/") || path.split(/[\\/]/).includes("..")) {
    throw new KitError(`Found the module path ${JSON.stringify(path)}, wanted a folder inside the model's`, { file });
  }
  return path;
}

const NEW_NAMES: Readonly<Record<string, Pooling>> = { cls: "cls", mean: "mean", lasttoken: "last", last: "last" };

const OLD_NAMES: Readonly<Record<string, Pooling>> = {
  pooling_mode_cls_token: "cls",
  pooling_mode_mean_tokens: "mean",
  pooling_mode_lasttoken: "last",
};

async function readPooling(folder: string): Promise<Pick<Modules, "pooling" | "includePrompt">> {
  const { values, file } = await Config.read(join(folder, "config.json"));
  const [modes, known] = typeof values.pooling_mode === "string"
    ? [[values.pooling_mode], NEW_NAMES]
    : [Object.keys(values).filter((key) => key.startsWith("pooling_mode_") && values[key] === true), OLD_NAMES];
  if (modes.length !== 1 || !Object.hasOwn(known, modes[0])) {
    throw new KitError(`Found the pooling ${modes.join(" and ") || "nothing"}, wanted one of cls, mean, last`, {
      file,
    });
  }
  return { pooling: known[modes[0]], includePrompt: values.include_prompt !== false };
}

async function readDense(folder: string, path: string): Promise<DenseSettings> {
  const config = await Config.read(join(folder, "config.json"));
  refuseOthers(config);
  config.only("use_residual", false);
  const name = config.text("activation_function", "torch.nn.modules.activation.Tanh").split(".").at(-1)!;
  const activation = name === "Identity" ? "identity" : name === "Tanh" ? "tanh" : undefined;
  if (!activation) {
    throw new KitError(`Unknown activation "${name}", wanted Identity or Tanh`, {
      file: config.file,
      field: "activation_function",
    });
  }
  return {
    folder: path,
    inputs: config.count("in_features"),
    outputs: config.count("out_features"),
    bias: config.values.bias !== false,
    activation,
  };
}

/** @throws {KitError} if Dense or Normalize is set to work on another vector than the pooled one. */
function refuseOthers(config: Config): void {
  config.only("module_input_name", "sentence_embedding");
  config.only("module_output_name", "sentence_embedding");
}
