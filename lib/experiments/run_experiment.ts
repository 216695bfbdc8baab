import { stopSignal } from "../core/stop.ts";
import { SWEEP_OPTIONS } from "./sweep.ts";
import { ArgumentError } from "../core/errors.ts";
import { checkOptions } from "../core/options.ts";
import { preflight, prepare, prepareRun } from "./prepare.ts";
import { writeRunReport } from "./write_report.ts";
import {
  CREATE_RUN_OPTIONS,
  createRun,
  type CreateRunOptions,
  freePath,
  openRun,
  type RunFolder,
} from "./run_folder.ts";
import { lockedRun } from "./run_lock.ts";
import type { RunSummary } from "./report/summary.ts";
import { type SweepOptions, sweepRun } from "./sweep.ts";
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
  return await finish(await startRun(config, { ...rest, out, reproduces, signal }), { ...rest, signal });
}

/**
 * Makes the run folder and what all cells share, and stops before the first cell. A configuration that cannot be trained
 * leaves no folder.
 *
 * @throws {KitError} if the run folder exists, cannot be made, or an arm has nothing to train on.
 */
export async function startRun(config: ExperimentConfig, options: RunOptions = {}): Promise<RunFolder> {
  checkOptions<RunOptions>("startRun", options, { ...SWEEP_OPTIONS, ...CREATE_RUN_OPTIONS });
  const { out, reproduces, ...rest } = options;
  const signal = stopSignal(rest.signal);
  if (out !== undefined) await freePath(out);
  await preflight(config, signal);
  const run = await createRun(config, { out, reproduces });
  try {
    await prepare(run, { ...rest, signal });
  } catch (error) {
    if (error instanceof ArgumentError) await Deno.remove(run.path, { recursive: true });
    throw error;
  }
  return run;
}

/** Goes on with a run that was cut off: only what is missing runs. */
export async function resumeExperiment(folder: string, options: SweepOptions = {}): Promise<FinishedRun> {
  checkOptions<SweepOptions>("resumeExperiment", options, SWEEP_OPTIONS);
  return await finish(await openRun(folder), { ...options, signal: stopSignal(options.signal) });
}

async function finish(run: RunFolder, options: SweepOptions): Promise<FinishedRun> {
  return await lockedRun(run, "run the experiment", async () => {
    await prepareRun(run, options);
    await sweepRun(run, options);
    return { run, summary: await writeRunReport(run) };
  });
}
