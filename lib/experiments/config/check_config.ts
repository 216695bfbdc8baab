import { measure } from "../../evaluation/mod.ts";
import { ArgumentError } from "../../core/errors.ts";
import { explain } from "../../core/explain.ts";
import { suggestion } from "../../core/nearest.ts";
import type { Encoder } from "../../encoders/mod.ts";
import type { Arm, ArmNegatives, ExperimentConfig } from "../types.ts";
import { currentKeys } from "./former_keys.ts";
import { splitPart } from "./part_schema.ts";
import { filtersOf, lossOf, samplerOf } from "./parts.ts";
import { CONFIG } from "./schema.ts";

/**
 * Checks a configuration: keys, types, domains, and references between its names. Reads the keys of earlier versions,
 * with a note on the console.
 *
 * @category Experiments
 *
 * @throws {ArgumentError} with the path, the value found, and the nearest known keys.
 *
 * @example
 * ```ts
 * import { checkConfig, PRESETS } from "../mod.ts";
 * const config = checkConfig({ ...PRESETS.facets.config, seeds: 2 });
 * console.log(config.seeds); // 2
 * ```
 */
export function checkConfig(value: unknown): ExperimentConfig {
  const current = currentKeys(value);
  const result = CONFIG.safeParse(current);
  if (!result.success) {
    const faults = explain({ schema: CONFIG, value: current, error: result.error });
    throw new ArgumentError(`Cannot use the configuration: ${faults}`);
  }
  const parsed = result.data as ExperimentConfig;
  // Scores carry the measures' canonical names.
  const config = { ...parsed, measures: parsed.measures.map((name) => measure(name).name) };
  checkNames(config);
  checkSplits(config);
  for (const arm of config.arms) checkArm(config, arm);
  const { from, depth } = config.mining;
  if (from > depth) {
    throw new ArgumentError(`mining.from must be an integer from 1 to mining.depth ${depth}, found ${from}`);
  }
  return config;
}

function checkNames({ arms, statistics: { baseline } }: ExperimentConfig): void {
  const names = arms.map((arm) => arm.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new ArgumentError(`Cannot use the configuration: two arms are named "${twice}"`);
  if (names.includes(baseline)) return;
  throw new ArgumentError(`Unknown arm "${baseline}" in statistics.baseline: ${suggestion(baseline, names)}`);
}

function checkSplits({ splits: { train, test }, arms }: ExperimentConfig): void {
  if (train !== test || arms.every(({ method }) => method !== "fine-tuned")) return;
  throw new ArgumentError(
    `Cannot use split "${test}" for training and for test: fine-tuned arms would be tested on their training queries`,
  );
}

function checkArm(config: ExperimentConfig, arm: Arm): void {
  if (arm.method !== "fine-tuned") {
    if (!arm.negatives && !arm.train) return;
    throw new ArgumentError(`Cannot use arm "${arm.name}": method "${arm.method}" takes no negatives and no train`);
  }
  const total = Object.values(arm.negatives?.mix ?? {}).reduce((sum, n) => sum + (n ?? 0), 0);
  if (total === 0 && !{ ...config.train, ...arm.train }.inBatch) {
    throw new ArgumentError(`Cannot train arm "${arm.name}": it has no negatives and train.inBatch is false`);
  }
  if (arm.negatives) checkNegatives(arm.name, arm.negatives);
  try {
    lossOf({ ...config.train, ...arm.train });
    if (arm.negatives && total > 0) samplerOf(arm.negatives, 0);
    filtersOf(arm.negatives?.filters ?? [], () => NO_ENCODER);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new ArgumentError(`Cannot use arm "${arm.name}": ${error.message}`, {}, { cause: error });
  }
}

/** Filters only keep the encoder until they run. */
const NO_ENCODER = {} as Encoder;

/** Checks that sources can provide what an arm asks of them. */
function checkNegatives(arm: string, { mix, sampler = "uniform", refresh }: ArmNegatives): void {
  const refuse = (reason: string) => new ArgumentError(`Cannot use arm "${arm}": ${reason}`);
  if (mix.imported) throw refuse("arms draw from sources that the kit mines or writes, not from imported ones");
  if (refresh && !mix.model) throw refuse("refresh mines the source model, which is not in its mix");
  const { name, options } = splitPart(sampler);
  for (const source of ["random", "bm25"] as const) {
    if (name === "simans" && options.a === undefined && mix[source]) {
      throw refuse(`simans needs cosines, and source ${source} has none`);
    }
  }
}
