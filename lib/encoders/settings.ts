import { join } from "node:path";
import { KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { suggestion } from "../core/nearest.ts";
import { ARCHITECTURES, Config, type TransformerShape } from "./architectures.ts";
import type { TextKind } from "./types.ts";

/** How token vectors become one vector. */
export type Pooling = "cls" | "mean" | "last";

/** A linear layer behind the pooling (sentence-transformers' Dense). */
export interface DenseSettings {
  /** Folder of its weights, relative to the model's. */
  readonly folder: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
  readonly activation: "identity" | "tanh";
}

/** What a model folder says about itself. */
export interface Settings {
  readonly kind: "static" | "transformer";
  /** Folder of the weights and the tokenizer. */
  readonly folder: string;
  /** Shape of the transformer. */
  readonly shape?: TransformerShape;
  readonly pooling: Pooling;
  readonly dense: readonly DenseSettings[];
  readonly normalise: boolean;
  readonly maxLength: number;
  readonly lowerCase: boolean;
  /** Put before the texts of each kind. */
  readonly prompts: Readonly<Record<TextKind, string>>;
  /** config.json as it was read, to be saved again. */
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Reads what a folder of sentence-transformers or transformers says: modules.json, pooling, prompts, config.json. Without
 * modules.json the mean of the tokens is taken and normalised. Nothing of the folder is executed.
 *
 * @throws {KitError} if a file is broken, or names a module, architecture or setting that the kit does not know.
 */
export async function readSettings(folder: string): Promise<Settings> {
  if (!await exists(folder)) throw new KitError("Cannot load an encoder: the folder is not there", { file: folder });
  const prompts = await readPrompts(folder);
  const file = join(folder, "modules.json");
  const modules = await exists(file)
    ? await readJson(file)
    : [{ path: "", type: "Transformer" }, { type: "Normalize" }];
  if (!Array.isArray(modules)) throw new KitError("Found no list of modules", { file });
  let first: { kind: Settings["kind"]; folder: string } | undefined;
  let pooling: Pooling = "mean";
  let normalise = false;
  const dense: DenseSettings[] = [];
  for (const { path, type } of modules as { path?: unknown; type?: unknown }[]) {
    const part = join(folder, safePath(path ?? "", file));
    const name = String(type).split(".").at(-1)!;
    switch (name) {
      case "Transformer":
        first = { kind: "transformer", folder: part };
        break;
      case "StaticEmbedding":
        first = { kind: "static", folder: part };
        break;
      case "Pooling":
        pooling = await readPooling(part, prompts);
        break;
      case "Dense":
        dense.push(await readDense(part, String(path)));
        break;
      case "Normalize":
        normalise = true;
        break;
      default: {
        const known = ["Transformer", "StaticEmbedding", "Pooling", "Dense", "Normalize"];
        throw new KitError(`Unknown module "${type}": ${suggestion(name, known)}`, { file });
      }
    }
  }
  if (!first) throw new KitError("Found no module that reads text, wanted Transformer or StaticEmbedding", { file });
  const common = { ...first, pooling, dense, normalise, prompts };
  if (first.kind === "static") return { ...common, maxLength: Infinity, lowerCase: false, config: {} };
  const configFile = join(first.folder, "config.json");
  const config = await readJson(configFile) as Record<string, unknown>;
  const modelType = new Config(config, configFile).text("model_type");
  const architecture = ARCHITECTURES[modelType];
  if (!architecture) {
    const known = Object.keys(ARCHITECTURES);
    throw new KitError(`Unknown architecture "${modelType}": ${suggestion(modelType, known)}`, {
      file: configFile,
      field: "model_type",
    });
  }
  const shape = checkedShape(architecture.shape(new Config(config, configFile)), configFile);
  const text = await readOptional(join(first.folder, "sentence_bert_config.json"));
  const tokenizer = await readOptional(join(first.folder, "tokenizer_config.json"));
  const positions = shape.positions - shape.firstPosition;
  const wanted = [text.max_seq_length, tokenizer.model_max_length].find((n) => Number.isSafeInteger(n));
  const maxLength = Math.min(positions, (wanted as number | undefined) ?? positions);
  return { ...common, shape, maxLength, lowerCase: text.do_lower_case === true, config };
}

/** Reads a JSON file. @throws {KitError} if it is missing or no JSON. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "it is not there" : (cause as Error).message;
    throw new KitError(`Cannot read a model's settings: ${why}`, { file }, { cause });
  }
}

async function readOptional(file: string): Promise<Record<string, unknown>> {
  return await exists(file) ? await readJson(file) as Record<string, unknown> : {};
}

function safePath(path: unknown, file: string): string {
  if (typeof path !== "string" || path.startsWith("/") || path.split(/[\\/]/).includes("..")) {
    throw new KitError(`Found the module path ${JSON.stringify(path)}, wanted a folder inside the model's`, { file });
  }
  return path;
}

function checkedShape(shape: TransformerShape, file: string): TransformerShape {
  if (shape.heads === 0 || shape.width % shape.heads !== 0) {
    throw new KitError(`Found ${shape.heads} heads for a width of ${shape.width}: they do not divide it`, { file });
  }
  if (shape.positions <= shape.firstPosition) {
    throw new KitError(`Found ${shape.positions} positions, wanted more than ${shape.firstPosition}`, { file });
  }
  return shape;
}

async function readPrompts(folder: string): Promise<Record<TextKind, string>> {
  const file = join(folder, "config_sentence_transformers.json");
  const { prompts = {}, default_prompt_name } = await readOptional(file) as {
    prompts?: Record<string, unknown>;
    default_prompt_name?: string | null;
  };
  const prompt = (...names: string[]): string => {
    const name = [...names, default_prompt_name ?? ""].find((n) => typeof prompts[n] === "string");
    return name === undefined ? "" : prompts[name] as string;
  };
  return { query: prompt("query"), document: prompt("document", "passage", "corpus") };
}

async function readPooling(folder: string, prompts: Record<TextKind, string>): Promise<Pooling> {
  const file = join(folder, "config.json");
  const config = await readJson(file) as Record<string, unknown>;
  if (config.include_prompt === false && (prompts.query || prompts.document)) {
    throw new KitError("Found include_prompt false: prompts that pooling leaves out are not read", { file });
  }
  const old: Record<string, Pooling> = {
    pooling_mode_cls_token: "cls",
    pooling_mode_mean_tokens: "mean",
    pooling_mode_lasttoken: "last",
  };
  const fresh: Record<string, Pooling> = { cls: "cls", mean: "mean", lasttoken: "last", last: "last" };
  const modes = typeof config.pooling_mode === "string"
    ? [config.pooling_mode]
    : Object.keys(config).filter((key) => key.startsWith("pooling_mode_") && config[key] === true);
  const known = modes.map((mode) => fresh[mode] ?? old[mode]);
  if (known.length !== 1 || known[0] === undefined) {
    throw new KitError(`Found the pooling ${modes.join(" and ") || "nothing"}, wanted one of cls, mean, last`, {
      file,
    });
  }
  return known[0];
}

async function readDense(folder: string, path: string): Promise<DenseSettings> {
  const file = join(folder, "config.json");
  const values = await readJson(file) as Record<string, unknown>;
  const config = new Config(values, file);
  const name = config.text("activation_function", "torch.nn.modules.activation.Tanh").split(".").at(-1)!;
  const activation = { Identity: "identity", Tanh: "tanh" }[name] as DenseSettings["activation"] | undefined;
  if (!activation) {
    throw new KitError(`Unknown activation "${name}", wanted Identity or Tanh`, { file, field: "activation_function" });
  }
  return {
    folder: path,
    inputs: config.count("in_features"),
    outputs: config.count("out_features"),
    bias: values.bias !== false,
    activation,
  };
}
