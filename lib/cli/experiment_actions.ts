import { ArgumentError } from "../core/errors.ts";
import {
  type FinishedRun,
  openRun,
  prepare,
  resumeExperiment,
  runCell,
  runExperiment,
  type RunFolder,
  searchSettings,
  shownPath,
  slurm,
  writeReport,
  writeTensorBoard,
} from "../experiments/mod.ts";
import type { Outcome } from "./arguments.ts";
import type { ExperimentFlags } from "./experiment_flags.ts";
import { compareRuns, printSearch, printSummary } from "./experiment_summary.ts";

/** Something to do with finished or interrupted runs. Returns the exit code, or what `--json` prints. */
export interface ExperimentAction {
  /** Run folders that it takes. */
  readonly folders: number;
  readonly run: (
    folders: readonly string[],
    flags: ExperimentFlags,
    signal: AbortSignal,
  ) => Promise<number | void | Outcome>;
}

/** What `deno task experiment` does with run folders, by the first argument. */
export const EXPERIMENT_ACTIONS: Readonly<Record<string, ExperimentAction>> = {
  resume: {
    folders: 1,
    async run([folder], flags, signal) {
      const { jobs, slurm: onSlurm, sbatch } = flags;
      const run = await openRun(folder);
      if (run.manifest.config.trials) {
        return printSearch(await searchSettings(run, { jobs, signal, ...(onSlurm ? { sbatch } : {}) }));
      }
      if (onSlurm) return await runOnSlurm(run, flags, signal);
      return await finished(await resumeExperiment(folder, { jobs, signal }), flags);
    },
  },
  report: {
    folders: 1,
    async run([folder], flags) {
      const run = await openRun(folder);
      return await finished({ run, summary: await writeReport(run) }, flags);
    },
  },
  reproduce: {
    folders: 1,
    async run([folder], { jobs, out }, signal) {
      const first = await openRun(folder);
      const { run } = await runExperiment(first.manifest.config, { jobs, signal, out, reproduces: first.path });
      return await compareRuns(first.path, run.path);
    },
  },
  compare: { folders: 2, run: ([first, second]) => compareRuns(first, second) },
  cell: {
    folders: 1,
    async run([folder], flags, signal) {
      const run = await openRun(folder);
      const cell = cellOf(flags.cell, run.cells.length);
      const { arm, values, seconds } = await runCell(run, run.cells[cell], { signal });
      const [measure, value] = Object.entries(values)[0];
      console.log(`${arm}: ${measure} ${value.toFixed(4)}, ${seconds.toFixed(1)} s`);
    },
  },
};

/** Writes what the flags ask for beside the report, and prints the summary. */
export async function finished(done: FinishedRun, { tensorboard }: ExperimentFlags): Promise<Outcome> {
  if (tensorboard) console.log(`TensorBoard: ${shownPath(await writeTensorBoard(done.run))}\n`);
  return printSummary(done);
}

/** Mines a run's candidates, runs its missing cells as a Slurm job array and prints the summary. */
export async function runOnSlurm(
  run: RunFolder,
  flags: ExperimentFlags,
  signal: AbortSignal,
): Promise<Outcome> {
  await prepare(run, { signal });
  await slurm(run, { sbatch: flags.sbatch, signal });
  return await finished({ run, summary: await writeReport(run) }, flags);
}

/** Index of the cell `i/n`. */
function cellOf(text: string | undefined, cells: number): number {
  const match = /^(\d+)\/(\d+)$/.exec(text ?? "");
  const index = Number(match?.[1]);
  if (!match || Number(match[2]) !== cells || index < 1 || index > cells) {
    throw new ArgumentError(`--cell must be i/${cells} with i from 1 to ${cells}, found "${text ?? "nothing"}"`);
  }
  return index - 1;
}
