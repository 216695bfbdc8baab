import { ArgumentError } from "../core/errors.ts";
import { checkOptions } from "../core/options.ts";
import { applySettings } from "./config/apply_settings.ts";
import type { Arm, ExperimentConfig, TrialPlan } from "./types.ts";

/** Prefixes of the settings that a trial may vary: those that an arm can have for itself. */
const REACH = /^(train\.(?!maxLength\b)|arms\.)/;

/**
 * Options of {@link trialConfig}.
 *
 * @category Experiments
 */
export interface TrialOptions {
  /** Settings with their values, such as `train.learningRate=1e-5,2e-5`. */
  over: readonly string[];
  /** Most cells to run. */
  budget: number;
}

/**
 * The configuration of a search: every combination of the values in `over`, as arms of their own for each fine-tuned arm.
 * The test split is not used: cells are scored on dev.
 *
 * @throws {ArgumentError} for a setting that all arms share, a value outside its domain, no fine-tuned arm, or a budget
 * that does not give every trial one cell an arm.
 *
 * @category Experiments
 *
 * @example
 * ```ts
 * import { loadConfig, trialConfig } from "./mod.ts";
 * const over = ["train.learningRate=0.003,0.01", "train.epochs=1,3"];
 * console.log(trialConfig(await loadConfig("facets", { arms: ["hybrid"] }), { over, budget: 12 }).arms.length); // 4
 * ```
 */
export function trialConfig(
  config: ExperimentConfig,
  options: TrialOptions,
): ExperimentConfig {
  checkOptions<TrialOptions>("trialConfig", options, { over: "array", budget: "number" });
  const { over, budget } = options;
  const combinations = combine(over.map(valuesOf));
  const tuned = config.arms.filter(({ method }) => method === "fine-tuned");
  if (tuned.length === 0) throw new ArgumentError("Cannot search settings: no arm is fine-tuned");
  const least = combinations.length * tuned.length;
  if (!(Number.isInteger(budget) && budget >= least)) {
    throw new ArgumentError(
      `budget must be an integer >= ${least}, a cell for each of ${combinations.length} trials and ${tuned.length} arms; ` +
        `found ${budget}`,
    );
  }
  const trials: TrialPlan["trials"] = combinations.map((settings, i) => ({
    settings,
    arms: tuned.map(({ name }) => trialArm(name, i)),
  }));
  const arms = combinations.flatMap((settings, i) => {
    const own = applySettings(config, settings);
    return tuned.map(({ name }): Arm => {
      const arm = own.arms.find((each) => each.name === name)!;
      const { maxLength: _, ...train } = { ...own.train, ...arm.train };
      return { ...arm, name: trialArm(name, i), train };
    });
  });
  const { sweep: _, ...rest } = config;
  return {
    ...rest,
    name: `${config.name}-search`,
    arms,
    // More seeds than halvings are never needed.
    seeds: Math.ceil(Math.log2(combinations.length)) + 1,
    splits: { ...config.splits, test: config.splits.dev },
    keep: "none",
    transfer: [],
    statistics: { ...config.statistics, baseline: arms[0].name },
    trials: { budget, trials },
  };
}

function trialArm(name: string, i: number): string {
  return `${name}.t${i + 1}`;
}

/** `path=a,b` as `path=a` and `path=b`; a list in brackets is one value. */
function valuesOf(text: string): string[] {
  const split = text.indexOf("=");
  const path = text.slice(0, split);
  if (split < 1 || !REACH.test(path)) {
    throw new ArgumentError(
      `Cannot search over "${text}": it must be path=values with a path of train or arms, such as ` +
        "train.learningRate=1e-5,2e-5; other settings are the same for all arms",
    );
  }
  const values = text.slice(split + 1).split(/,(?![^[{]*[\]}])/).map((value) => value.trim()).filter(Boolean);
  if (values.length === 0) throw new ArgumentError(`Cannot search over "${text}": it has no value`);
  return values.map((value) => `${path}=${value}`);
}

function combine(lists: readonly (readonly string[])[]): string[][] {
  if (lists.length === 0) throw new ArgumentError("Cannot search settings: none is named; use --over path=values");
  return lists.reduce<string[][]>((all, list) => all.flatMap((some) => list.map((value) => [...some, value])), [[]]);
}
