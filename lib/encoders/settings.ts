import { join } from "node:path";
import { KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { architectureOf, ARCHITECTURES, whyUnknown } from "./architectures/mod.ts";
import type { TransformerShape } from "./blocks/shape.ts";
import { checkFolder } from "./check_folder.ts";
import { Config } from "./config.ts";
import { type Modules, readModules } from "./modules.ts";
import { readSimilarity } from "./similarity.ts";
import type { Similarity, TextKind } from "./types.ts";

/** Settings of a model folder. */
export interface Settings extends Modules {
  /** Shape of the transformer. */
  readonly shape?: TransformerShape;
  /** Most tokens of a text, special ones included. */
  readonly maxLength: number;
  readonly lowerCase: boolean;
  /** Text before every query and before every document. */
  readonly prompts: Readonly<Record<TextKind, string>>;
  /** All prompts of the folder by name, and the default one, kept for saving. */
  readonly named: NamedPrompts;
  /** Numbers of a vector that are kept; undefined for all. */
  readonly truncateDim?: number;
  /** How vectors are compared. */
  readonly similarity: Similarity;
  /** config.json as it was read, kept for saving. */
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Prompts of config_sentence_transformers.json.
 *
 * @category Encoders
 */
export interface NamedPrompts {
  /** Prompts by name. */
  readonly prompts: Readonly<Record<string, string>>;
  /** Name of the default prompt; null without one. */
  readonly default_prompt_name: string | null;
}

/** Files that may set the maximum length: the first one with a setting wins, as in sentence-transformers. */
const TEXT_SETTINGS = ["bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet"]
  .map((name) => `sentence_${name}_config.json`);

/**
 * Reads the settings of a folder of sentence-transformers or transformers: modules.json, pooling, prompts, config.json.
 * Nothing in the folder is executed.
 *
 * @throws {KitError} if a file is broken, or names a module, architecture or setting that the kit does not know.
 */
export async function readSettings(folder: string): Promise<Settings> {
  if (!await exists(folder)) throw new KitError("Cannot load an encoder: the folder is not there", { file: folder });
  const config = await Config.optional(join(folder, "config_sentence_transformers.json"));
  const { prompts, named } = readPrompts(config);
  const similarity = readSimilarity(config);
  const truncateDim = config.limit("truncate_dim");
  const modules = await readModules(folder);
  await checkFolder(modules.folder);
  if (modules.kind === "static") config.only("truncate_dim", null);
  return modules.kind === "static"
    ? {
      ...modules,
      prompts,
      named,
      similarity,
      maxLength: await staticLength(modules.folder),
      lowerCase: false,
      config: {},
    }
    : { ...modules, prompts, named, similarity, truncateDim, ...await readTransformer(modules.folder) };
}

/** Maximum length of a static encoder, which only tokenizer.json sets. */
async function staticLength(folder: string): Promise<number> {
  const truncation = (await Config.read(join(folder, "tokenizer.json"))).part("truncation");
  truncation.only("direction", "Right");
  return truncation.limit("max_length") ?? Infinity;
}

/** Reads config.json and the greatest length of a transformer's folder. */
export async function readTransformer(
  folder: string,
): Promise<Required<Pick<Settings, "shape" | "maxLength" | "lowerCase" | "config">>> {
  const config = await Config.read(join(folder, "config.json"));
  const type = config.text("model_type");
  const why = whyUnknown(type);
  if (why && !ARCHITECTURES.names.includes(type)) {
    throw new KitError(`Unknown architecture "${type}": ${why}`, { file: config.file, field: "model_type" });
  }
  const known = Object.fromEntries(ARCHITECTURES.names.map((name) => [name, architectureOf(name)]));
  const architecture = config.choice("model_type", { what: "architecture", known });
  config.only("is_decoder", false);
  const shape = checkedShape(architecture.shape(config), config.file);
  const text = await readTextSettings(folder);
  const tokenizer = await Config.optional(join(folder, "tokenizer_config.json"));
  tokenizer.only("truncation_side", "right");
  const positions = shape.positions - shape.firstPosition;
  const wanted = [
    text.part("processing_kwargs").part("text").limit("max_length"),
    text.limit("max_seq_length"),
    tokenizer.limit("model_max_length"),
  ].find((length) => length !== undefined);
  return {
    shape,
    maxLength: Math.min(positions, wanted ?? positions),
    lowerCase: text.values.do_lower_case === true,
    config: kept(await Deno.readTextFile(config.file)),
  };
}

/** Settings as they are to be saved: 2.0 stays 2.0, because transformers refuses a whole number for a real one. */
function kept(json: string): Record<string, unknown> {
  return NUMBERS.parse(
    json,
    (_, value, { source = "" }) => Number.isInteger(value) && /[.e]/i.test(source) ? NUMBERS.rawJSON(source) : value,
  ) as Record<string, unknown>;
}

/** JSON with the source text of numbers (ECMAScript 2026), which TypeScript's library does not have yet. */
const NUMBERS = JSON as unknown as {
  parse(json: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(source: string): unknown;
};

async function readTextSettings(folder: string): Promise<Config> {
  for (const name of TEXT_SETTINGS) {
    const config = await Config.optional(join(folder, name));
    if (Object.keys(config.values).length > 0) return config;
  }
  return new Config({}, folder);
}

function checkedShape(shape: TransformerShape, file: string): TransformerShape {
  const { heads, width, keyHeads = heads } = shape;
  if (heads === 0 || (shape.headWidth === undefined && width % heads !== 0)) {
    throw new KitError(`Found ${heads} heads for a width of ${width}: they do not divide it`, { file });
  }
  if (keyHeads === 0 || heads % keyHeads !== 0) {
    throw new KitError(`Found ${keyHeads} heads of keys for ${heads} of queries: they do not divide them`, { file });
  }
  if (shape.positions <= shape.firstPosition) {
    throw new KitError(`Found ${shape.positions} positions, wanted more than ${shape.firstPosition}`, { file });
  }
  return shape;
}

function readPrompts(config: Config): Pick<Settings, "prompts" | "named"> {
  const { values: prompts } = config.part("prompts");
  // default_prompt_name is for other texts: encode_query and encode_document do not fall back on it either.
  const prompt = (name: string): string => Object.hasOwn(prompts, name) ? String(prompts[name] ?? "") : "";
  const given = Object.entries(prompts).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const named = { prompts: Object.fromEntries(given), default_prompt_name: config.optionalText("default_prompt_name") };
  return { prompts: { query: prompt("query"), document: prompt("document") }, named };
}
