import { ArgumentError } from "../../core/errors.ts";
import { suggestion } from "../../core/nearest.ts";
import type { Arm, ExperimentConfig } from "../types.ts";

/**
 * The configuration with some of its arms, in the order of `names`. The name `none` also means the untrained
 * encoder, whatever its arm is called. A baseline that is left out is replaced by the first arm.
 *
 * @throws {ArgumentError} for an unknown arm, with the nearest known ones, or one that is named twice.
 */
export function selectArms(config: ExperimentConfig, names: readonly string[]): ExperimentConfig {
  const arms = names.map((name) => armOf(config, name));
  const twice = arms.find((arm, i) => arms.indexOf(arm) !== i);
  if (twice) throw new ArgumentError(`Cannot select arm "${twice.name}" twice`);
  if (arms.length === 0) throw new ArgumentError("Cannot select arms: no name is given");
  const { baseline } = config.statistics;
  const kept = arms.some(({ name }) => name === baseline) ? baseline : arms[0].name;
  return { ...config, arms, statistics: { ...config.statistics, baseline: kept } };
}

function armOf({ arms }: ExperimentConfig, name: string): Arm {
  const arm = arms.find((arm) => arm.name === name) ??
    (name === "none" ? arms.find(({ method }) => method === "untrained") : undefined);
  if (arm) return arm;
  throw new ArgumentError(`Unknown arm "${name}": ${suggestion(name, [...arms.map((arm) => arm.name), "none"])}`);
}
