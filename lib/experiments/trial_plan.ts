/**
 * Trials of a search for settings.
 *
 * @category Experiments
 */
export interface TrialPlan {
  /** Most cells to run. */
  budget: number;
  /** Each combination of settings, and the arms that have them. */
  trials: { settings: string[]; arms: string[] }[];
}
