import { ArgumentError } from "../core/errors.ts";
import { checkOptions } from "../core/options.ts";
import { stopSignal } from "../core/stop.ts";
import { checkConfig } from "./config/check_config.ts";
import { preflight, prepare, prepareRun } from "./prepare.ts";
import type { RunSummary } from "./report/summary.ts";
import {
  CREATE_RUN_OPTIONS,
  createRun,
  type CreateRunOptions,
  freePath,
  openRun,
  type RunFolder,
} from "./run_folder.ts";
import { lockedRun } from "./run_lock.ts";
import { SWEEP_OPTIONS, type SweepOptions, sweepRun } from "./sweep.ts";
import type { ExperimentConfig } from "./types.ts";
import { writeRunReport } from "./write_report.ts";

/**
 * A finished run.
 *
 * @category Experiments
 */
export interface FinishedRun {
  /** Its folder. */
  run: RunFolder;
  /** Its numbers. */
  summary: RunSummary;
}

/**
 * Options of {@link runExperiment}.
 *
 * @category Experiments
 */
export type RunOptions = CreateRunOptions & SweepOptions;

/**
 * Runs an experiment from configuration to report: mines candidates once, trains every arm with every seed, computes the
 * statistics.
 *
 * @category Experiments
 *
 * @throws {KitError} if the run folder exists, or a cell fails. Finished cells stay; {@link resumeExperiment} continues.
 *
 * @example
 * ```ts ignore
 * import { loadConfig, runExperiment } from "./mod.ts";
 * const { summary } = await runExperiment(await loadConfig("facets", { set: ["seeds=2"] }));
 * console.log(summary.best);
 * ```
 */
export async function runExperiment(config: ExperimentConfig, options: RunOptions = {}): Promise<FinishedRun> {
  checkOptions<RunOptions>("runExperiment", options, { ...SWEEP_OPTIONS, ...CREATE_RUN_OPTIONS });
  const { out, reproduces, ...rest } = options;
  const signal = stopSignal(rest.signal);
  return await finish(await startRun(config, { ...rest, out, reproduces, signal }), { ...rest, signal });
}

/**
 * Creates the run folder and what all cells share, and stops before the first cell. A configuration that cannot be
 * trained leaves no folder.
 *
 * @category Experiments
 *
 * @throws {KitError} if the run folder exists or cannot be created.
 * @throws {ArgumentError} if an arm has nothing to train on.
 *
 * @example
 * ```ts ignore
 * import { loadConfig, startRun } from "./mod.ts";
 * const run = await startRun(await loadConfig("paper"), { out: "data/runs/paper-1" });
 * console.log(run.cells.length);
 * ```
 */
export async function startRun(config: ExperimentConfig, options: RunOptions = {}): Promise<RunFolder> {
  checkOptions<RunOptions>("startRun", options, { ...SWEEP_OPTIONS, ...CREATE_RUN_OPTIONS });
  const { out, reproduces, ...rest } = options;
  const signal = stopSignal(rest.signal);
  if (out !== undefined) await freePath(out);
  const checked = checkConfig(config);
  await preflight(checked, signal);
  const run = await createRun(checked, { out, reproduces });
  try {
    await prepare(run, { ...rest, signal });
  } catch (error) {
    if (error instanceof ArgumentError) await Deno.remove(run.path, { recursive: true });
    throw error;
  }
  return run;
}

/**
 * Resumes an interrupted run. Only missing cells run.
 *
 * @category Experiments
 *
 * @throws {KitError} if it is not a run folder, its inputs have changed, or a cell fails.
 *
 * @example
 * ```ts ignore
 * import { resumeExperiment } from "./mod.ts";
 * const { summary } = await resumeExperiment("data/runs/facets-20261121-120000");
 * ```
 */
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
