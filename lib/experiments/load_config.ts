import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ArgumentError, KitError, suggestion } from "../core/mod.ts";
import { applySettings } from "./config/apply_settings.ts";
import { checkConfig } from "./config/check_config.ts";
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
}

/**
 * Loads a configuration from a preset, a JSON file, or the default export of a TypeScript module, and applies settings.
 *
 * @category Experiments
 *
 * @throws {ArgumentError} for an unknown preset, or a configuration or setting that {@link checkConfig} refuses.
 * @throws {KitError} if the file cannot be read.
 *
 * @example
 * ```ts
 * import { loadConfig } from "./mod.ts";
 * const config = await loadConfig("facets", { set: ["train.epochs=2", "seeds=5"] });
 * console.log(config.train.epochs, config.seeds); // 2 5
 * ```
 */
export async function loadConfig(source: string, options: LoadConfigOptions = {}): Promise<ExperimentConfig> {
  const base = /\.(json|ts|js|mjs)$/.test(source) ? await fromFile(source) : fromPreset(source);
  return applySettings(base, options.set ?? []);
}

function fromPreset(name: string): ExperimentConfig {
  if (!Object.hasOwn(PRESETS, name)) {
    throw new ArgumentError(`Unknown preset "${name}": ${suggestion(name, Object.keys(PRESETS))}`);
  }
  return PRESETS[name].config;
}

async function fromFile(path: string): Promise<ExperimentConfig> {
  let value: unknown;
  try {
    value = path.endsWith(".json")
      ? JSON.parse(await Deno.readTextFile(path))
      : (await import(pathToFileURL(resolve(path)).href)).default;
  } catch (cause) {
    throw new KitError(`Cannot read the configuration: ${(cause as Error).message}`, { file: path }, { cause });
  }
  if (value === undefined) {
    throw new KitError("Cannot read the configuration: the module has no default export", { file: path });
  }
  return checkConfig(value);
}
