import type { OptionKinds } from "../core/options.ts";
import { ArgumentError } from "../core/errors.ts";

/**
 * Options of `summarize` and compare.
 *
 * @category Evaluation
 */
export interface SignificanceOptions {
  /**
   * Seed of the resampling.
   *
   * @default {0}
   */
  seed?: number | string;
  /**
   * Resamples, at least 1000.
   *
   * @default {10000}
   */
  rounds?: number;
  /**
   * Level of tests; intervals have confidence 1 - alpha.
   *
   * @default {0.05}
   */
  alpha?: number;
  /** Which measure, where tables of scores hold several. */
  measure?: string;
  /**
   * Whether training seeds are a sample too ("random": the statement is about the method), or the models are taken as
   * they are ("fixed": about these models, over queries alone).
   * @default {"random"}
   */
  seeds?: "random" | "fixed";
}

/** Kinds of {@link SignificanceOptions}. */
export const SIGNIFICANCE_OPTIONS: OptionKinds<SignificanceOptions> = {
  seed: "string|number",
  rounds: "number",
  alpha: "number",
  measure: "string",
  seeds: "string",
};

/** The options with their defaults. */
export type Settings = Required<Omit<SignificanceOptions, "measure">>;

/** Fills in defaults. @throws {ArgumentError} if an option is out of its domain */
export function checked(options: SignificanceOptions): Settings {
  const { seed = 0, rounds = 10_000, alpha = 0.05, seeds = "random" } = options;
  if (!Number.isInteger(rounds) || rounds < 1000) {
    throw new ArgumentError(`Cannot resample ${rounds} times: at least 1000 are wanted`);
  }
  if (!(alpha > 0 && alpha < 1)) throw new ArgumentError(`Cannot use alpha ${alpha}: it must be between 0 and 1`);
  return { seed, rounds, alpha, seeds };
}
