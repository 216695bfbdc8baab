import { join } from "node:path";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { CancelledError, KitError, progress as progressOf } from "../core/mod.ts";
import { cellEnvironment } from "./cell_environment.ts";
import { KIT } from "./environment.ts";
import { jobsOf } from "./prepare.ts";
import { isDone, missingCells, type RunFolder } from "./run_folder.ts";
import { lockCell, lockedRun } from "./run_lock.ts";
import type { Cell } from "./types.ts";

/**
 * Options of {@link sweep}.
 *
 * @category Experiments
 */
export interface SweepOptions {
  /** Cells at a time, each in its own process. Omit to use the machine's cores. */
  jobs?: number;
  /** Stops the sweep. */
  signal?: AbortSignal;
  /**
   * Report no progress.
   * @default {false}
   */
  quiet?: boolean;
}

/** Kinds of {@link SweepOptions}. */
export const SWEEP_OPTIONS: OptionKinds<SweepOptions> = { jobs: "number", signal: "object", quiet: "boolean" };

/** Permissions of a cell's process: it needs no network and starts no process. */
const PERMISSIONS = [
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys",
  `--allow-ffi=${join(KIT, "node_modules")}`,
];

/**
 * Runs the missing cells of a run, each in its own process, `jobs` at a time. A cell that fails does not stop the
 * others.
 *
 * @category Experiments
 *
 * @throws {KitError} at the end, with the first lines of the failed cells' errors.
 * @throws {CancelledError} if `signal` is aborted. Finished cells stay.
 *
 * @example
 * ```ts ignore
 * import { openRun, sweep } from "./mod.ts";
 * await sweep(await openRun("data/runs/facets-20261121-120000"), { jobs: 2 });
 * ```
 */
export async function sweep(run: RunFolder, options: SweepOptions = {}): Promise<void> {
  checkOptions<SweepOptions>("sweep", options, SWEEP_OPTIONS);
  return await lockedRun(run, "run the cells", () => sweepRun(run, options));
}

/** {@link sweep} of some cells, for a caller that holds the run's lock. */
export async function sweepRun(
  run: RunFolder,
  options: SweepOptions,
  cells: readonly Cell[] = run.cells,
): Promise<void> {
  const missing = await missingCells(run, cells);
  if (missing.length === 0) return;
  const jobs = Math.min(jobsOf(run.manifest.config, options.jobs), missing.length);
  const progress = progressOf({ label: "training", total: missing.length, unit: "cells", quiet: options.quiet });
  const failures = new Map<string, string[]>();
  const queue = [...missing];
  let done = 0;
  const work = async () => {
    for (let cell = queue.shift(); cell && !options.signal?.aborted; cell = queue.shift()) {
      const error = await runAlone(run, cell, options.signal);
      if (error !== undefined) {
        failures.set(error, [...failures.get(error) ?? [], `${cell.arm}/${cell.repetition + 1}`]);
      }
      progress.update(++done, cell.arm);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  progress.finish();
  if (options.signal?.aborted) {
    throw new CancelledError(`Cancelled the sweep after ${done} of ${missing.length} cells; resume it later`);
  }
  if (failures.size === 0) return;
  const count = [...failures.values()].flat().length;
  const errors = [...failures].map(([error, cells]) => `${cells.join(", ")}: ${error}`);
  throw new KitError(`${count} of ${missing.length} cells failed: ${errors.join("\n")}`, { file: run.path });
}

/** Arguments of `deno` that run one cell of `run`, in a process, by a scheduler, or on a machine that sees the folder. */
export function cellCommand(run: RunFolder, cell: Cell): string[] {
  const index = run.cells.findIndex(({ folder }) => folder === cell.folder) + 1;
  return [
    "run",
    `--config=${join(KIT, "deno.json")}`,
    ...PERMISSIONS,
    join(KIT, "lib", "cli", "experiment.ts"),
    "cell",
    run.path,
    "--cell",
    `${index}/${run.cells.length}`,
  ];
}

/** Runs a cell, or waits for a process that still runs it after its sweep was killed. Returns the error, if any. */
async function runAlone(run: RunFolder, cell: Cell, signal?: AbortSignal): Promise<string | undefined> {
  try {
    const lock = await lockCell(run, cell, { wait: () => {}, signal });
    await lock.release();
  } catch (error) {
    if (error instanceof CancelledError) return undefined;
    return (error as Error).message;
  }
  if (await isDone(run, cell)) return undefined;
  return await runInProcess(run, cell, signal);
}

async function runInProcess(run: RunFolder, cell: Cell, signal?: AbortSignal): Promise<string | undefined> {
  const child = new Deno.Command("deno", {
    args: cellCommand(run, cell),
    // Relative paths in the configuration mean the same as here.
    cwd: Deno.cwd(),
    clearEnv: true,
    env: cellEnvironment(),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal,
  }).spawn();
  const { code, stderr } = await child.output();
  if (code === 0) return undefined;
  const errors = new TextDecoder().decode(stderr).trim().split("\n").slice(-12).join("\n");
  return errors || `exit code ${code}`;
}
