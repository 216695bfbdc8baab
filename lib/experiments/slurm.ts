import { join } from "node:path";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { CancelledError, KitError, progress as progressOf, writeAtomic } from "../core/mod.ts";
import { pause } from "../core/pause.ts";
import { cellEnvironment } from "./cell_environment.ts";
import { missingCells, type RunFolder } from "./run_folder.ts";
import { cellCommand } from "./sweep.ts";
import type { Cell } from "./types.ts";

/**
 * Options of {@link slurm}.
 *
 * @category Experiments
 */
export interface SlurmOptions {
  /**
   * Further options for sbatch, such as "--partition=cpu".
   * @default {[]}
   */
  sbatch?: readonly string[];
  /**
   * Milliseconds between two queries of the queue.
   * @default {2000}
   */
  interval?: number;
  /** Cancels the job. */
  signal?: AbortSignal;
  /**
   * Report no progress.
   * @default {false}
   */
  quiet?: boolean;
}

const SLURM_OPTIONS: OptionKinds<SlurmOptions> = {
  sbatch: "array",
  interval: "number",
  signal: "object",
  quiet: "boolean",
};

/**
 * Runs the missing cells of a run as a Slurm job array: writes the script, submits it, and waits until it has left the
 * queue. The run folder must be on a file system that all nodes see.
 *
 * @category Experiments
 *
 * @throws {KitError} if sbatch is missing or fails, or if cells are missing afterwards, with the folder of their logs.
 * @throws {CancelledError} if `signal` is aborted; the job is cancelled.
 *
 * @example
 * ```ts ignore
 * import { openRun, slurm } from "./mod.ts";
 * await slurm(await openRun("data/runs/paper-1"), { sbatch: ["--partition=cpu"] });
 * ```
 */
export async function slurm(run: RunFolder, options: SlurmOptions = {}): Promise<void> {
  checkOptions<SlurmOptions>("slurm", options, SLURM_OPTIONS);
  await slurmCells(run, run.cells, options);
}

/** {@link slurm} of some cells. */
export async function slurmCells(run: RunFolder, cells: readonly Cell[], options: SlurmOptions): Promise<void> {
  const missing = await missingCells(run, cells);
  if (missing.length === 0) return;
  const job = await submit(run, missing, options.sbatch ?? []);
  const total = missing.length;
  const progress = progressOf({ label: `Slurm job ${job}`, total, unit: "cells", quiet: options.quiet });
  while (true) {
    try {
      await pause(options.interval ?? 2000, options.signal);
    } catch {
      await call("scancel", [job]);
      throw new CancelledError(`Cancelled Slurm job ${job}; resume the run later`, { file: run.path });
    }
    const left = await missingCells(run, cells);
    progress.update(total - left.length);
    if (left.length === 0) break;
    if (await queued(job)) continue;
    // The last cells may have ended since.
    await checkComplete(run, cells, { job, total });
    break;
  }
  progress.finish();
}

/** Submits the job array of the missing cells, and returns its id. */
async function submit(run: RunFolder, missing: readonly Cell[], sbatch: readonly string[]): Promise<string> {
  const script = join(run.path, "slurm", "cells.sh");
  await writeAtomic(script, slurmScript(run), { overwrite: true });
  const indices = missing.map((cell) => run.cells.indexOf(cell) + 1);
  const submitted = await call("sbatch", [
    "--parsable",
    `--array=${indices.join(",")}`,
    // On the command line, where no variable such as SBATCH_EXPORT overrides it.
    exported(),
    ...sbatch,
    script,
  ]);
  return submitted.split(";")[0].trim();
}

async function checkComplete(
  run: RunFolder,
  cells: readonly Cell[],
  { job, total }: { job: string; total: number },
): Promise<void> {
  const missing = await missingCells(run, cells);
  if (missing.length === 0) return;
  const names = missing.map(({ arm, repetition }) => `${arm}/${repetition + 1}`).join(", ");
  throw new KitError(
    `Slurm job ${job} ended and ${missing.length} of ${total} cells are missing: ${names}. See the logs`,
    {
      file: join(run.path, "slurm"),
    },
  );
}

/** The batch script: task i of the array runs cell i. */
export function slurmScript(run: RunFolder): string {
  const command = cellCommand(run, run.cells[0])
    .map((part) => part === `1/${run.cells.length}` ? `"\${SLURM_ARRAY_TASK_ID}/${run.cells.length}"` : quote(part));
  return `#!/bin/bash
#SBATCH --job-name=${run.manifest.config.name.replaceAll(/[^\w.-]/g, "-")}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=${run.manifest.config.threads}
#SBATCH --chdir=${Deno.cwd()}
#SBATCH ${exported()}
#SBATCH --output=${join(run.path, "slurm", "%a.log")}
exec deno ${command.join(" ")}
`;
}

/** The variables that a job inherits besides those of Slurm. */
function exported(): string {
  return `--export=${Object.keys(cellEnvironment()).join(",")}`;
}

function quote(text: string): string {
  return /^[\w./=:,@+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

async function queued(job: string): Promise<boolean> {
  const { code, text } = await output("squeue", ["--noheader", "--jobs", job]);
  return code === 0 && text.trim() !== "";
}

async function call(program: string, args: string[]): Promise<string> {
  const { code, text, error } = await output(program, args);
  if (code !== 0) throw new KitError(`Cannot run ${program} ${args.join(" ")}: ${error.trim() || `exit code ${code}`}`);
  return text;
}

async function output(program: string, args: string[]): Promise<{ code: number; text: string; error: string }> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(program, { args, stdin: "null" }).output();
    const decoder = new TextDecoder();
    return { code, text: decoder.decode(stdout), error: decoder.decode(stderr) };
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new KitError(`Cannot find "${program}": --slurm needs Slurm's commands on this machine`, {}, { cause });
  }
}
