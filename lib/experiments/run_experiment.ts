import { stopSignal } from "../core/stop.ts";
import { SWEEP_OPTIONS } from "./sweep.ts";
import { checkOptions } from "../core/options.ts";
import { preflight, prepare } from "./prepare.ts";
import { writeReport } from "./report.ts";
import { CREATE_RUN_OPTIONS, createRun, type CreateRunOptions, openRun, type RunFolder } from "./run_folder.ts";
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
  checkOptions<RunOptions>("runExperiment", options, { ...SWEEP_OPTIONS, ...CREATE_RUN_OPTIONS });
  const { out, reproduces, ...rest } = options;
  const signal = stopSignal(rest.signal);
  await preflight(config, signal);
  return await finish(await createRun(config, { out, reproduces }), { ...rest, signal });
}

/** Goes on with a run that was cut off: only what is missing runs. */
export async function resumeExperiment(folder: string, options: SweepOptions = {}): Promise<FinishedRun> {
  checkOptions<SweepOptions>("resumeExperiment", options, SWEEP_OPTIONS);
  return await finish(await openRun(folder), { ...options, signal: stopSignal(options.signal) });
}

async function finish(run: RunFolder, options: SweepOptions): Promise<FinishedRun> {
  await prepare(run, options);
  await sweep(run, options);
  return { run, summary: await writeReport(run) };
}
