import type { ExperimentConfig } from "../types.ts";
import { expandArm, expandTrain } from "./expand_arm.ts";
import { isPlain, type Plain } from "./plain.ts";

/** Objects of which only the keys that are given replace those of the base. */
const MERGED = ["splits", "mining", "train", "statistics"] as const;

/** The full form of a configuration; missing keys are those of `base`. What it does not understand stays for the check. */
export function expandConfig(input: Plain, base: ExperimentConfig): Plain {
  const { $schema: _, extends: __, ...given } = input;
  const config: Plain = { ...base, ...given };
  for (const key of MERGED) {
    const own = key === "train" ? expandTrain(given.train, base.train) : given[key];
    if (isPlain(own)) config[key] = { ...base[key], ...own };
  }
  if (given.arms === undefined) return config;
  config.arms = expandArms(given.arms, config.train);
  // An axis of the base belongs to its arms.
  if (given.sweep === undefined) delete config.sweep;
  const baseline = isPlain(given.statistics) ? given.statistics.baseline : undefined;
  if (baseline === undefined) config.statistics = { ...config.statistics as Plain, baseline: baselineOf(config) };
  return config;
}

function expandArms(arms: unknown, train: unknown): unknown {
  if (Array.isArray(arms)) return arms.map((arm) => isPlain(arm) ? expandArm(arm.name, arm, train) : arm);
  if (!isPlain(arms)) return arms;
  return Object.entries(arms).map(([name, arm]) => expandArm(name, arm, train));
}

/** The baseline of the base if it is among the arms, else the untrained encoder, else the first arm. */
function baselineOf({ arms, statistics }: Plain): unknown {
  const { baseline } = statistics as { baseline?: unknown };
  if (!Array.isArray(arms)) return baseline;
  const plain = arms.filter(isPlain);
  if (plain.some(({ name }) => name === baseline)) return baseline;
  return (plain.find(({ method }) => method === "untrained") ?? plain[0])?.name ?? baseline;
}
