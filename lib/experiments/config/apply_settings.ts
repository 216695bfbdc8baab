import { ArgumentError } from "../../core/errors.ts";
import { keysAt } from "../../core/explain.ts";
import { suggestion } from "../../core/nearest.ts";
import type { ExperimentConfig } from "../types.ts";
import { NEGATIVES_KEYS } from "./expand_arm.ts";
import { checkOver } from "./check_config.ts";
import { currentPath } from "./former_keys.ts";
import { CONFIG } from "./schema.ts";

/**
 * Applies `path=value` settings, such as `train.epochs=2`, `train.loss.temperature=0.05` or
 * `arms.hybrid.mix.bm25=4`. A value is JSON, or else text; a path names an arm by its name.
 *
 * @category Experiments
 *
 * @throws {ArgumentError} for an unknown path, with the nearest known keys, or a value outside its domain.
 *
 * @example
 * ```ts
 * import { applySettings, PRESETS } from "../mod.ts";
 * const config = applySettings(PRESETS.facets.config, ["train.epochs=2", "arms.bm25.sampler=top"]);
 * console.log(config.train.epochs); // 2
 * ```
 */
export function applySettings(base: ExperimentConfig, settings: readonly string[]): ExperimentConfig {
  const result = structuredClone(base);
  for (const setting of settings) {
    const split = setting.indexOf("=");
    if (split < 1) throw new ArgumentError(`Cannot apply "${setting}": it must be path=value, such as train.epochs=2`);
    set(result, resolvePath(result, setting.slice(0, split)), literal(setting.slice(split + 1)));
  }
  return checkOver(result, base);
}

type Plain = Record<PropertyKey, unknown>;

/** Sets a value, and makes the objects on its way. */
function set(config: ExperimentConfig, path: readonly PropertyKey[], value: unknown): void {
  let at = config as unknown as Plain;
  path.slice(0, -1).forEach((key, i) => {
    // A part that is only a name becomes an object with its name, so that it can have options.
    if (typeof at[key] === "string") at[key] = { name: at[key] };
    // Options of an arm's own loss begin with the loss of all arms.
    if (at[key] === undefined) at[key] = key === "loss" && i > 0 ? asObject(config.train.loss) : {};
    at = at[key] as Plain;
  });
  at[path.at(-1)!] = value;
}

function asObject(part: ExperimentConfig["train"]["loss"]): Plain {
  return typeof part === "string" ? { name: part } : structuredClone(part) as Plain;
}

function resolvePath(base: ExperimentConfig, path: string): PropertyKey[] {
  const resolved: PropertyKey[] = [];
  let parts = path.split(".");
  for (let i = 0; i < parts.length; i++) {
    if (resolved[0] === "arms" && resolved.length === 1) {
      const [arm, length] = armAt(base, parts.slice(i), path);
      resolved.push(arm);
      i += length - 1;
      // As in a file, settings of negatives may be in the arm itself.
      if (NEGATIVES_KEYS.includes(parts[i + 1])) resolved.push("negatives");
      continue;
    }
    if (i === parts.length - 1) parts = currentPath(parts);
    const known = keysAt(CONFIG, resolved);
    if (known.length > 0 && !known.includes(parts[i])) {
      throw new ArgumentError(`Unknown key "${parts.slice(0, i + 1).join(".")}": ${suggestion(parts[i], known)}`);
    }
    resolved.push(parts[i]);
  }
  return resolved;
}

/** Index of the arm that a path names, and the number of the path's parts in its name, which may contain dots. */
function armAt({ arms }: ExperimentConfig, parts: readonly string[], path: string): [number, number] {
  const rest = parts.join(".");
  const [longest] = arms.filter(({ name }) => rest === name || rest.startsWith(`${name}.`))
    .sort((a, b) => b.name.length - a.name.length);
  if (longest) return [arms.indexOf(longest), longest.name.split(".").length];
  throw new ArgumentError(`Unknown arm "${parts[0]}" in "${path}": ${suggestion(parts[0], arms.map((a) => a.name))}`);
}

function literal(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
