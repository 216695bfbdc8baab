/**
 * A part of a registry in a configuration: its name alone, or an object with its name and options, such as
 * `{ name: "simans", a: 50 }`.
 *
 * @category Experiments
 */
export type PartConfig = string | {
  /** Name in its registry. */
  readonly name: string;
  /** Its options. */
  readonly [option: string]: unknown;
};

/**
 * How an arm's negatives are refreshed during training.
 *
 * @category Experiments
 */
export type RefreshConfig = {
  /** Name in the registry of refreshes: `ance`, `conan`. */
  readonly name: string;
  /** Optimizer steps between two refreshes. */
  readonly every: number;
  /** Its options. */
  readonly [option: string]: unknown;
};
