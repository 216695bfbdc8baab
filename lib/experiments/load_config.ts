import { parse as parseJsonc, type ParseError, printParseErrorCode } from "jsonc-parser";
import { basename, dirname, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ArgumentError, KitError, suggestion } from "../core/mod.ts";
import { checkOptions } from "../core/options.ts";
import { applySettings } from "./config/apply_settings.ts";
import { checkOver } from "./config/check_config.ts";
import { isPlain } from "./config/plain.ts";
import { selectArms } from "./config/select_arms.ts";
import { PRESETS } from "./presets.ts";
import type { ExperimentConfig } from "./types.ts";

/**
 * Options of {@link loadConfig}.
 *
 * @category Experiments
 */
export interface LoadConfigOptions {
  /**
   * Settings to apply, such as `train.epochs=2`.
   * @default {[]}
   */
  set?: readonly string[];
  /** Names of the arms to keep, in this order; `none` also names the untrained encoder. Omit for all. */
  arms?: readonly string[];
}

/**
 * Loads a configuration from a preset, a JSON file (comments and trailing commas are fine), or the default export of a
 * TypeScript module; then selects arms and applies settings. What a file leaves out is that of the preset or file which
 * it `extends`, by default "facets".
 *
 * @category Experiments
 *
 * @throws {ArgumentError} for an unknown preset, or a configuration or setting that {@link checkConfig} refuses.
 * @throws {KitError} if the file cannot be read, or files extend each other in a circle.
 *
 * @example
 * ```ts
 * import { loadConfig } from "./mod.ts";
 * const config = await loadConfig("facets", { arms: ["none", "dense"], set: ["train.epochs=2", "seeds=5"] });
 * console.log(config.train.epochs, config.seeds, config.arms.length); // 2 5 2
 * ```
 */
export async function loadConfig(source: string, options: LoadConfigOptions = {}): Promise<ExperimentConfig> {
  checkOptions<LoadConfigOptions>("loadConfig", options, { set: "array", arms: "array" });
  const { set = [], arms } = options;
  const base = await load(source, []);
  return applySettings(arms === undefined ? base : selectArms(base, arms), set);
}

async function load(source: string, outer: readonly string[]): Promise<ExperimentConfig> {
  if (!isFile(source)) return presetOf(source);
  const path = resolve(source);
  if (outer.includes(path)) {
    throw new KitError(`Cannot read the configuration: files extend each other in a circle`, { file: path });
  }
  const value = await readValue(path);
  if (!isPlain(value)) return checkOver(value, PRESETS.facets.config);
  const { extends: parent = "facets" } = value;
  if (typeof parent !== "string") {
    throw new ArgumentError(`extends must be the name of a preset or a file, found ${JSON.stringify(parent)}`);
  }
  const base = await load(isFile(parent) ? resolve(dirname(path), parent) : parent, [...outer, path]);
  return checkOver({ name: stem(path), ...value }, base);
}

function isFile(source: string): boolean {
  return /\.(jsonc?|ts|js|mjs)$/.test(source);
}

/** The file's name as that of its configuration. */
function stem(path: string): string {
  return basename(path, extname(path));
}

function presetOf(name: string): ExperimentConfig {
  if (Object.hasOwn(PRESETS, name)) return PRESETS[name].config;
  throw new ArgumentError(`Unknown preset "${name}": ${suggestion(name, Object.keys(PRESETS))}`);
}

async function readValue(path: string): Promise<unknown> {
  let value: unknown;
  try {
    value = /\.jsonc?$/.test(path)
      ? fromJsonc(await Deno.readTextFile(path))
      : (await import(pathToFileURL(path).href)).default;
  } catch (cause) {
    throw new KitError(`Cannot read the configuration: ${(cause as Error).message}`, { file: path }, { cause });
  }
  if (value === undefined) {
    throw new KitError("Cannot read the configuration: the module has no default export", { file: path });
  }
  return value;
}

/** @throws {Error} with line and column of the first fault. */
function fromJsonc(text: string): unknown {
  const errors: ParseError[] = [];
  const value = parseJsonc(text, errors, { allowTrailingComma: true });
  if (errors.length === 0) return value;
  const [{ error, offset }] = errors;
  const before = text.slice(0, offset).split("\n");
  throw new Error(`${printParseErrorCode(error)} at line ${before.length}, column ${before.at(-1)!.length + 1}`);
}
