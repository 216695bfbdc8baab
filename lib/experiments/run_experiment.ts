import { preflight, prepare } from "./prepare.ts";
import { writeReport } from "./report.ts";
import { createRun, type CreateRunOptions, openRun, type RunFolder } from "./run_folder.ts";
import type { RunSummary } from "./summary.ts";
import { sweep, type SweepOptions } from "./sweep.ts";
import type { ExperimentConfig } from "./types.ts";

/** A finished run. */
export interface FinishedRun {
  run: RunFolder;
  summary: RunSummary;
}

/** Options of {@link runExperiment}. */
export type RunOptions = CreateRunOptions & SweepOptions;

/**
 * Runs an experiment from configuration to report: candidates once, then every arm with every seed, then statistics.
 *
 * @throws {KitError} if the run folder exists, or a cell fails; what is finished stays and {@link resumeExperiment} goes on.
 */
export async function runExperiment(config: ExperimentConfig, options: RunOptions = {}): Promise<FinishedRun> {
  await preflight(config, options.signal);
  return await finish(await createRun(config, options), options);
}

/** Goes on with a run that was cut off: only what is missing runs. */
export async function resumeExperiment(folder: string, options: SweepOptions = {}): Promise<FinishedRun> {
  return await finish(await openRun(folder), options);
}

async function finish(run: RunFolder, options: SweepOptions): Promise<FinishedRun> {
  await prepare(run, options);
  await sweep(run, options);
  return { run, summary: await writeReport(run) };
}
