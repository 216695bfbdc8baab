export { runCell } from "./cell.ts";
export type { CellOptions, CellReport } from "./cell.ts";
export { applySettings } from "./config/apply_settings.ts";
export { checkConfig } from "./config/check_config.ts";
export type { Environment } from "./environment.ts";
export { finding, type FindingOptions } from "./report/finding.ts";
export { loadConfig, type LoadConfigOptions } from "./load_config.ts";
export { preflight, prepare, type PrepareOptions } from "./prepare.ts";
export { PRESETS } from "./presets.ts";
export { writeReport } from "./write_report.ts";
export { type Difference, differences, matters } from "./reproduce.ts";
export { type FinishedRun, resumeExperiment, runExperiment, type RunOptions, startRun } from "./run_experiment.ts";
export {
  createRun,
  type CreateRunOptions,
  type Manifest,
  missingCells,
  openRun,
  type RunFolder,
} from "./run_folder.ts";
export { slurm, type SlurmOptions } from "./slurm.ts";
export type { ArmSummary, QueryGroup, RunSummary } from "./report/summary.ts";
export { sweep, type SweepOptions } from "./sweep.ts";
export type * from "./types.ts";
