import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ArgumentError, KitError, suggestion } from "../core/mod.ts";
import { applySettings, checkConfig } from "./config/config.ts";
import { PRESETS } from "./presets.ts";
import type { ExperimentConfig } from "./types.ts";

/**
 * The configuration behind a preset's name, a JSON file, or a TypeScript module's default export, with settings applied.
 *
 * @example
 * ```ts
 * import { loadConfig } from "@syneg/kit";
 * const config = await loadConfig("facets", { set: ["train.epochs=2", "seeds=5"] });
 * console.log(config.train.epochs, config.seeds); // 2 5
 * ```
 */
export async function loadConfig(
  source: string,
  options: { set?: readonly string[] } = {},
): Promise<ExperimentConfig> {
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
    throw new KitError(`Cannot read a configuration: ${(cause as Error).message}`, { file: path }, { cause });
  }
  if (value === undefined) {
    throw new KitError("Cannot read a configuration: the module has no default export", { file: path });
  }
  return checkConfig(value);
}
