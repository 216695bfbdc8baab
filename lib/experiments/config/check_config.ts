import { measure } from "../../evaluation/mod.ts";
import { ArgumentError } from "../../core/errors.ts";
import { faultsIn } from "../../core/explain.ts";
import { suggestion } from "../../core/nearest.ts";
import type { Encoder } from "../../encoders/mod.ts";
import { PRESETS } from "../presets.ts";
import type { ExperimentConfig } from "../types.ts";
import { checkArm } from "./check_arm.ts";
import { ARM_KEYS } from "./expand_arm.ts";
import { expandConfig } from "./expand_config.ts";
import { currentKeys } from "./former_keys.ts";
import { filterNeeds, filtersOf } from "./parts.ts";
import { isPlain } from "./plain.ts";
import { CONFIG } from "./schema.ts";

/**
 * Checks a configuration and returns its full form: keys, types, domains, and references between its names. Missing keys
 * are those of the preset that it extends (see `ConfigInput`). Reads the keys of earlier versions, with a note on the console.
 *
 * @category Experiments
 *
 * @throws {ArgumentError} with one line a fault: the path, the value found, what is wanted, the nearest known keys.
 *
 * @example
 * ```ts
 * import { checkConfig } from "../mod.ts";
 * const config = checkConfig({ extends: "facets", seeds: 2, arms: { none: null, random: { random: 2 } } });
 * console.log(config.arms.map(({ name }) => name)); // [ "none", "random" ]
 * ```
 */
export function checkConfig(value: unknown): ExperimentConfig {
  return checkOver(value, presetOf(value));
}

/** {@link checkConfig} over a base that a file names. */
export function checkOver(value: unknown, base: ExperimentConfig): ExperimentConfig {
  const current = currentKeys(value);
  const whole = isPlain(current) ? expandConfig(current, base) : current;
  const result = CONFIG.safeParse(whole);
  if (!result.success) {
    throw faulty(faultsIn({ schema: CONFIG, value: whole, error: result.error }).map((text) => named(text, whole)));
  }
  const parsed = result.data as ExperimentConfig;
  const faults = [...checks(parsed)];
  if (faults.length > 0) throw faulty(faults);
  // Scores carry the measures' canonical names.
  return { ...parsed, measures: parsed.measures.map((name) => measure(name).name) };
}

/** The preset that a value extends; a file is named only in files. */
function presetOf(value: unknown): ExperimentConfig {
  const name = isPlain(value) ? value.extends ?? "facets" : "facets";
  if (typeof name === "string" && Object.hasOwn(PRESETS, name)) return PRESETS[name].config;
  const known = suggestion(String(name), Object.keys(PRESETS));
  throw new ArgumentError(`Unknown preset "${name}" in extends: ${known}`);
}

function faulty(faults: readonly string[]): ArgumentError {
  if (faults.length === 1) return new ArgumentError(`Cannot use the configuration: ${faults[0]}`);
  return new ArgumentError(`Cannot use the configuration:\n${faults.map((text) => `  ${text}`).join("\n")}`);
}

/** A fault whose path names an arm by its name instead of its index; unknown keys of arms get the short form's, too. */
function named(text: string, config: unknown): string {
  const arms = isPlain(config) && Array.isArray(config.arms) ? config.arms : [];
  const unknown = /^unknown key "arms\.(\d+)\.([^."]+)": /.exec(text);
  const nameOf = (index: string) => isPlain(arms[Number(index)]) ? arms[Number(index)].name ?? index : index;
  if (unknown) return `unknown key "arms.${nameOf(unknown[1])}.${unknown[2]}": ${suggestion(unknown[2], ARM_KEYS)}`;
  return text.replace(/\barms\.(\d+)\b/, (_, index) => `arms.${nameOf(index)}`);
}

/** Faults in references between parts. */
function* checks(config: ExperimentConfig): Generator<string> {
  const { arms, statistics: { baseline }, splits, mining: { from, depth } } = config;
  const names = arms.map((arm) => arm.name);
  for (const twice of new Set(names.filter((name, i) => names.indexOf(name) !== i))) {
    yield `two arms are named "${twice}"`;
  }
  if (!names.includes(baseline)) {
    yield `Unknown arm "${baseline}" in statistics.baseline: ${suggestion(baseline, names)}`;
  }
  if (splits.train === splits.test && arms.some(({ method }) => method === "fine-tuned")) {
    yield `split "${splits.test}" cannot be used for training and for test: fine-tuned arms would be tested on their ` +
      "training queries";
  }
  if (from > depth) yield `mining.from must be an integer from 1 to mining.depth ${depth}, found ${from}`;
  for (const name of config.measures) yield* faultOf("measures", () => measure(name));
  yield* faultOf("filters", () => filtersOf(config.filters ?? [], filterNeeds(config, () => ({}) as Encoder)));
  for (const arm of arms) yield* checkArm(config, arm);
}

function* faultOf(key: string, work: () => unknown): Generator<string> {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    yield `${key}: ${error.message}`;
  }
}
