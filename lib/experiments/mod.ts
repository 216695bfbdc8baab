/**
 * Experiments: configurations, runs of arms and seeds, reports.
 *
 * @example
 * ```ts
 * import { loadConfig } from "./mod.ts";
 * const config = await loadConfig("facets", { set: ["seeds=2", "arms.bm25.negatives.sampler=top"] });
 * console.log(config.arms.length);
 * // const { summary } = await runExperiment(config);
 * ```
 *
 * @module
 */
export { loadConfig, type LoadConfigOptions } from "./load_config.ts";
export { PRESETS } from "./presets.ts";
export { startConfig } from "./config/start_config.ts";
export { configSchema } from "./config/json_schema.ts";
export { applySettings } from "./config/apply_settings.ts";
export { checkConfig } from "./config/check_config.ts";
export type { ArmInput, ArmSettings, ConfigInput } from "./config/config_input.ts";
export type {
  Arm,
  ArmNegatives,
  Cell,
  ExperimentConfig,
  HoldOut,
  Method,
  MiningSettings,
  PartConfig,
  RefreshConfig,
  StatisticsSettings,
  TrainSettings,
  TrialPlan,
} from "./types.ts";

export { type FinishedRun, resumeExperiment, runExperiment, type RunOptions, startRun } from "./run_experiment.ts";
export { preflight, prepare, type PrepareOptions } from "./prepare.ts";
export {
  createRun,
  type CreateRunOptions,
  type Manifest,
  missingCells,
  openRun,
  type RunFolder,
  shownPath,
} from "./run_folder.ts";
export type { Environment } from "./environment.ts";
export { type CellOptions, runCell } from "./cell.ts";
export type { CellReport } from "./cell_report.ts";
export { sweep, type SweepOptions } from "./sweep.ts";
export { type SearchOptions, type SearchResult, searchSettings, type Trial } from "./search_settings.ts";
export { trialConfig, type TrialOptions } from "./trials.ts";
export { slurm, type SlurmOptions } from "./slurm.ts";

export { writeTensorBoard } from "./write_tensorboard.ts";
export { writeReport } from "./write_report.ts";
export { finding, type FindingOptions } from "./report/finding.ts";
export { type Verdict, verdict } from "./report/verdict.ts";
export type { ArmSummary, QueryGroup, RunSummary } from "./report/summary.ts";
export type { ArmBias } from "./report/bias_summary.ts";
export type { ArmForecast, ForecastSummary } from "./report/forecast_summary.ts";
export type { Geometry } from "./geometry.ts";
export type { SourceForecast } from "./forecast.ts";
export type { TransferSummary } from "./report/transfer_summary.ts";
export { type Difference, differences, matters } from "./reproduce.ts";
